-- take_in
-- Whoever comes second with the same key waits for the first, and gets no row.
insert into commerce.statements (
    platform, key, source, kind, ref, number, sku, quantity, amount, currency, said_at, seen_at, due_at
)
select platform, key, source, kind, ref, number, sku, quantity, amount, currency, said_at, :now,
    case when kind = 'nothing' then null else :now::timestamptz end
from unnest(
    :rows.platform::text[], :rows.key::text[], :rows.source::text[], :rows.kind::text[], :rows.ref::text[],
    :rows.number::bigint[], :rows.sku::text[], :rows.quantity::int[], :rows.amount::bigint[], :rows.currency::text[],
    :rows.said_at::timestamptz[]
) as new(platform, key, source, kind, ref, number, sku, quantity, amount, currency, said_at)
order by platform, key
on conflict (platform, key) do nothing
returning key;

-- statement
select platform, key, source, kind, ref, number, sku, quantity, amount, currency, said_at, seen_at, due_at, tried, outcome, fault
from commerce.statements
where platform = :platform and key = :key;

-- due
select platform, key, source, kind, ref, number, sku, quantity, amount, currency, said_at, seen_at, due_at, tried, outcome, fault
from commerce.statements
where due_at <= :now
order by due_at, seen_at
limit :count;

-- settle
update commerce.statements set due_at = null, outcome = :outcome, fault = '' where platform = :platform and key = :key;

-- settle_later
update commerce.statements set due_at = :at, tried = tried + 1, fault = :fault where platform = :platform and key = :key;

-- of_purchase
select platform, key, source, kind, ref, number, sku, quantity, amount, currency, said_at, seen_at, due_at, tried, outcome, fault
from commerce.statements
where platform = :platform and ((ref <> '' and ref = :ref) or (number > 0 and number = :number))
order by seen_at, key
limit 200;

-- open_feed
insert into commerce.feeds (name, since) values (:name, :since) on conflict (name) do nothing;

-- lease_feed
-- Due, and in nobody's hands.
update commerce.feeds set lease = :lease, lease_until = :until
where name = :name and (lease_until is null or lease_until < :now) and (read_at is null or read_at <= :read_before)
returning name, since, lease, lease_until, read_at, fault;

-- move_feed
-- Only by whoever still has it, and never back.
update commerce.feeds set since = greatest(since, :since), lease_until = :until
where name = :name and lease = :lease
returning name;

-- end_feed
update commerce.feeds set lease = null, lease_until = null, fault = :fault, read_at = coalesce(:read_at::timestamptz, read_at)
where name = :name and lease = :lease;

-- feeds
select name, since, lease, lease_until, read_at, fault from commerce.feeds order by name;
