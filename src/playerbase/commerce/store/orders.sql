-- add
insert into commerce.orders (
    order_id, number, player_id, platform, environment, sku, item_id, item_code, item_name, item_version, quantity, amount,
    currency, contents, state, step, fault, look_at, account, client_key, fingerprint, created_at, updated_at
) values (
    :order.order_id, :order.number, :order.player_id, :order.platform, :order.environment, :order.sku, :order.item_id,
    :order.item_code, :order.item_name, :order.item_version, :order.quantity, :order.amount, :order.currency,
    :order.contents, :order.state, :order.step, :order.fault, :order.look_at, :order.account, :order.client_key,
    :order.fingerprint, :now, :now
)
on conflict (player_id, client_key) do nothing
returning order_id;

-- keyed
select order_id, fingerprint from commerce.orders where player_id = :player_id and client_key = :client_key;

-- find
select one.order_id, one.number, one.player_id, one.platform, one.environment, one.sku, one.item_id, one.item_code,
    one.item_name, one.item_version, one.quantity, one.amount, one.currency, one.contents, one.state, one.step,
    one.fault, one.approve_url, one.refunded, one.given, one.tried, one.look_at, one.created_at, one.updated_at, one.granted_at,
    one.ended_at, receipt.ref
from commerce.orders as one left join commerce.receipts as receipt using (order_id)
where one.order_id = :order_id;

-- find_number
select one.order_id, one.number, one.player_id, one.platform, one.environment, one.sku, one.item_id, one.item_code,
    one.item_name, one.item_version, one.quantity, one.amount, one.currency, one.contents, one.state, one.step,
    one.fault, one.approve_url, one.refunded, one.given, one.tried, one.look_at, one.created_at, one.updated_at, one.granted_at,
    one.ended_at, receipt.ref
from commerce.orders as one left join commerce.receipts as receipt using (order_id)
where one.number = :number;

-- lock
-- Its owner is held first.
select one.order_id, one.number, one.player_id, one.platform, one.environment, one.sku, one.item_id, one.item_code,
    one.item_name, one.item_version, one.quantity, one.amount, one.currency, one.contents, one.state, one.step,
    one.fault, one.approve_url, one.refunded, one.given, one.tried, one.look_at, one.created_at, one.updated_at, one.granted_at,
    one.ended_at, receipt.ref
from commerce.orders as one left join commerce.receipts as receipt using (order_id)
where one.order_id = :order_id
for no key update of one;

-- count_open
select count(*) from commerce.orders
where player_id = :player_id and state in ('started', 'approved', 'unknown') and created_at > :since;

-- put
-- A name that a client gave is free again once nothing came of the order.
update commerce.orders
set state = :order.state, step = :order.step, fault = :order.fault, approve_url = :order.approve_url,
    refunded = :order.refunded, given = :order.given, tried = :order.tried, look_at = :order.look_at, amount = :order.amount,
    currency = :order.currency, granted_at = :order.granted_at, ended_at = :order.ended_at, updated_at = :now,
    client_key = case when :is_named then client_key end
where order_id = :order.order_id;

-- of_player
-- Newest first.
select one.order_id, one.number, one.player_id, one.platform, one.environment, one.sku, one.item_id, one.item_code,
    one.item_name, one.item_version, one.quantity, one.amount, one.currency, one.contents, one.state, one.step,
    one.fault, one.approve_url, one.refunded, one.given, one.tried, one.look_at, one.created_at, one.updated_at, one.granted_at,
    one.ended_at, receipt.ref
from commerce.orders as one left join commerce.receipts as receipt using (order_id)
where one.player_id = :player_id and one.order_id < :before
order by one.order_id desc
limit :count;

-- page
-- Newest first, of one state, platform or player, or all.
select one.order_id, one.number, one.player_id, one.platform, one.environment, one.sku, one.item_id, one.item_code,
    one.item_name, one.item_version, one.quantity, one.amount, one.currency, one.contents, one.state, one.step,
    one.fault, one.approve_url, one.refunded, one.given, one.tried, one.look_at, one.created_at, one.updated_at, one.granted_at,
    one.ended_at, receipt.ref
from commerce.orders as one left join commerce.receipts as receipt using (order_id)
where (:state = '' or one.state = :state) and (:platform = '' or one.platform = :platform)
    and (:player_id::uuid is null or one.player_id = :player_id) and one.order_id < :before
order by one.order_id desc
limit :count;

-- due
select one.order_id, one.number, one.player_id, one.platform, one.environment, one.sku, one.item_id, one.item_code,
    one.item_name, one.item_version, one.quantity, one.amount, one.currency, one.contents, one.state, one.step,
    one.fault, one.approve_url, one.refunded, one.given, one.tried, one.look_at, one.created_at, one.updated_at, one.granted_at,
    one.ended_at, receipt.ref
from commerce.orders as one left join commerce.receipts as receipt using (order_id)
where one.look_at <= :now
order by one.look_at
limit :count;

-- granted_since
-- Those given in a span of time, by their ids.
select one.order_id, one.number, one.player_id, one.platform, one.environment, one.sku, one.item_id, one.item_code,
    one.item_name, one.item_version, one.quantity, one.amount, one.currency, one.contents, one.state, one.step,
    one.fault, one.approve_url, one.refunded, one.given, one.tried, one.look_at, one.created_at, one.updated_at, one.granted_at,
    one.ended_at, receipt.ref
from commerce.orders as one left join commerce.receipts as receipt using (order_id)
where one.granted_at >= :since and one.granted_at < :until and one.order_id > :after
order by one.order_id
limit :count;

-- account_of
select account from commerce.orders where order_id = :order_id;

-- stale
select order_id, account from commerce.orders
where account is not null and substring(account for length(:head::bytea)) <> :head and order_id > :after
order by order_id
limit :count
for no key update;

-- reseal
update commerce.orders set account = :account where order_id = :order_id;

-- settings
select abandon_seconds, look_seconds, open_orders_max, feed_seconds, feed_overlap_seconds, notification_hours,
    exception_hours, demand_binding
from commerce.settings;

-- put_settings
insert into commerce.settings (
    abandon_seconds, look_seconds, open_orders_max, feed_seconds, feed_overlap_seconds, notification_hours,
    exception_hours, demand_binding, changed_by, changed_at
) values (
    :settings.abandon_seconds, :settings.look_seconds, :settings.open_orders_max, :settings.feed_seconds,
    :settings.feed_overlap_seconds, :settings.notification_hours, :settings.exception_hours, :settings.demand_binding,
    :changed_by, :now
)
on conflict (only_one) do update
set abandon_seconds = excluded.abandon_seconds, look_seconds = excluded.look_seconds,
    open_orders_max = excluded.open_orders_max, feed_seconds = excluded.feed_seconds,
    feed_overlap_seconds = excluded.feed_overlap_seconds, notification_hours = excluded.notification_hours,
    exception_hours = excluded.exception_hours, demand_binding = excluded.demand_binding,
    changed_by = excluded.changed_by, changed_at = excluded.changed_at;
