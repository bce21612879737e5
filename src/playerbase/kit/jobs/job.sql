-- put
-- No row when a job of this name with this once-key was made before.
insert into kit.jobs (id, name, args, lane, once_key, run_at, traceparent, made_at)
values (:id, :name, :args::json, :lane, :once_key, :run_at, :traceparent, :now)
on conflict do nothing
returning id;

-- page
select id, name, args, lane, state, run_at, attempts, lease_until, fault, made_at, ended_at
from kit.jobs
where (:state = '' or state = :state) and (:before::uuid is null or id < :before)
order by id desc
limit :count;

-- find
select id, name, args, lane, state, run_at, attempts, lease_until, fault, made_at, ended_at
from kit.jobs
where id = :id;

-- slots
select name, slot from kit.schedules order by name;

-- tally_jobs
select state, lane, count(*)::int, min(run_at)
from kit.jobs
where state <> 'done'
group by state, lane
order by state, lane;

-- revive
update kit.jobs set state = 'ready', attempts = 0, run_at = :now, ended_at = null
where id = :id and state = 'dead'
returning true;

-- drop
delete from kit.jobs where id = :id and state in ('dead', 'ready') returning true;
