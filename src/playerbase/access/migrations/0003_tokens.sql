-- Whether the address must be confirmed before its player may sign in: decided when they register.
alter table access.credentials add column confirm_first boolean not null default false;

-- One-time secrets, known by their hashes alone: at most one of a purpose for each subject, so a newer one is the end
-- of the older. The subject is a keyed stand-in: of the player, or of an address whether or not anybody has it.
create table access.one_time (
    token_hash     bytea primary key check (length(token_hash) = 32),
    purpose        text not null check (purpose in ('verify', 'reset', 'code')),
    subject        bytea not null check (length(subject) = 32),
    player_id      uuid references identity.players,  -- null: nobody has the address
    address_sealed bytea,                             -- the address that is to become the player's
    bound_to       bytea,                             -- hash of the password hash it was made beside
    made_at        timestamptz not null,
    expires_at     timestamptz not null,
    tries          int not null default 0 check (tries between 0 and 5),
    used_at        timestamptz,
    unique (purpose, subject)
);
create index on access.one_time (player_id);
create index on access.one_time (expires_at);

-- Devices on which a player has signed in by password: their wrong passwords are counted apart from strangers'.
create table access.known_devices (
    token_hash bytea primary key check (length(token_hash) = 32),
    player_id  uuid not null references identity.players,
    made_at    timestamptz not null,
    used_at    timestamptz not null,
    expires_at timestamptz not null
);
create index on access.known_devices (player_id, used_at);
create index on access.known_devices (expires_at);
