-- Programs that get tokens by client credentials (RFC 6749, 4.4). The first secret is the present one; the second is
-- the one before it, good until its time, so that a rotation interrupts nobody.
create table access.clients (
    client_id         text primary key,
    name              text not null check (length(name) between 1 and 100),
    game              text,
    scopes            text[] not null,
    allow             text[] not null,      -- networks; none means from anywhere
    secret_hash       bytea not null check (length(secret_hash) = 32),
    former_hash       bytea check (length(former_hash) = 32),
    former_expires_at timestamptz,
    created_by        text not null,
    created_at        timestamptz not null,
    rotated_at        timestamptz,
    expires_at        timestamptz,
    last_used_at      timestamptz,
    revoked_at        timestamptz,
    check ((former_hash is null) = (former_expires_at is null))
);

-- The successor of a key that was rotated: a key has one, however many ask for it at once.
alter table access.api_keys add column rotated_to text references access.api_keys;

-- Why a signing key was made: the first, by age, or in an operator's words.
alter table access.signing_keys add column made_why text not null default 'first';
