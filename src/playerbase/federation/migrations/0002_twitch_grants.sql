-- What Twitch gave us for a player's browser: the access token and the refresh token, sealed together under the
-- player's id. One player has one account of a provider at most.
create table federation.twitch_grants (
    player_id  uuid primary key references identity.players on delete cascade,
    grant_id   uuid not null unique,
    sealed     bytea not null,
    checked_at timestamptz not null,
    due_at     timestamptz not null
);
create index on federation.twitch_grants (due_at);

-- What became of each check, by the hour.
create table federation.twitch_checks (
    hour         timestamptz primary key check (hour = date_trunc('hour', hour at time zone 'UTC') at time zone 'UTC'),
    valid        int not null check (valid >= 0),
    refreshed    int not null check (refreshed >= 0),
    disconnected int not null check (disconnected >= 0),
    away         int not null check (away >= 0)
);
