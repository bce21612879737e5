-- claim
-- The attempt is spent, and committed, before the job runs, so that a job which kills its process still runs out of
-- them. One look into the index per lane, in the order of urgency.
update kit.jobs
set state = 'running', attempts = attempts + 1, lease = :lease, lease_until = :now::timestamptz + make_interval(secs => :seconds)
where id = (
    select job.id
    from unnest(:lanes::text[]) with ordinality as lane(name, urgency)
        cross join lateral (
            select id
            from kit.jobs
            where lane = lane.name and state = 'ready' and run_at <= :now and name = any(:names)
            order by run_at
            limit 1
            for update skip locked
        ) as job
    order by lane.urgency
    limit 1
)
returning id, name, args, attempts, traceparent;

-- renew
-- The runs that are still under way here; a lease that ran out may be another worker's by now.
update kit.jobs set lease_until = :now::timestamptz + make_interval(secs => :seconds)
where lease = any(:leases) and state = 'running';

-- reclaim
-- A lease runs out when its worker died, or did nothing else for so long that it might as well have.
update kit.jobs set state = 'ready', lease = null, lease_until = null
where id in (select id from kit.jobs where state = 'running' and lease_until < :now limit :count for update skip locked)
returning id;

-- finish
-- Only by whoever still holds the lease.
update kit.jobs
set state = :state, fault = :fault, run_at = :run_at, lease = null, lease_until = null,
    ended_at = case when :state in ('done', 'dead') then :now::timestamptz end
where id = :id and lease = :lease
returning true;

-- take_slots
-- Those of the slots that nobody took before. Not only later ones: the test clock may be moved back, and a job is
-- made once for each slot whoever takes it.
insert into kit.schedules (name, slot)
select name, slot from unnest(:names::text[], :slots::timestamptz[]) as slots(name, slot) order by name
on conflict (name) do update set slot = excluded.slot where kit.schedules.slot <> excluded.slot
returning name;

-- forget_done
delete from kit.jobs where id in (select id from kit.jobs where state = 'done' and ended_at < :before limit :count)
returning id;
