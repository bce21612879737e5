create schema access;

create table access.credentials (
    player_id     uuid primary key references identity.players,
    email_index   bytea not null unique,   -- a keyed stand-in: the address itself is sealed
    email_sealed  bytea not null,
    password_hash text not null,
    verified_at   timestamptz,
    changed_at    timestamptz not null
);

-- One row is one sign-in on one device. A refresh token is known by its hash alone.
create table access.sessions (
    session_id          uuid primary key,
    player_id           uuid not null references identity.players,
    kind                text not null check (kind in ('player', 'browser')),
    method              text not null,
    client_id           text not null,
    device              text not null,
    current_hash        bytea not null check (length(current_hash) = 32),
    rotated_at          timestamptz not null,
    created_at          timestamptz not null,
    seen_at             timestamptz not null,
    expires_at          timestamptz not null,
    absolute_expires_at timestamptz not null,
    revoked_at          timestamptz,
    revoked_why         text,
    check (expires_at <= absolute_expires_at),
    check ((revoked_at is null) = (revoked_why is null))
);
create unique index on access.sessions (current_hash) where kind = 'browser';
create index on access.sessions (player_id, session_id) where revoked_at is null;
create index on access.sessions (expires_at);

-- Wrong passwords by account, known or not: the account is a keyed hash of the address that was typed.
create table access.failures (
    account      bytea primary key,
    failed_at    timestamptz[] not null,
    locked_until timestamptz,
    seen_at      timestamptz not null
);
create index on access.failures (seen_at);

create table access.devices (
    subject      bytea primary key,
    secret_index bytea           -- null: the device's id is all it has to say
);

create table access.signing_keys (
    kid            text primary key,
    private_sealed bytea not null,
    made_at        timestamptz not null,
    active_from    timestamptz not null,  -- published before, so that no cached key set lacks it
    retire_at      timestamptz            -- a token's life after its successor became active
);

create table access.api_keys (
    key_id       text primary key,
    name         text not null check (length(name) between 1 and 100),
    env          text not null,
    game         text,
    scopes       text[] not null,
    allow        text[] not null,          -- networks; none means from anywhere
    secret_hash  bytea not null check (length(secret_hash) = 32),
    created_by   text not null,
    created_at   timestamptz not null,
    expires_at   timestamptz,
    last_used_at timestamptz,
    revoked_at   timestamptz
);

create table access.staff (
    player_id  uuid primary key references identity.players,
    roles      text[] not null check (cardinality(roles) > 0),
    granted_by text not null,
    changed_at timestamptz not null
);
