create schema friends;

-- Of two players there is one row, the lesser id first, so that both sides of everything meet in it.
create table friends.pairs (
    one_id       uuid not null references identity.players,
    other_id     uuid not null references identity.players,
    request_id   uuid not null unique,  -- the latest request between them
    state        text not null check (state in ('asked', 'friends', 'apart')),
    asked_by     uuid not null,
    asked_at     timestamptz not null,
    declined_at  timestamptz,           -- that request was declined then
    since        timestamptz,           -- friends since
    one_blocks   timestamptz,           -- one blocks the other since
    other_blocks timestamptz,
    primary key (one_id, other_id),
    check (one_id < other_id),
    check (asked_by in (one_id, other_id)),
    check ((state = 'friends') = (since is not null)),
    check (state = 'apart' or (one_blocks is null and other_blocks is null))
);
create index on friends.pairs (other_id, one_id);

create table friends.settings (
    only_one bool primary key default true check (only_one),
    friends_max int not null check (friends_max between 1 and 500),
    requests_max int not null check (requests_max > 0),
    blocks_max int not null check (blocks_max > 0),
    request_days int not null check (request_days > 0),
    asks_again_hours int not null check (asks_again_hours >= 0),
    changed_by text not null,
    changed_at timestamptz not null
);
