-- arrived_since
-- The id bounds what is looked at, by the primary key, however many players there are.
select date_trunc('hour', created_at), count(*)::int
from profiles.profiles
where player_id >= :first_id and created_at >= :since
group by 1
order by 1;
