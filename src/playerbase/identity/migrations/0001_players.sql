create schema identity;

-- The id is the one thing of a player that other modules may refer to.
create table identity.players (
    player_id  uuid primary key,
    status     text not null default 'active' check (status in ('active', 'suspended', 'banned')),
    created_at timestamptz not null,
    seen_at    timestamptz not null
);
create index on identity.players (seen_at);

create table identity.identities (
    provider     text not null check (provider ~ '^[a-z][a-z0-9_]{0,31}$'),
    subject      bytea not null check (length(subject) between 1 and 255),
    player_id    uuid not null references identity.players,
    linked_at    timestamptz not null,
    last_used_at timestamptz not null,
    primary key (provider, subject)
);
create index on identity.identities (player_id);
