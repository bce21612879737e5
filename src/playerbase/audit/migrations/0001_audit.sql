create schema audit;

-- What was done, and what was refused. A row is never changed: its hash covers it and the row before it in its chain.
-- Before and after are json, not jsonb: the bytes that were hashed are the bytes that are kept.
create table audit.entries (
    chain       smallint not null,
    seq         bigint not null,
    entry_id    uuid not null,
    at          timestamptz not null,
    actor_kind  text not null,
    actor_id    text not null,
    player_id   uuid,
    action      text not null,
    target_kind text not null,
    target_id   text not null,
    outcome     text not null check (outcome in ('done', 'refused', 'failed')),
    before      json,
    after       json,
    reason      text not null,
    ip_sealed   bytea not null,     -- empty when there is no address
    agent       text not null,
    request_id  text not null,
    trace_id    text not null,
    hash        bytea not null,
    primary key (chain, seq)
);
create index on audit.entries (at, entry_id);
create index on audit.entries (player_id, at, entry_id) where player_id is not null;
create index on audit.entries (actor_id, at, entry_id);
create index on audit.entries (action, at, entry_id);
create index on audit.entries (outcome, at, entry_id) where outcome <> 'done';

-- The last row of each chain; whoever appends locks it. The mac is made with a key the database does not have.
create table audit.heads (
    chain smallint primary key,
    seq   bigint not null,
    hash  bytea not null,
    mac   bytea not null
);
insert into audit.heads (chain, seq, hash, mac) select chain, 0, '', '' from generate_series(0, 7) as chains(chain);

-- Where each chain begins: the last row that the policy removed, and up to when all were. Signed like a head; written in
-- the transaction that removes, so there is no moment at which rows are gone and no start says so.
create table audit.starts (
    chain         smallint primary key,
    seq           bigint not null,
    hash          bytea not null,
    removed_until timestamptz,      -- null while nothing was removed
    mac           bytea not null
);
insert into audit.starts (chain, seq, hash, mac) select chain, 0, '', '' from generate_series(0, 7) as chains(chain);

-- How many days entries are kept; null keeps them for good. Signed, so that a change by hand removes nothing.
create table audit.retention (
    only_one bool primary key default true check (only_one),
    days     int check (days >= 90),
    version  bigint not null,       -- counts the changes, so that an older one put back is seen
    set_by   text not null,
    set_at   timestamptz,
    mac      bytea not null
);
insert into audit.retention (version, set_by, mac) values (0, '', '');

-- What the scheduled verification last found; a cache for the console, not evidence.
create table audit.verdicts (
    verdict_id   uuid primary key,
    sweep_at     timestamptz not null,     -- when the sweep that this run is part of began at the first rows
    began_at     timestamptz not null,
    ended_at     timestamptz not null,
    rows_checked bigint not null,
    is_complete  bool not null,
    findings     json not null,
    reached      json not null
);
create index on audit.verdicts (ended_at);

create function audit.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'audit.% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;

-- A row goes only once the start of its chain has passed it; what no start names is never deleted by accident.
create function audit.let_go() returns trigger language plpgsql as $$
begin
    if exists (select from audit.starts where chain = old.chain and seq >= old.seq) then
        return old;
    end if;
    raise exception 'audit.% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;
create trigger append_only before update on audit.entries for each row execute function audit.refuse();
create trigger only_below_the_start before delete on audit.entries for each row execute function audit.let_go();
create trigger never_emptied before truncate on audit.entries for each statement execute function audit.refuse();
create trigger never_fewer before delete on audit.heads for each row execute function audit.refuse();
create trigger never_emptied before truncate on audit.heads for each statement execute function audit.refuse();
create trigger only_forward before update on audit.heads for each row
    when (new.seq <= old.seq or new.chain <> old.chain) execute function audit.refuse();
create trigger never_fewer before delete on audit.starts for each row execute function audit.refuse();
create trigger never_emptied before truncate on audit.starts for each statement execute function audit.refuse();
create trigger only_forward before update on audit.starts for each row
    when (new.seq <= old.seq or new.chain <> old.chain) execute function audit.refuse();
create trigger never_fewer before delete on audit.retention for each row execute function audit.refuse();
create trigger never_emptied before truncate on audit.retention for each statement execute function audit.refuse();
create trigger only_forward before update on audit.retention for each row
    when (new.version <= old.version) execute function audit.refuse();

-- Triggers stop accidents of ours, grants those of an owner who is no superuser; the chain is for everybody else.
-- To delete entries is left to the owner, whose daily job it is; the trigger above says which.
revoke update, truncate on audit.entries from current_user;
revoke delete, truncate on audit.heads, audit.starts, audit.retention from current_user;
