-- Why somebody may not come in, where, and until when. What is over stays: it is the player's history.
create table identity.bans (
    ban_id     uuid primary key,
    player_id  uuid not null references identity.players,
    kind       text not null check (kind in ('suspended', 'banned')),
    scope      text,                     -- the slug of a game; null is everywhere
    reason     text not null check (length(reason) between 1 and 500),   -- told to the player
    note       text not null default '',                                 -- for staff alone
    by         text not null,
    at         timestamptz not null,
    until      timestamptz,              -- null is for good
    lapsed_at  timestamptz,              -- when its end was noticed
    lifted_at  timestamptz,
    lifted_by  text,
    lifted_why text,
    check (until > at),
    check (lapsed_at is null or lifted_at is null),
    check ((lifted_at is null) = (lifted_by is null) and (lifted_at is null) = (lifted_why is null))
);
create index on identity.bans (player_id, ban_id);
create index on identity.bans (player_id) where lifted_at is null and lapsed_at is null;
create index on identity.bans (until) where lifted_at is null and lapsed_at is null;

insert into identity.bans (ban_id, player_id, kind, reason, by, at)
select gen_random_uuid(), player_id, status, 'Decided before reasons were kept.', 'system', now()
from identity.players
where status <> 'active';
