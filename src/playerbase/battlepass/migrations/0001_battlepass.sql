create schema battlepass;

-- What a season has for those who play in it.
create table battlepass.passes (
    season_id     uuid primary key,
    game          text not null,
    name          text not null,
    theme         text not null,
    premium_item  text unique,           -- who has this item of the catalog has premium
    curve         int not null,          -- the version that newcomers begin with
    excess_xp     int not null check (excess_xp >= 0),
    excess_asset  text not null,
    excess_amount bigint not null check (excess_amount >= 0),
    grace_days    int not null check (grace_days >= 0),
    refunds       text not null check (refunds in ('take_back', 'keep')),
    catch_up_days int not null check (catch_up_days >= 0),
    daily_cap     int check (daily_cap > 0),
    version       int not null,
    created_at    timestamptz not null,
    updated_at    timestamptz not null
);
create index on battlepass.passes (created_at, season_id);

-- Every version of a pass's tiers; none ever changes.
create table battlepass.curves (
    season_id  uuid not null references battlepass.passes,
    version    int not null,
    thresholds bigint[] not null,        -- the experience of tier 0, 1, 2 …
    tiers      json not null,
    made_at    timestamptz not null,
    made_by    text not null,
    reason     text not null,
    primary key (season_id, version)
);

-- What a match gives, where a game decided it otherwise than the usual.
create table battlepass.rates (
    game          text primary key,
    win           int not null,
    draw          int not null,
    loss          int not null,
    kill          int not null,
    streak        int not null,
    second_tenths int not null,
    least         int not null check (least >= 0),
    most          int not null check (most >= least)
);

create table battlepass.challenges (
    challenge_id uuid primary key,
    game         text not null,
    code         text not null,
    name         text not null,
    source       text not null check (source in ('season_challenge', 'daily_bonus')),
    measure      text not null,
    goal         int not null check (goal > 0),
    period       text not null check (period in ('day', 'week', 'season')),
    mode         text,
    xp           int not null check (xp > 0),
    is_on        bool not null,
    version      int not null,
    updated_at   timestamptz not null,
    unique (game, code)
);

-- Every gain and every correction, once for its source and reference. No foreign key to the players: see matches.
create table battlepass.experience (
    entry_id  uuid not null,
    player_id uuid not null,
    source    text not null,
    ref       text not null,
    game      text not null,
    season_id uuid,                      -- null where no season was open: it counts for the level alone
    amount    int not null,
    bonus     int not null,              -- what of the amount was given for being behind
    at        timestamptz not null,      -- when it was earned; a match's end
    noted_at  timestamptz not null,
    reason    text not null,
    counted   text not null,             -- what a match counted for challenges, as JSON
    primary key (player_id, entry_id),
    unique (player_id, ref, source)
);

create table battlepass.progress (
    season_id  uuid not null,
    player_id  uuid not null,
    xp         int not null check (xp >= 0),
    curve      int not null,             -- the version of the tiers that holds for this player
    tier       int not null,
    peak       int not null check (peak >= tier),
    began_at   timestamptz not null,
    updated_at timestamptz not null,
    primary key (season_id, player_id)
) with (fillfactor = 80);

create table battlepass.counts (
    challenge_id uuid not null references battlepass.challenges,
    player_id    uuid not null,
    period       text not null,
    count        int not null check (count >= 0),
    is_awarded   bool not null,
    round        int not null,           -- how often it was awarded: again only after one was taken back
    primary key (player_id, challenge_id, period)
) with (fillfactor = 80);

-- A reward is claimed once for season, player, tier and track.
create table battlepass.claims (
    season_id     uuid not null,
    player_id     uuid not null,
    tier          int not null,
    track         text not null check (track in ('free', 'premium', 'excess')),
    round         int not null,
    how           text not null check (how in ('claimed', 'season_end', 'late')),
    parts         json not null,
    claimed_at    timestamptz not null,
    taken_back_at timestamptz,
    primary key (season_id, player_id, tier, track)
);

-- Who has premium, since when, and whence.
create table battlepass.premiums (
    season_id  uuid not null,
    player_id  uuid not null,
    source     text not null,
    source_ref text not null,
    opened_at  timestamptz not null,
    closed_at  timestamptz,
    primary key (season_id, player_id)
);

-- How far the end of a season is: everybody up to and with this player has what they earned.
create table battlepass.closings (
    season_id    uuid primary key,
    after_player uuid not null,
    done         int not null,
    began_at     timestamptz not null,
    finished_at  timestamptz
);
