-- ask
insert into commerce.comparisons (comparison_id, asked_by, asked_at) values (:comparison_id, :asked_by, :now);

-- begin
-- One that was cut off and is begun once more began then.
update commerce.comparisons set began_at = :now where comparison_id = :comparison_id and ended_at is null;

-- end
update commerce.comparisons
set ended_at = :now, found = :found, settled = :settled,
    statements = (select count(*) from commerce.statements where seen_at between :since and :before),
    orders = (select count(*) from commerce.orders where granted_at >= :since and granted_at < :before)
where comparison_id = :comparison_id;

-- latest
select comparison_id, asked_by, asked_at, began_at, ended_at, statements, orders, found, settled
from commerce.comparisons
order by comparison_id desc
limit :count;

-- waiting
-- One that was asked for and has not ended; what was asked for long ago was cut off for good.
select comparison_id from commerce.comparisons
where ended_at is null and asked_at > :since
order by comparison_id desc
limit 1;

-- by_day
select day, platform, sum(purchases)::bigint, sum(refunds)::bigint
from (
    select (granted_at at time zone 'UTC')::date as day, platform, 1 as purchases, 0 as refunds
    from commerce.orders where granted_at >= :since and given > 0
    union all
    select (applied_at at time zone 'UTC')::date, platform, 0, 1
    from commerce.refunds where applied_at >= :since and state = 'applied'
) as one
group by day, platform
order by day, platform;

-- late
select count(*), min(created_at) from commerce.orders
where look_at is not null and state = 'unknown' and created_at < :before;

-- oldest_exception
select min(found_at) from commerce.exceptions where state = 'open';

-- of_order
-- Open ones first, each kind newest first.
select exception_id, kind, platform, subject, order_id, player_id, detail, state, found_at, settled_at, settled_by, reason
from commerce.exceptions
where order_id = :order_id
order by state <> 'open', exception_id desc
limit :count;

-- tally_of
select coalesce(sum(quantity) filter (where granted_at is not null), 0)::bigint, coalesce(sum(refunded), 0)::bigint
from commerce.orders
where player_id = :player_id;

-- turns
-- Latest first.
select at, kind, order_id, name, quantity, platform
from (
    (
        select coalesce(granted_at, ended_at) as at, case when granted_at is null then state else 'bought' end as kind,
            order_id, item_name as name, quantity, platform
        from commerce.orders
        where player_id = :player_id and coalesce(granted_at, ended_at) < :before
    )
    union all
    (
        select refund.applied_at, refund.kind, refund.order_id, one.item_name, refund.taken_quantity, refund.platform
        from commerce.refunds as refund join commerce.orders as one using (order_id)
        where refund.player_id = :player_id and refund.state = 'applied' and refund.applied_at < :before
    )
) as turn
order by at desc, order_id
limit :count;
