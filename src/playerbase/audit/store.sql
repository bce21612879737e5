-- lock_heads
-- Locked in one order, so that two batches cannot wait for each other.
select chain, seq, hash, mac
from audit.heads
where chain = any((select :chains::smallint[])::smallint[]) -- Hidden from the planner: one plan for every list.
order by chain
for update;

-- append
-- Rows and heads in one statement: there is no moment at which one stands without the other.
with appended as (
    insert into audit.entries (
        chain, seq, entry_id, at, actor_kind, actor_id, player_id, action, target_kind, target_id,
        outcome, before, after, reason, ip_sealed, agent, request_id, trace_id, hash
    )
    select unnest(:rows.chain::text::smallint[]), unnest(:rows.seq::text::bigint[]), unnest(:rows.entry_id::uuid[]),
        unnest(:rows.at::text::timestamptz[]), unnest(:rows.actor_kind::text::text[]),
        unnest(:rows.actor_id::text::text[]), unnest(:rows.player_id::uuid[]), unnest(:rows.action::text::text[]),
        unnest(:rows.target_kind::text::text[]), unnest(:rows.target_id::text::text[]),
        unnest(:rows.outcome::text::text[]), unnest(:rows.before::text::json[]), unnest(:rows.after::text::json[]),
        unnest(:rows.reason::text::text[]), unnest(:rows.ip_sealed::text::bytea[]),
        unnest(:rows.agent::text::text[]), unnest(:rows.request_id::text::text[]),
        unnest(:rows.trace_id::text::text[]), unnest(:rows.hash::text::bytea[])
)
update audit.heads as old
set seq = new.seq, hash = new.hash, mac = new.mac
from unnest(
    :heads.chain::text::smallint[], :heads.seq::text::bigint[], :heads.hash::text::bytea[], :heads.mac::text::bytea[]
) as new(chain, seq, hash, mac)
where old.chain = new.chain;

-- heads
select chain, seq, hash, mac from audit.heads order by chain;

-- starts
select chain, seq, hash, removed_until, mac from audit.starts order by chain;

-- move_start
update audit.starts
set seq = :start.seq, hash = :start.hash, removed_until = :start.removed_until, mac = :start.mac
where chain = :start.chain;

-- remove
-- Exactly the rows that were followed; what else may stand below them is evidence.
delete from audit.entries
where chain = :chain and seq > :after and seq <= :until
returning seq;

-- policy
select days, version, set_by, set_at, mac from audit.retention;

-- lock_policy
-- Who changes it and who removes by it wait for each other: after a change nothing goes by the old one.
select days, version, set_by, set_at, mac from audit.retention for update;

-- set_policy
insert into audit.retention (days, version, set_by, set_at, mac)
values (:policy.days, :policy.version, :policy.set_by, :policy.set_at, :policy.mac)
on conflict (only_one) do update
set days = excluded.days, version = excluded.version, set_by = excluded.set_by, set_at = excluded.set_at,
    mac = excluded.mac;

-- ends
-- The last row of each chain, whatever the heads say.
select chains.chain::smallint, last.seq, last.hash
from generate_series(0, 7) as chains(chain)
cross join lateral (
    select seq, hash from audit.entries where entries.chain = chains.chain order by seq desc limit 1
) as last
order by chains.chain;

-- rows_of
-- A slice by numbers and not by count, so that a second row with the same number cannot hide at its edge.
select
    chain, seq, entry_id, at, actor_kind, actor_id, player_id, action, target_kind, target_id,
    outcome, before, after, reason, ip_sealed, agent, request_id, trace_id, hash
from audit.entries
where chain = :chain and seq > :after and seq <= :until
order by seq, entry_id;

-- rows_after
select
    chain, seq, entry_id, at, actor_kind, actor_id, player_id, action, target_kind, target_id,
    outcome, before, after, reason, ip_sealed, agent, request_id, trace_id, hash
from audit.entries
where chain = :chain and seq > :after
order by seq, entry_id
limit :count;

-- strays
-- Rows where none can be: beyond the head, or where the policy removed what stood there. All is read in one snapshot,
-- so those of a moment ago are none.
select
    stray.chain, stray.seq, entry_id, at, actor_kind, actor_id, player_id, action, target_kind, target_id,
    outcome, before, after, reason, ip_sealed, agent, request_id, trace_id, stray.hash
from audit.heads as head
left join audit.starts as start on start.chain = head.chain
cross join lateral (
    (select * from audit.entries where chain = head.chain and seq > head.seq order by seq limit 1)
    union all
    (select * from audit.entries where chain = head.chain and seq <= coalesce(start.seq, 0) order by seq limit 1)
) as stray
union all
(
    select
        chain, seq, entry_id, at, actor_kind, actor_id, player_id, action, target_kind, target_id,
        outcome, before, after, reason, ip_sealed, agent, request_id, trace_id, hash
    from audit.entries
    where chain < 0 or chain >= :chains
    order by chain, seq
    limit 1
);

-- row
select
    chain, seq, entry_id, at, actor_kind, actor_id, player_id, action, target_kind, target_id,
    outcome, before, after, reason, ip_sealed, agent, request_id, trace_id, hash
from audit.entries
where chain = :chain and seq = :seq;

-- search
-- Newest first; whatever is asked, one index leads along (at, entry_id).
select
    chain, seq, entry_id, at, actor_kind, actor_id, player_id, action, target_kind, target_id,
    outcome, before, after, reason, ip_sealed, agent, request_id, trace_id, hash
from audit.entries
where (:asked.player_id::uuid is null or player_id = :asked.player_id)
    and (:asked.actor_id::text is null or actor_id = :asked.actor_id)
    and (:asked.action::text is null or action = :asked.action)
    and (:asked.outcome::text is null or outcome = :asked.outcome)
    and (:asked.from_at::timestamptz is null or at >= :asked.from_at)
    and (:asked.to_at::timestamptz is null or at < :asked.to_at)
    and (:before_at::timestamptz is null or (at, entry_id) < (:before_at, :before_id::uuid))
order by at desc, entry_id desc
limit :count;

-- keep_verdict
insert into audit.verdicts (verdict_id, sweep_at, began_at, ended_at, rows_checked, is_complete, findings, reached)
values (
    :verdict_id, :verdict.sweep_at, :verdict.began_at, :verdict.ended_at, :verdict.rows_checked, :verdict.is_complete,
    :verdict.findings::json, :verdict.reached::json
);

-- last_verdict
select sweep_at, began_at, ended_at, rows_checked, is_complete, findings, reached
from audit.verdicts
order by ended_at desc, verdict_id desc
limit 1;

-- forget_verdicts
delete from audit.verdicts
where verdict_id in (select verdict_id from audit.verdicts where ended_at < :before order by ended_at limit :count)
returning verdict_id;
