-- How many of one player in one game.
alter table profiles.settings add column characters_max int not null default 10 check (characters_max > 0);

-- Whom a player plays as: several in a game, and one for the whole platform.
create table profiles.characters (
    character_id uuid primary key,
    player_id    uuid not null references profiles.profiles,
    game         text,                     -- null: the whole platform
    name         text not null check (length(name) between 1 and 50),
    avatar_url   text check (length(avatar_url) <= 500),
    level        int not null default 1 check (level >= 1),
    experience   bigint not null default 0 check (experience >= 0),
    is_default   bool not null,
    metadata     json not null,
    version      int not null default 1,
    created_at   timestamptz not null,
    updated_at   timestamptz not null
);
create index on profiles.characters (player_id, character_id);
create unique index one_default on profiles.characters (player_id, game) nulls not distinct where is_default;
create unique index one_for_the_platform on profiles.characters (player_id) where game is null;
