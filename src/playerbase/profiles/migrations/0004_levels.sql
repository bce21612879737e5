-- How much experience the curve of levels rises by: level n begins at n² times this.
alter table profiles.settings add column level_xp int not null default 100 check (level_xp between 1 and 1000000);

-- The curve a level was reckoned by, and the highest level whose reaching was ever told.
alter table profiles.profiles
    add column level_xp int not null default 100 check (level_xp between 1 and 1000000),
    add column level_reached int not null default 1;
update profiles.profiles set level_reached = level where level > 1;
alter table profiles.profiles add check (level_reached >= level);
