create schema matches;

create table matches.matches (
    match_id         uuid primary key,
    game             text not null,
    mode             text not null,
    map              text not null,
    started_at       timestamptz not null,
    duration_seconds int not null check (duration_seconds >= 0),
    players          json not null,      -- each player's performance, as reported
    winner_id        uuid,
    fingerprint      bytea not null,     -- of the report: a repeated id must say the same
    reported_by      text not null,
    reported_at      timestamptz not null,
    voided_at        timestamptz
);
create index on matches.matches (reported_at, match_id);

-- Who played in what, for a player's history. No foreign key to the players: each report is held against them in its
-- own transaction and no player's row is ever removed, while two checked keys a match cost a fifth of its intake.
create table matches.appearances (
    player_id  uuid not null,
    started_at timestamptz not null,
    match_id   uuid not null,
    primary key (player_id, started_at, match_id)
);
