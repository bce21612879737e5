-- take_turn
-- Whoever gives or takes back what a receipt is worth does so alone, also before there is a row to hold.
select pg_advisory_xact_lock(hashtextextended(:platform || ' ' || :ref, 4711));

-- add
insert into commerce.receipts (platform, ref, order_id, player_id, confirm, confirm_at, asked_at, made_at)
values (
    :receipt.platform, :receipt.ref, :receipt.order_id, :receipt.player_id, :receipt.confirm, :receipt.confirm_at, :now,
    :now
)
on conflict (platform, ref) do nothing
returning order_id;

-- find
select platform, ref, order_id, player_id, confirm, confirm_at, confirmed_at, tried, fault, asked_at, made_at
from commerce.receipts
where platform = :platform and ref = :ref;

-- of_order
select platform, ref, order_id, player_id, confirm, confirm_at, confirmed_at, tried, fault, asked_at, made_at
from commerce.receipts
where order_id = :order_id;

-- want_confirmed
update commerce.receipts set confirm = :confirm, confirm_at = :at where order_id = :order_id and confirmed_at is null;

-- confirmed
update commerce.receipts set confirmed_at = :now, confirm_at = null, fault = '' where platform = :platform and ref = :ref;

-- confirm_later
update commerce.receipts set tried = tried + 1, confirm_at = :at, fault = :fault
where platform = :platform and ref = :ref and confirmed_at is null;

-- due
select platform, ref, order_id, player_id, confirm, confirm_at, confirmed_at, tried, fault, asked_at, made_at
from commerce.receipts
where confirm_at <= :now
order by confirm_at
limit :count;

-- asked_before
-- What was given lately, and not asked about for longest.
select platform, ref, order_id, player_id, confirm, confirm_at, confirmed_at, tried, fault, asked_at, made_at
from commerce.receipts
where platform = :platform and asked_at < :before and made_at > :since
order by asked_at
limit :count;

-- note_asked
update commerce.receipts set asked_at = :now where platform = :platform and ref = :ref;
