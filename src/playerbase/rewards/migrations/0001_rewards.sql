create schema rewards;

-- What was given, once under each key. Parts are what was promised, contents what that came down to when it was given.
create table rewards.gifts (
    gift_id        uuid primary key,
    key            text not null unique check (length(key) between 1 and 200),
    player_id      uuid not null references identity.players,
    source         text not null check (source ~ '^[a-z][a-z0-9_]{1,31}$'), -- who gave it: a board, a pass, an operator
    ref            text not null check (length(ref) <= 200),                -- what for: a run, a tier, a ticket
    parts          json not null,
    contents       json not null,
    given_at       timestamptz not null,
    transaction_id uuid,                        -- in the ledger, of what is counted there
    withheld       text not null default '',    -- why the ledger did not take it, until it does
    tries          int not null default 1,
    taken_at       timestamptz,
    taken_why      text not null default '',
    taken          json,                        -- what of it was still there, and what is owed
    check ((taken_at is null) = (taken is null))
);
create index on rewards.gifts (player_id, gift_id);
create index on rewards.gifts (player_id, given_at);
create index on rewards.gifts (source, gift_id);
create index on rewards.gifts (ref, gift_id);
create index on rewards.gifts (gift_id) where withheld <> '' and taken_at is null;

-- Titles that somebody has won, each with the gift it came in.
create table rewards.titles (
    gift_id   uuid not null references rewards.gifts,
    player_id uuid not null,
    title     text not null check (length(title) between 1 and 50),
    given_at  timestamptz not null,
    taken_at  timestamptz,
    primary key (gift_id, title)
);
create index on rewards.titles (player_id, given_at) where taken_at is null;

create table rewards.settings (
    is_one    bool primary key default true check (is_one),
    parts_max int not null check (parts_max between 1 and 50)
);
-- What fits on one card of a reward, and into one posting of the ledger.
insert into rewards.settings (parts_max) values (20);
