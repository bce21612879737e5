-- add
-- No row when the slug is taken.
insert into games.games (slug, name, created_at)
values (:slug, :name, :now)
on conflict do nothing
returning slug, name, created_at, status;

-- game
select slug, name, created_at, status from games.games where slug = :slug;

-- games
-- A studio has a handful; the bound is there because every list has one.
select slug, name, created_at, status from games.games order by slug limit 1000;

-- save
-- No row when there is no such title.
update games.games set name = :name, status = :status where slug = :slug
returning slug, name, created_at, status;
