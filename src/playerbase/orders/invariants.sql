-- an_order_costs_what_its_lines_cost
select one.order_id from orders.orders as one
    left join (
        select order_id, sum(quantity * unit_price) as total from orders.lines group by order_id
    ) as line using (order_id)
where one.total is distinct from line.total;

-- what_was_given_back_of_an_order_are_its_refunds
select one.order_id from orders.orders as one
    left join (select order_id, sum(amount) as amount from orders.refunds group by order_id) as refund using (order_id)
where one.refunded <> coalesce(refund.amount, 0);

-- what_was_given_back_are_its_lines
select one.order_id from orders.orders as one
    join (
        select order_id, sum(refunded * unit_price) as amount from orders.lines group by order_id
    ) as line using (order_id)
where (one.state = 'placed' and one.refunded <> line.amount) or (one.state = 'review' and line.amount <> 0)
    or (one.state = 'rejected' and line.amount <> one.total);

-- things_are_reserved_while_their_order_waits
select thing.thing_id from orders.things as thing join orders.orders as one using (order_id)
where (thing.state = 'reserved') <> (one.state = 'review') and thing.state <> 'cancelled';

-- nothing_is_on_its_way_for_an_order_that_was_turned_down
select thing.thing_id from orders.things as thing join orders.orders as one using (order_id)
where one.state = 'rejected' and thing.state <> 'cancelled';
