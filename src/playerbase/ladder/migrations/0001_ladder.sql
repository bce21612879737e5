create schema ladder;

create table ladder.ratings (
    game       text not null,
    player_id  uuid not null,
    rating     int not null check (rating between 100 and 3000),
    peak       int not null check (peak >= rating),
    played     int not null check (played = won + drawn + lost),
    won        int not null check (won >= 0),
    drawn      int not null check (drawn >= 0),
    lost       int not null check (lost >= 0),
    reached_at timestamptz not null,
    primary key (game, player_id)
) with (fillfactor = 80);
create index on ladder.ratings (game, rating desc, reached_at, player_id);

-- What each match did to each rating; a match's second coming finds its first here.
create table ladder.moves (
    match_id    uuid not null,
    player_id   uuid not null,
    opponent_id uuid not null,
    game        text not null,
    score       real,
    before      int not null,
    after       int not null,
    settled_at  timestamptz not null,
    voided_at   timestamptz,
    primary key (match_id, player_id)
);
create index on ladder.moves (player_id, game, settled_at, match_id);

create table ladder.counts (
    game    text not null,
    rating  int not null,
    players int not null check (players >= 0),
    primary key (game, rating)
);

create table ladder.versions (
    game    text primary key,
    version bigint not null
);
