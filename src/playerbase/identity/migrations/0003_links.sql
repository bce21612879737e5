-- What the provider calls somebody, sealed: a shop or a drop needs it later, and a dump must not show it.
alter table identity.identities add column sealed bytea;

-- What was linked and unlinked when, and by whom; kept when the identity itself is gone.
create table identity.links (
    link_id   uuid primary key,
    player_id uuid not null references identity.players,
    provider  text not null,
    what      text not null check (what in ('linked', 'unlinked')),
    by        text not null,          -- the player, a member of staff, or a game's server
    at        timestamptz not null
);
create index on identity.links (player_id, link_id);
insert into identity.links (link_id, player_id, provider, what, by, at)
select gen_random_uuid(), player_id, provider, 'linked', 'first sign-in', linked_at from identity.identities;

-- Two accounts that turned out to be one person's: somebody who shows that an identity is theirs, and has another
-- account, asks to have them made one. Never done by itself.
create table identity.merge_requests (
    request_id uuid primary key,
    asked_by   uuid not null references identity.players,
    owner_id   uuid not null references identity.players,
    provider   text not null,
    state      text not null default 'open' check (state in ('open', 'declined', 'merged')),
    asked_at   timestamptz not null,
    decided_at timestamptz,
    decided_by text,
    why        text,
    check (asked_by <> owner_id),
    check ((state = 'open') = (decided_at is null))
);
create unique index on identity.merge_requests (asked_by, owner_id) where state = 'open';
create index on identity.merge_requests (state, request_id);
