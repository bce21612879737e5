-- When what moved a rating was played: reports come late, and a month's course is one of days played.
alter table ladder.moves add column played_at timestamptz;

-- Where a player was from when a match of theirs was last rated; who does not say is in none.
alter table ladder.ratings add column region text;
create index on ladder.ratings (game, region, rating desc, reached_at, player_id) where region is not null;

create table ladder.region_counts (
    game    text not null,
    region  text not null,
    rating  int not null,
    players int not null check (players >= 0),
    primary key (game, region, rating)
);

-- What the ladder has to do when a season closes, and how far it is: everybody is archived in one commit, then ratings
-- are reset in the order of players, so many a commit.
create table ladder.closes (
    season_id    uuid primary key,
    game         text not null,
    number       int not null,
    name         text not null,
    ends_at      timestamptz not null,
    reset        text not null check (reset in ('none', 'soft', 'hard')),
    reset_factor float8 not null check (reset_factor between 0 and 1),
    players      int not null default 0,
    done         int not null default 0,
    after        uuid not null default '00000000-0000-0000-0000-000000000000',
    archived_at  timestamptz,
    finished_at  timestamptz,
    unique (game, number)
);

-- Who stood where when a season ended; what the reset made of each rating, and when.
create table ladder.archive (
    season_id    uuid not null references ladder.closes,
    player_id    uuid not null,
    game         text not null,
    rank         int not null,
    region       text,
    rating       int not null,
    peak         int not null,
    played       int not null,
    won          int not null,
    drawn        int not null,
    lost         int not null,
    rating_after int,
    reset_at     timestamptz,
    primary key (player_id, season_id)
);
create unique index on ladder.archive (season_id, rank);
