-- add
-- No row when the slug is taken.
insert into games.games (slug, name, created_at)
values (:slug, :name, :now)
on conflict do nothing
returning slug, name, created_at;

-- game
select slug, name, created_at from games.games where slug = :slug;

-- games
-- A studio has a handful; the bound is there because every list has one.
select slug, name, created_at from games.games order by slug limit 1000;
