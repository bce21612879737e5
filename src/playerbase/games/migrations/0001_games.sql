create schema games;

create table games.games (
    slug       text primary key check (slug ~ '^[a-z][a-z0-9-]{1,31}$'),
    name       text not null check (length(name) between 1 and 100),
    created_at timestamptz not null
);
