-- When somebody last changed their name for nothing, and how many more changes they were given.
create table profiles.name_changes (
    player_id  uuid primary key references identity.players,
    changed_at timestamptz,
    granted    int not null default 0 check (granted >= 0)
);

-- What an operator decides about profiles: one row, and without it the defaults.
create table profiles.settings (
    only_one         boolean primary key default true check (only_one),
    name_change_days int not null check (name_change_days >= 0),
    changed_by       text not null,
    changed_at       timestamptz not null
);
