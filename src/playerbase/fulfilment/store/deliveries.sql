-- add
-- A line that has its delivery keeps it. The answer names the new ones.
insert into fulfilment.deliveries (
    delivery_id, order_id, line_id, player_id, item_id, item_code, item_name, quantity, kind, source, sealed, due_at,
    created_at, updated_at
)
select delivery_id, order_id, line_id, player_id, item_id, item_code, item_name, quantity, kind, source, sealed, :now, :now,
    :now
from unnest(
    :rows.delivery_id::uuid[], :rows.order_id::uuid[], :rows.line_id::uuid[], :rows.player_id::uuid[],
    :rows.item_id::uuid[], :rows.item_code::text[], :rows.item_name::text[], :rows.quantity::int[], :rows.kind::text[],
    :rows.source::text[], :rows.sealed::bytea[]
) as fresh(delivery_id, order_id, line_id, player_id, item_id, item_code, item_name, quantity, kind, source, sealed)
on conflict (line_id) do nothing
returning delivery_id;

-- of_lines
select delivery_id, order_id, line_id, player_id, item_id, item_code, item_name, quantity, kind, source, state, waits_for,
    tried, due_at, fault, external_id, external_name, is_paid, tracking_company, tracking_number, tracking_url,
    cancel_reason, created_at, updated_at, ended_at
from fulfilment.deliveries
where line_id = any(:line_ids);

-- of_order
-- An order has far fewer lines than this.
select delivery_id, order_id, line_id, player_id, item_id, item_code, item_name, quantity, kind, source, state, waits_for,
    tried, due_at, fault, external_id, external_name, is_paid, tracking_company, tracking_number, tracking_url,
    cancel_reason, created_at, updated_at, ended_at
from fulfilment.deliveries
where order_id = :order_id
order by delivery_id
limit 1000;

-- of_player
select delivery_id, order_id, line_id, player_id, item_id, item_code, item_name, quantity, kind, source, state, waits_for,
    tried, due_at, fault, external_id, external_name, is_paid, tracking_company, tracking_number, tracking_url,
    cancel_reason, created_at, updated_at, ended_at
from fulfilment.deliveries
where player_id = :player_id and delivery_id < :before
order by delivery_id desc
limit :count;

-- made_before
select delivery_id, order_id, line_id, player_id, item_id, item_code, item_name, quantity, kind, source, state, waits_for,
    tried, due_at, fault, external_id, external_name, is_paid, tracking_company, tracking_number, tracking_url,
    cancel_reason, created_at, updated_at, ended_at
from fulfilment.deliveries
where player_id = :player_id and created_at < :before
order by created_at desc, delivery_id desc
limit :count;

-- find
select delivery_id, order_id, line_id, player_id, item_id, item_code, item_name, quantity, kind, source, state, waits_for,
    tried, due_at, fault, external_id, external_name, is_paid, tracking_company, tracking_number, tracking_url,
    cancel_reason, created_at, updated_at, ended_at
from fulfilment.deliveries
where delivery_id = :delivery_id;

-- page
-- Newest first.
select delivery_id, order_id, line_id, player_id, item_id, item_code, item_name, quantity, kind, source, state, waits_for,
    tried, due_at, fault, external_id, external_name, is_paid, tracking_company, tracking_number, tracking_url,
    cancel_reason, created_at, updated_at, ended_at
from fulfilment.deliveries
where (:state = '' or state = :state) and (:kind = '' or kind = :kind) and (:waits_for = '' or waits_for = :waits_for)
    and (:player_id::uuid is null or player_id = :player_id) and delivery_id < :before
order by delivery_id desc
limit :count;

-- lock
select delivery_id, order_id, line_id, player_id, item_id, item_code, item_name, quantity, kind, source, state, waits_for,
    tried, due_at, fault, external_id, external_name, is_paid, tracking_company, tracking_number, tracking_url,
    cancel_reason, created_at, updated_at, ended_at
from fulfilment.deliveries
where delivery_id = :delivery_id
for no key update;

-- lock_line
select delivery_id, order_id, line_id, player_id, item_id, item_code, item_name, quantity, kind, source, state, waits_for,
    tried, due_at, fault, external_id, external_name, is_paid, tracking_company, tracking_number, tracking_url,
    cancel_reason, created_at, updated_at, ended_at
from fulfilment.deliveries
where line_id = :line_id
for no key update;

-- lock_external
select delivery_id, order_id, line_id, player_id, item_id, item_code, item_name, quantity, kind, source, state, waits_for,
    tried, due_at, fault, external_id, external_name, is_paid, tracking_company, tracking_number, tracking_url,
    cancel_reason, created_at, updated_at, ended_at
from fulfilment.deliveries
where external_id = :external_id
for no key update;

-- lock_due
-- For one worker alone: whoever comes second finds it leased, or passes it by.
select delivery_id, order_id, line_id, player_id, item_id, item_code, item_name, quantity, kind, source, state, waits_for,
    tried, due_at, fault, external_id, external_name, is_paid, tracking_company, tracking_number, tracking_url,
    cancel_reason, created_at, updated_at, ended_at
from fulfilment.deliveries
where delivery_id = :delivery_id and state in ('pending', 'processing') and due_at <= :now
    and (lease_until is null or lease_until < :now)
for no key update skip locked;

-- lock_leased
-- Only for whoever still holds the lease.
select delivery_id, order_id, line_id, player_id, item_id, item_code, item_name, quantity, kind, source, state, waits_for,
    tried, due_at, fault, external_id, external_name, is_paid, tracking_company, tracking_number, tracking_url,
    cancel_reason, created_at, updated_at, ended_at
from fulfilment.deliveries
where delivery_id = :delivery_id and lease = :lease
for no key update;

-- is_leased
select lease is not null from fulfilment.deliveries where delivery_id = :delivery_id;

-- sealed_of
select sealed from fulfilment.deliveries where delivery_id = :delivery_id;

-- lease_out
-- Due again when the lease runs out: a worker that dies leaves it to whoever looks then.
update fulfilment.deliveries
set state = 'processing', lease = :lease, lease_until = :lease_until, due_at = :lease_until, tried = :tried, waits_for = '',
    updated_at = :now
where delivery_id = :delivery_id;

-- wait_for
update fulfilment.deliveries
set state = 'pending', waits_for = :waits_for, fault = :fault, due_at = null, lease = null, lease_until = null, updated_at = :now
where delivery_id = :delivery_id;

-- put_step
update fulfilment.deliveries
set state = :state, waits_for = :waits_for, tried = :tried, due_at = :due_at, fault = :fault, cancel_reason = :cancel_reason,
    lease = null, lease_until = null, updated_at = :now,
    ended_at = case when :state in ('pending', 'processing') then null else :now::timestamptz end
where delivery_id = :delivery_id
returning delivery_id, order_id, line_id, player_id, item_id, item_code, item_name, quantity, kind, source, state, waits_for,
    tried, due_at, fault, external_id, external_name, is_paid, tracking_company, tracking_number, tracking_url,
    cancel_reason, created_at, updated_at, ended_at;

-- put_told
update fulfilment.deliveries
set state = :told.state, waits_for = case when :told.state = 'processing' then 'shop' else '' end,
    external_id = :told.external_id, external_name = :told.external_name, is_paid = :told.is_paid,
    tracking_company = :told.tracking_company, tracking_number = :told.tracking_number, tracking_url = :told.tracking_url,
    said_at = :told.said_at, due_at = :due_at, fault = :fault, cancel_reason = :cancel_reason, lease = null,
    lease_until = null, updated_at = :now,
    ended_at = case when :told.state = 'processing' then null when ended_at is null or state <> :told.state then :now::timestamptz
        else ended_at end
where delivery_id = :delivery_id
returning delivery_id, order_id, line_id, player_id, item_id, item_code, item_name, quantity, kind, source, state, waits_for,
    tried, due_at, fault, external_id, external_name, is_paid, tracking_company, tracking_number, tracking_url,
    cancel_reason, created_at, updated_at, ended_at;

-- said_at
select said_at from fulfilment.deliveries where delivery_id = :delivery_id;

-- ask_to_stop
update fulfilment.deliveries
set cancel_reason = :cancel_reason, due_at = coalesce(:due_at, due_at), updated_at = :now
where delivery_id = :delivery_id;

-- due
select delivery_id, order_id, line_id, player_id, item_id, item_code, item_name, quantity, kind, source, state, waits_for,
    tried, due_at, fault, external_id, external_name, is_paid, tracking_company, tracking_number, tracking_url,
    cancel_reason, created_at, updated_at, ended_at
from fulfilment.deliveries
where due_at <= :now and state in ('pending', 'processing') and (lease_until is null or lease_until < :now)
order by due_at
limit :count;

-- wake_waiting
-- In one order, so that two who wake them cannot deadlock.
update fulfilment.deliveries
set waits_for = '', due_at = :now, updated_at = :now
where delivery_id in (
    select delivery_id
    from fulfilment.deliveries
    where waits_for = 'address' and state = 'pending' and player_id = any(:player_ids)
    order by delivery_id
    for no key update
)
returning delivery_id;

-- waiting_for_address
select delivery_id, order_id, line_id, player_id, item_id, item_code, item_name, quantity, kind, source, state, waits_for,
    tried, due_at, fault, external_id, external_name, is_paid, tracking_company, tracking_number, tracking_url,
    cancel_reason, created_at, updated_at, ended_at
from fulfilment.deliveries
where waits_for = 'address' and delivery_id > :after
order by delivery_id
limit :count;

-- tally
select kind, state, waits_for, count(*)::int, min(updated_at)
from fulfilment.deliveries
where state in ('pending', 'processing', 'failed')
group by kind, state, waits_for;

-- begin_attempt
-- Under the delivery's lock, so that no two have one number.
insert into fulfilment.attempts (delivery_id, number, what, asked, began_at)
select :delivery_id, coalesce(max(number), 0) + 1, :what, :asked, :now
from fulfilment.attempts
where delivery_id = :delivery_id
returning number;

-- end_attempt
update fulfilment.attempts
set outcome = :outcome, answered = :answered, ended_at = :now
where delivery_id = :delivery_id and number = :number and outcome in ('', 'unknown')
returning true;

-- lose_attempts
update fulfilment.attempts
set outcome = 'unknown', answered = :answered, ended_at = :now
where delivery_id = :delivery_id and outcome = ''
returning number;

-- prove_attempt
-- Somebody else knows that the last attempt whose outcome nobody knew did succeed.
update fulfilment.attempts
set outcome = 'succeeded', answered = :answered, ended_at = :now
where delivery_id = :delivery_id and number = (
    select max(number)
    from fulfilment.attempts
    where delivery_id = :delivery_id and what = 'deliver' and outcome in ('', 'unknown')
        and not exists (
            select from fulfilment.attempts as other
            where other.delivery_id = :delivery_id and other.what = 'deliver' and other.outcome = 'succeeded'
        )
)
returning number;

-- clear_doubt
update fulfilment.attempts
set outcome = 'failed', answered = answered || ' ' || :answered::text, ended_at = :now
where delivery_id = :delivery_id and what = 'deliver' and outcome in ('', 'unknown')
returning number;

-- has_succeeded
select exists (
    select from fulfilment.attempts where delivery_id = :delivery_id and what = 'deliver' and outcome = 'succeeded'
);

-- attempts
-- The last ones, which are all there are unless somebody tried for weeks.
select number, what, asked, answered, outcome, began_at, ended_at
from fulfilment.attempts
where delivery_id = :delivery_id
order by number desc
limit 200;

-- is_in_doubt
select exists (
    select from fulfilment.attempts
    where delivery_id = :delivery_id and what = 'deliver' and outcome in ('', 'unknown')
) and not exists (
    select from fulfilment.attempts
    where delivery_id = :delivery_id and what = 'deliver' and outcome = 'succeeded'
);

-- doubted_since
-- When the latest attempt began of which nobody knows the end.
select began_at
from fulfilment.attempts
where delivery_id = :delivery_id and what = 'deliver' and outcome in ('', 'unknown')
order by number desc
limit 1;

-- settings
-- No row until somebody has decided otherwise.
select attempts_max, pause_seconds, pause_factor, shop_poll_seconds from fulfilment.settings;

-- put_settings
insert into fulfilment.settings (
    attempts_max, pause_seconds, pause_factor, shop_poll_seconds, changed_by, changed_at
)
values (
    :settings.attempts_max, :settings.pause_seconds, :settings.pause_factor, :settings.shop_poll_seconds, :changed_by, :now
)
on conflict (only_one) do update
set attempts_max = excluded.attempts_max, pause_seconds = excluded.pause_seconds, pause_factor = excluded.pause_factor,
    shop_poll_seconds = excluded.shop_poll_seconds, changed_by = excluded.changed_by, changed_at = excluded.changed_at;

-- stale
select delivery_id, sealed
from fulfilment.deliveries
where sealed is not null and substring(sealed from 1 for length(:head::bytea)) <> :head and delivery_id > :after
order by delivery_id
limit :count
for no key update;

-- reseal
update fulfilment.deliveries set sealed = :sealed where delivery_id = :delivery_id;
