-- A player's second factor (TOTP). What is not confirmed yet stands in `pending_sealed` and opens nothing.
create table access.factors (
    player_id      uuid primary key references identity.players,
    secret_sealed  bytea,
    pending_sealed bytea,
    confirmed_at   timestamptz,
    last_step      bigint not null default 0,   -- the latest step whose code was used: it and those before are spent
    made_at        timestamptz not null,
    check ((secret_sealed is null) = (confirmed_at is null)),
    check (secret_sealed is not null or pending_sealed is not null)
);

create table access.recovery_codes (
    player_id uuid not null references identity.players,
    code_hash bytea not null check (length(code_hash) = 32),
    used_at   timestamptz,
    primary key (player_id, code_hash)
);

-- A sign-in that waits for its second factor. Its token is known by a hash alone.
create table access.challenges (
    token_hash  bytea primary key check (length(token_hash) = 32),
    player_id   uuid not null references identity.players,
    purpose     text not null check (purpose in ('player', 'browser')),
    opening     jsonb not null,
    tries       int not null default 0,
    made_at     timestamptz not null,
    expires_at  timestamptz not null,
    consumed_at timestamptz
);
create index on access.challenges (expires_at);

-- When and how the player of a session last proved who they are; null: nobody but somebody who vouches for them did.
alter table access.sessions add authenticated_at timestamptz, add amr text[] not null default '{}';
update access.sessions
set authenticated_at = created_at, amr = array[case method when 'password' then 'pwd' else method end]
where method <> 'server';

-- What the people who run this installation have decided; without a row the default holds.
create table access.policies (
    name       text primary key,
    value      text not null,
    changed_by text not null,
    changed_at timestamptz not null
);
