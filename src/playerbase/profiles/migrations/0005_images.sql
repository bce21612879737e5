-- The pictures that are shown, by their files (which may lie in another database), and the colour beside them.
alter table profiles.profiles
    add column avatar_file uuid,
    add column banner_file uuid,
    add column colour text check (colour ~ '^#[0-9a-f]{6}$');

-- Which titles a player may wear besides the first one.
create table profiles.titles (
    player_id uuid not null references identity.players,
    title     text not null check (length(title) between 1 and 50),
    earned_at timestamptz not null,
    primary key (player_id, title)
);
