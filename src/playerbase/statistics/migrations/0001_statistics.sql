create schema statistics;

-- One row for each player, game and span. What can be divided out of these figures is not stored.
create table statistics.counts (
    player_id         uuid not null,
    game              text not null,
    period            smallint not null,  -- 0 lifetime, 1 season, 2 week, 3 day
    slot              int not null,       -- 0; the season's number; the week's Monday or the day, in days since 1970
    played            int not null check (played = won + drawn + lost),
    won               int not null check (won >= 0),
    drawn             int not null check (drawn >= 0),
    lost              int not null check (lost >= 0),
    score             bigint not null,
    kills             bigint not null check (kills >= 0),
    deaths            bigint not null check (deaths >= 0),
    shots             bigint not null check (shots >= 0),
    hits              bigint not null check (hits >= 0),
    answers           bigint not null check (answers >= 0),
    correct           bigint not null check (correct >= 0),
    answer_ms         bigint not null check (answer_ms >= 0),
    seconds           bigint not null check (seconds >= 0),
    fastest_answer_ms int,
    best_streak       int not null,       -- the longest within a match
    win_streak        int not null,       -- matches won in a row up to the last one
    best_win_streak   int not null,
    last_ended_at     timestamptz not null,
    last_match_id     uuid not null,
    primary key (player_id, game, period, slot)
) with (fillfactor = 80);
create index on statistics.counts (period, slot) where period in (2, 3);

-- What each match added for each player: its second coming finds its first here, and a void takes this back.
create table statistics.applied (
    match_id          uuid not null,
    player_id         uuid not null,
    game              text not null,
    season            int,
    opponent_id       uuid,
    ended_at          timestamptz not null,
    result            smallint not null check (result between -1 and 1),
    score             bigint not null,
    kills             int not null,
    deaths            int not null,
    shots             int not null,
    hits              int not null,
    answers           int not null,
    correct           int not null,
    answer_ms         int not null,
    seconds           int not null,
    streak            int not null,
    fastest_answer_ms int,
    voided_at         timestamptz,
    primary key (match_id, player_id)
);
create index on statistics.applied (player_id, game, ended_at, match_id) where voided_at is null;

-- What two players did against each other, in matches of two; the lower id is the one.
create table statistics.pairs (
    one_id    uuid not null,
    other_id  uuid not null,
    game      text not null,
    one_won   int not null check (one_won >= 0),
    drawn     int not null check (drawn >= 0),
    other_won int not null check (other_won >= 0),
    primary key (one_id, other_id, game),
    check (one_id < other_id)
) with (fillfactor = 80);

-- How long days and weeks are kept, and up to where they are gone already: one row, and without it the defaults.
create table statistics.settings (
    only_one     boolean primary key default true check (only_one),
    days_kept    int not null check (days_kept > 0),
    weeks_kept   int not null check (weeks_kept > 0),
    days_gone    int not null,
    weeks_gone   int not null,
    changed_by   text not null,
    changed_at   timestamptz not null
);
