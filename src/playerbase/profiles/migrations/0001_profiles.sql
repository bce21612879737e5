create schema profiles;

create table profiles.profiles (
    player_id              uuid primary key references identity.players,
    display_name           text not null check (length(display_name) between 3 and 50),
    search_key             text collate "C" not null,   -- the name without case, made by the application
    bio                    text not null default '' check (length(bio) <= 200),
    country                text check (country ~ '^[A-Z]{2}$'),
    title                  text not null default 'Rookie' check (length(title) <= 50),
    theme                  text not null default 'dark',
    twitch                 text,
    youtube                text,
    twitter                text,
    level                  int not null default 1 check (level >= 1),
    total_xp               bigint not null default 0 check (total_xp >= 0),
    is_public              bool not null default true,
    accept_friend_requests bool not null default true,
    allow_messages         bool not null default true,
    version                int not null default 1,
    created_at             timestamptz not null,
    updated_at             timestamptz not null
);
create index on profiles.profiles (search_key, player_id);
