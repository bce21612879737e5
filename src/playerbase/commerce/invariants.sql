-- an_order_that_was_given_has_its_receipt
select one.order_id from commerce.orders as one
where one.granted_at is not null and not exists (
    select from commerce.receipts as receipt where receipt.order_id = one.order_id and receipt.platform = one.platform
);

-- a_receipt_belongs_to_the_player_of_its_order
select receipt.platform, receipt.ref from commerce.receipts as receipt join commerce.orders as one using (order_id)
where receipt.player_id <> one.player_id or receipt.platform <> one.platform;

-- what_was_given_back_of_an_order_is_what_its_refunds_took
select one.order_id from commerce.orders as one
    left join (
        select order_id, sum(taken_quantity) as taken from commerce.refunds where state = 'applied' group by order_id
    ) as refund using (order_id)
where one.refunded <> coalesce(refund.taken, 0);

-- an_order_that_was_refunded_has_nothing_left
select order_id from commerce.orders
where (state in ('refunded', 'charged_back')) <> (granted_at is not null and refunded = quantity);

-- a_refund_is_of_the_order_its_receipt_names
select refund.refund_id from commerce.refunds as refund
    join commerce.receipts as receipt on receipt.platform = refund.platform and receipt.ref = refund.ref
where refund.state = 'applied' and (refund.order_id <> receipt.order_id or refund.player_id <> receipt.player_id);

-- no_refund_waits_for_what_was_given
select refund.refund_id from commerce.refunds as refund
    join commerce.receipts as receipt on receipt.platform = refund.platform and receipt.ref = refund.ref
    join commerce.orders as one on one.order_id = receipt.order_id
where refund.state = 'waiting' and one.granted_at is not null;

-- no_comparison_ended_before_it_began
select comparison_id from commerce.comparisons where ended_at < began_at;
