create schema if not exists kit;

-- The log of facts. Ids are given out while the teller still holds whatever it locked to tell the truth, so they are
-- in the order things happened, which transaction numbers are not. They are not in the order of commits: see below.
create table kit.events (
    id          bigint generated always as identity primary key,
    event_id    uuid not null,
    topic       text not null,
    body        json not null,
    traceparent text not null default '',
    told_at     timestamptz not null,
    origin      uuid            -- null for facts of this database, else the database they were carried from
);
create unique index on kit.events (event_id) where origin is not null;  -- A carried fact may arrive twice, our own cannot.
create index on kit.events (topic, id);
create index on kit.events using brin (told_at);

-- A reader that trusted the highest id it saw would step over a slower teller for good. So each transaction, before it
-- is given its first id, takes a shared advisory lock that names the last id given out before, and keeps it to its end.
-- The locks of the tellers begin with "pb"; nobody ever asks for one exclusively, so nobody waits.
create function kit.begin_telling() returns trigger language plpgsql as $$
begin
    if current_setting('kit.telling', true) is distinct from 'on' then
        perform pg_advisory_xact_lock_shared((x'7062'::int::bigint << 48) + last_value - (not is_called)::int)
        from kit.events_id_seq;
        perform set_config('kit.telling', 'on', true);
    end if;
    return null;
end
$$;
create trigger begin_telling before insert on kit.events for each statement execute function kit.begin_telling();

-- Up to which id the log is complete: whatever is not there by now was rolled back. The sequence is read before the
-- locks: whoever got an id up to its value had locked by then. To be asked in a statement before the one that reads
-- the log, because what a statement sees is settled when it begins.
create function kit.complete_until() returns bigint language plpgsql as $$
declare
    given_out bigint;
    oldest_teller bigint;
begin
    select last_value - (not is_called)::int into given_out from kit.events_id_seq;
    select min((classid::bigint & 65535) << 32 | objid::bigint) into oldest_teller
    from pg_locks
    where locktype = 'advisory' and mode = 'ShareLock' and objsubid = 1 and classid::bigint >> 16 = x'7062'::int
        and database = (select oid from pg_database where datname = current_database());
    return least(given_out, oldest_teller);
end
$$;

-- Which database this is, among those that share a NATS stream.
create table kit.origin (
    only_one bool primary key default true check (only_one),
    origin   uuid not null
);

-- Where each reaction stands: it has read everything up to read_id.
create table kit.readers (
    handler text primary key,
    topics  text[] not null,
    read_id bigint not null,
    read_at timestamptz,
    seen_at timestamptz not null  -- when a worker last had this reaction
);

-- What a batch that ended without a word leaves behind: one of that many next events is the culprit; and, when it is
-- a single one, how often it was begun. A table of its own, because it is committed while the reader's row is locked.
create table kit.marks (
    handler  text primary key references kit.readers on delete cascade,
    suspects int not null default 0,
    deaths   int not null default 0
);

-- Deliveries that failed, and those held back behind them. Numbers rise in the order the reader came by, so of two
-- letters with a common key the lower is to be delivered first.
create table kit.letters (
    number    bigint generated always as identity primary key,
    handler   text not null references kit.readers on delete cascade,
    event     bigint not null references kit.events on delete cascade,
    state     text not null check (state in ('retry', 'held', 'dead')),
    attempts  int not null check (attempts between 0 and 3),
    due_at    timestamptz not null,
    fault     text not null,
    opened_at timestamptz not null,
    unique (handler, event)
);
create index on kit.letters (event);
create index on kit.letters (handler, due_at) where state = 'retry';

create table kit.letter_keys (
    handler text not null,
    key     text not null,
    number  bigint not null references kit.letters on delete cascade,
    primary key (handler, key, number)
);
create index on kit.letter_keys (number);

-- How far each stream has been copied into the log, or filled from it; a stream made anew begins at 1 again.
create table kit.streams (
    stream   text primary key,
    made_at  text not null,
    position bigint not null
);

create table kit.jobs (
    id          uuid primary key,
    name        text not null,
    args        json not null,
    lane        text not null check (lane in ('high', 'medium', 'low', 'shopify')),
    once_key    text,
    state       text not null default 'ready' check (state in ('ready', 'running', 'done', 'dead')),
    run_at      timestamptz not null,
    attempts    int not null default 0,
    lease_until timestamptz,
    lease       uuid,
    fault       text not null default '',
    traceparent text not null default '',
    made_at     timestamptz not null,
    ended_at    timestamptz
);
create unique index on kit.jobs (name, once_key) where once_key is not null;
create index on kit.jobs (lane, run_at) where state = 'ready';
create index on kit.jobs (lease_until) where state = 'running';
create index on kit.jobs (ended_at) where ended_at is not null;

create table kit.schedules (
    name    text primary key,
    slot    timestamptz not null   -- the last one whose job was made
);

create table kit.workers (
    worker_id  uuid primary key,
    host       text not null,
    pid        int not null,
    started_at timestamptz not null,
    seen_at    timestamptz not null
);

create table kit.idempotency (
    scope       text not null,
    key         text not null,
    fingerprint bytea not null,
    status      int not null,
    body        bytea not null,
    kept_at     timestamptz not null,
    primary key (scope, key)
);
create index on kit.idempotency (kept_at);

-- Numbers an operator changed; what is not here has the default the code gives, with its reason.
create table kit.limits (
    category       text primary key,
    count          int not null check (count > 0),
    window_seconds int not null check (window_seconds between 1 and 86400),
    reason         text not null,
    set_by         text not null,
    set_at         timestamptz not null
);

create table kit.clock (
    only_one bool primary key default true check (only_one),
    ahead    interval not null
);
