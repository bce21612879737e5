-- add
-- The same word again, by whatever way it comes, is not a second refund.
insert into commerce.refunds (
    refund_id, platform, ref, part, kind, source, quantity, state, reason, said_at, created_at
) values (
    :refund_id, :told.platform, :told.ref, :told.part, :told.kind, :told.source, :told.quantity, 'waiting', :told.reason,
    :told.said_at, :now
)
on conflict (platform, ref, part) do nothing
returning refund_id;

-- waiting
select refund_id, platform, ref, part, kind, source, quantity, state, order_id, player_id, taken_quantity, taken::text, reason,
    said_at, created_at, applied_at
from commerce.refunds
where platform = :platform and ref = :ref and state = 'waiting'
order by refund_id;

-- of_order
select refund_id, platform, ref, part, kind, source, quantity, state, order_id, player_id, taken_quantity, taken::text, reason,
    said_at, created_at, applied_at
from commerce.refunds
where order_id = :order_id
order by refund_id;

-- of_receipt
select refund_id, platform, ref, part, kind, source, quantity, state, order_id, player_id, taken_quantity, taken::text, reason,
    said_at, created_at, applied_at
from commerce.refunds
where platform = :platform and ref = :ref
order by refund_id;

-- apply
update commerce.refunds
set state = 'applied', order_id = :order_id, player_id = :player_id, taken_quantity = :quantity, taken = :taken,
    applied_at = :now
where refund_id = :refund_id;

-- reverse
update commerce.refunds set state = 'reversed', applied_at = coalesce(applied_at, :now)
where refund_id = any(:refund_ids::uuid[]);

-- wait_again
update commerce.refunds set state = 'waiting', applied_at = null, taken_quantity = 0, taken = null, said_at = :said_at
where platform = :platform and ref = :ref and part = :part and state = 'reversed'
returning refund_id;

-- of_player
-- Newest first.
select refund_id, platform, ref, part, kind, source, quantity, state, order_id, player_id, taken_quantity, taken::text, reason,
    said_at, created_at, applied_at
from commerce.refunds
where player_id = :player_id and state <> 'waiting' and refund_id < :before
order by refund_id desc
limit :count;
