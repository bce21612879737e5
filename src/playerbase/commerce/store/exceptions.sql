-- note
-- What was settled and has come back is open again; what somebody accepted stays so.
insert into commerce.exceptions (
    exception_id, kind, platform, subject, order_id, player_id, detail, state, found_at
)
select exception_id, kind, platform, subject, order_id, player_id, detail, 'open', :now
from unnest(
    :ids::uuid[], :found.kind::text[], :found.platform::text[], :found.subject::text[], :found.order_id::uuid[],
    :found.player_id::uuid[], :found.detail::text[]
) as new(exception_id, kind, platform, subject, order_id, player_id, detail)
order by kind, platform, subject
on conflict (kind, platform, subject) do update
set state = 'open', detail = excluded.detail, settled_at = null, settled_by = '', reason = '', found_at = excluded.found_at
where exceptions.state = 'settled';

-- settle_gone
-- Of these kinds, those that were not found this time agree by now.
update commerce.exceptions
set state = 'settled', settled_at = :now, settled_by = 'reconciliation'
where state = 'open' and kind = any(:kinds::text[]) and found_at < :now and not exists (
    select from unnest(:found.kind::text[], :found.platform::text[], :found.subject::text[])
        as still(kind, platform, subject)
    where still.kind = exceptions.kind and still.platform = exceptions.platform and still.subject = exceptions.subject
)
returning exception_id;

-- close
update commerce.exceptions set state = :state, settled_at = :now, settled_by = :by, reason = :reason
where exception_id = :exception_id and state = 'open'
returning exception_id;

-- find
select exception_id, kind, platform, subject, order_id, player_id, detail, state, found_at, settled_at, settled_by, reason
from commerce.exceptions
where exception_id = :exception_id;

-- page
-- Newest first.
select exception_id, kind, platform, subject, order_id, player_id, detail, state, found_at, settled_at, settled_by, reason
from commerce.exceptions
where (:state = '' or state = :state) and (:kind = '' or kind = :kind) and exception_id < :before
order by exception_id desc
limit :count;

-- tally
select kind, count(*) from commerce.exceptions where state = 'open' group by kind order by kind;

-- paid_not_granted
-- Sold, as the platform says, and not given: an order of ours that did not come so far, or none at all.
select 'paid_not_granted', said.platform, coalesce(nullif(said.ref, ''), said.key), one.order_id, one.player_id,
    case
        when one.order_id is null then 'The platform sold it, and there is no order'
        else 'The platform sold it, and the order is ' || one.state
    end
from commerce.statements as said
    left join commerce.receipts as receipt on receipt.platform = said.platform and receipt.ref = said.ref
    left join commerce.orders as one on one.order_id = coalesce(
        receipt.order_id,
        (select numbered.order_id from commerce.orders as numbered where numbered.number = said.number and said.number > 0)
    )
where said.kind = 'sold' and said.seen_at between :since and :before
    and (one.order_id is null or one.granted_at is null)
order by said.seen_at
limit :count;

-- granted_not_paid
-- Given long enough ago for the report to have it, which was read beyond that.
select 'granted_not_paid', one.platform, one.order_id::text as subject, one.order_id, one.player_id,
    'It was given, and the report of sales does not have it'
from commerce.orders as one
where one.platform = 'steam' and one.granted_at between :since and :before and one.given > 0
    and exists (select from commerce.feeds where name = 'steam_report' and read_at > one.granted_at + interval '1 hour')
    and not exists (select from commerce.statements as said where said.platform = 'steam' and said.number = one.number)
order by one.granted_at
limit :count;

-- amount_differs
select 'amount_differs', one.platform, one.order_id::text as subject, one.order_id, one.player_id,
    'Sold for ' || one.amount || ', and the platform says ' || said.amount || ' hundredths of ' || said.currency
from commerce.statements as said join commerce.orders as one on one.number = said.number and said.number > 0
where said.seen_at > :since and said.kind = 'sold' and said.currency = one.currency and said.amount <> one.amount
order by said.seen_at
limit :count;

-- refund_not_applied
select 'refund_not_applied', said.platform, coalesce(nullif(said.ref, ''), said.key), receipt.order_id, receipt.player_id,
    case when said.fault = '' then 'The platform gave it back, and it was not taken back yet' else said.fault end
from commerce.statements as said
    left join commerce.receipts as receipt on receipt.platform = said.platform and receipt.ref = said.ref
where said.due_at is not null and said.kind in ('refund', 'chargeback', 'revoked', 'reversed', 'hint')
    and said.seen_at between :since and :before
order by said.seen_at
limit :count;

-- refund_not_confirmed
-- We asked for it, and the platform's own report does not say so.
select 'refund_not_confirmed', refund.platform, refund.refund_id::text, refund.order_id, refund.player_id,
    'We had it refunded, and the platform does not say that it was'
from commerce.refunds as refund join commerce.orders as one using (order_id)
where refund.source = 'operator' and refund.platform = 'steam' and refund.created_at between :since and :before
    and exists (select from commerce.feeds where name = 'steam_report' and read_at > refund.created_at + interval '1 hour')
    and not exists (
        select from commerce.statements as said
        where said.platform = 'steam' and said.number = one.number and said.kind in ('refund', 'chargeback')
    )
order by refund.refund_id
limit :count;

-- unknown_too_long
select 'unknown_too_long', one.platform, one.order_id::text as subject, one.order_id, one.player_id,
    'It is ' || one.state || case when one.fault = '' then '' else ': ' || one.fault end
from commerce.orders as one
where one.look_at is not null and one.created_at between :since and :before
order by one.order_id
limit :count;

-- not_confirmed
select 'not_confirmed', receipt.platform, receipt.ref, receipt.order_id, receipt.player_id,
    'The platform has not heard that it was given' || case when receipt.fault = '' then '' else ': ' || receipt.fault end
from commerce.receipts as receipt join commerce.orders as one using (order_id)
where receipt.confirm <> '' and receipt.confirmed_at is null and one.state = 'granted'
    and receipt.made_at between :since and :before
order by receipt.made_at
limit :count;

-- feeds_standing_still
select 'feed_stands_still', split_part(feed.name, '_', 1), feed.name, null::uuid, null::uuid,
    'It was read last at ' || coalesce(feed.read_at::text, 'no time') || case when feed.fault = '' then '' else ': ' || feed.fault end
from commerce.feeds as feed
where coalesce(feed.read_at, feed.since) < :before
order by feed.name
limit :count;
