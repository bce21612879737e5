-- sold
-- Of the latest so many orders since a moment of the machine's clock, by day in UTC and currency.
select (one.placed_at at time zone 'UTC')::date as day, one.currency, sum(one.total)::bigint, count(*)::bigint
from (
    select placed_at, currency, total, state from orders.orders
    where order_id >= :floor order by order_id desc limit :rows
) as one
where one.state = 'placed' and one.placed_at >= :since
group by 1, 2 order by 1, 2;

-- given_back
select (back.at at time zone 'UTC')::date as day, one.currency, sum(back.amount)::bigint, count(*)::bigint
from (
    select order_id, amount, at from orders.refunds where refund_id >= :floor order by refund_id desc limit :rows
) as back join orders.orders as one using (order_id)
where back.at >= :since
group by 1, 2 order by 1, 2;

-- best
-- What was sold most and kept, of the latest so many lines.
select line.item_id, max(line.item_code), max(line.item_name), sum(line.quantity - line.refunded)::bigint as kept,
    sum((line.quantity - line.refunded) * line.unit_price)::bigint as paid
from (
    select order_id, item_id, item_code, item_name, quantity, refunded, unit_price from orders.lines
    where order_id >= :floor and placed_at >= :since order by order_id desc limit :rows
) as line join orders.orders as one using (order_id)
where one.state = 'placed' and one.currency = :currency and line.refunded < line.quantity
group by line.item_id order by paid desc, line.item_id limit :count;

-- counted
select count(*) as count, count(*) filter (where state = 'review') as waiting from orders.orders
where player_id = :player_id;
