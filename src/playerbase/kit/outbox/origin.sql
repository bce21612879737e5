-- name_database
insert into kit.origin (origin) values (:origin) on conflict do nothing;

-- origin
select origin from kit.origin;
