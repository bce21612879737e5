create schema boards;

create table boards.boards (
    board_id        uuid primary key,
    game            text not null,
    code            text not null,
    name            text not null,
    operator        text not null check (operator in ('best', 'set', 'sum')),
    direction       text not null check (direction in ('asc', 'desc')),
    source          text not null check (source in ('sessions', 'servers', 'matches')),
    counted         text not null check ((counted <> '') = (source = 'matches')),
    score_min       bigint not null,
    score_max       bigint not null check (score_max >= score_min),
    plausible_min   bigint,
    plausible_max   bigint,
    is_regional     boolean not null,
    session_seconds int not null check (session_seconds > 0),
    position        int not null,
    is_open         boolean not null,
    rule_version    int not null default 0,
    prizes          json not null,
    made_at         timestamptz not null,
    unique (game, code)
);

-- Every version of a rule there was: a session is judged by the one it was opened under.
create table boards.rules (
    board_id uuid not null references boards.boards,
    version  int not null,
    rule     json,
    made_by  text not null,
    made_at  timestamptz not null,
    primary key (board_id, version)
);

-- A board in one season, from its first score on. Its version counts commits; the index in Redis is held against it.
create table boards.runs (
    run_id     uuid primary key,
    season_id  uuid not null,
    board_id   uuid not null references boards.boards,
    version    bigint not null default 0,
    shards     int not null default 1 check (shards > 0),
    made_at    timestamptz not null,
    direction  text,       -- From here on: of the final standings.
    prizes     json,
    entries    bigint not null default 0,
    root       bytea,
    signed     text,
    sealed_at  timestamptz,
    paid_upto  bigint not null default 0,
    paid_at    timestamptz,
    unique (season_id, board_id)
) with (fillfactor = 50);

create table boards.entries (
    run_id     uuid not null,
    player_id  uuid not null,
    score      bigint not null,
    place      bigint not null,      -- What stands above is smaller, whatever the direction.
    reached_at timestamptz not null,
    region     text not null,        -- Of a regional board: the country, if it was known; else nothing.
    version    bigint not null,
    state      text not null check (state in ('shown', 'hidden', 'removed', 'void')),
    primary key (run_id, player_id)
) with (fillfactor = 80);
create index on boards.entries (run_id, place, reached_at, player_id) where state = 'shown';
create index on boards.entries (run_id, region, place, reached_at, player_id) where state = 'shown' and region <> '';
create index on boards.entries (run_id, player_id) where state in ('hidden', 'removed');
create index on boards.entries (player_id);

-- What each match brought whom, so that a void one can be taken back; only of boards of matches.
create table boards.marks (
    run_id    uuid not null,
    match_id  uuid not null,
    player_id uuid not null,
    score     bigint not null,
    at        timestamptz not null,
    voided_at timestamptz,
    primary key (match_id, run_id, player_id)
);
create index on boards.marks (run_id, player_id) where voided_at is null;

-- What a server opened for a player, for one score.
create table boards.sessions (
    digest       bytea primary key,
    run_id       uuid not null,
    player_id    uuid not null,
    rule_version int not null,
    opened_at    timestamptz not null,
    expires_at   timestamptz not null,
    opened_by    text not null,
    fingerprint  bytea,
    verdict      text
) with (fillfactor = 80);
create index on boards.sessions (expires_at);

-- What was claimed and not believed at once.
create table boards.submissions (
    submission_id uuid primary key,
    run_id        uuid not null,
    player_id     uuid not null,
    score         bigint not null,
    submitted_at  timestamptz not null,
    reasons       json not null,
    actions       json not null,
    proof         text not null,
    state         text not null check (state in ('waiting', 'accepted', 'rejected')),
    decided_by    text not null default '',
    decided_at    timestamptz,
    reason        text not null default ''
);
create index on boards.submissions (state, submission_id);
create index on boards.submissions (player_id, submission_id);

create table boards.standings (
    run_id     uuid not null,
    rank       bigint not null,
    player_id  uuid not null,
    score      bigint not null,
    reached_at timestamptz not null,
    primary key (run_id, rank)
);
create unique index on boards.standings (run_id, player_id);

-- The roots of blocks of 256 rows of the final standings, of which the signed root is made.
create table boards.branches (
    run_id   uuid not null,
    position int not null,
    hash     bytea not null,
    primary key (run_id, position)
);
