-- all_changed
select category, count, window_seconds, reason, set_by, set_at
from kit.limits
order by category;

-- put
insert into kit.limits (category, count, window_seconds, reason, set_by, set_at)
values (
    :changed.category, :changed.count, :changed.window_seconds, :changed.reason, :changed.set_by, :changed.set_at
)
on conflict (category) do update
set count = excluded.count, window_seconds = excluded.window_seconds, reason = excluded.reason,
    set_by = excluded.set_by, set_at = excluded.set_at;

-- drop
delete from kit.limits where category = :category returning true;
