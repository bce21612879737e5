-- report
insert into kit.workers (worker_id, host, pid, started_at, seen_at)
values (:worker_id, :host, :pid, :now, :now)
on conflict (worker_id) do update set seen_at = excluded.seen_at;

-- sign_off
delete from kit.workers where worker_id = :worker_id;

-- page_workers
select worker_id, host, pid, started_at, seen_at from kit.workers order by started_at limit :count;

-- forget_workers
delete from kit.workers where seen_at < :before;

-- is_due
-- Whether a job that one of these slots may run is due: one look into the index per lane.
select exists (
    select
    from unnest(:lanes::text[]) as lane(name)
    where exists (
        select from kit.jobs as job
        where job.lane = lane.name and job.state = 'ready' and job.run_at <= :now and job.name = any(:names)
    )
);
