-- add_pool
insert into fulfilment.pools (pool_id, code, name, instructions, low_at, created_at)
values (:pool_id, :code, :name, :instructions, :low_at, :now)
on conflict (code) do nothing
returning pool_id;

-- pools
select pool_id, code, name, instructions, low_at,
    (select count(*)::int from fulfilment.codes where codes.pool_id = pools.pool_id),
    (select count(*)::int from fulfilment.codes where codes.pool_id = pools.pool_id and delivery_id is null),
    (select count(*)::int from fulfilment.deliveries where waits_for = 'codes' and source = pools.code), created_at
from fulfilment.pools
where code > :after
order by code
limit :count;

-- pool
select pool_id, code, name, instructions, low_at,
    (select count(*)::int from fulfilment.codes where codes.pool_id = pools.pool_id),
    (select count(*)::int from fulfilment.codes where codes.pool_id = pools.pool_id and delivery_id is null),
    (select count(*)::int from fulfilment.deliveries where waits_for = 'codes' and source = pools.code), created_at
from fulfilment.pools
where pool_id = :pool_id;

-- pool_coded
select pool_id, code, name, instructions, low_at,
    (select count(*)::int from fulfilment.codes where codes.pool_id = pools.pool_id),
    (select count(*)::int from fulfilment.codes where codes.pool_id = pools.pool_id and delivery_id is null),
    (select count(*)::int from fulfilment.deliveries where waits_for = 'codes' and source = pools.code), created_at
from fulfilment.pools
where code = :code;

-- short_pools
-- Those with no more than somebody wants there to be: the count of the free ones goes no further than that.
select pool_id, code, name, instructions, low_at, 0, stock.free,
    (select count(*)::int from fulfilment.deliveries where waits_for = 'codes' and source = pools.code), created_at
from fulfilment.pools
    cross join lateral (
        select count(*)::int as free
        from (
            select from fulfilment.codes where codes.pool_id = pools.pool_id and delivery_id is null limit pools.low_at + 1
        ) as counted
    ) as stock
where stock.free <= pools.low_at
order by stock.free, code
limit :count;

-- known
select codes.code_hash, pools.code
from fulfilment.codes join fulfilment.pools on pools.pool_id = codes.pool_id
where codes.code_hash = any(:hashes);

-- add_codes
-- Whoever was a moment faster with the same code keeps it; the answer names those that were added.
insert into fulfilment.codes (code_id, pool_id, sealed, code_hash, added_at)
select code_id, :pool_id, sealed, code_hash, :now
from unnest(:codes.code_id::uuid[], :codes.sealed::bytea[], :codes.code_hash::bytea[]) as fresh(code_id, sealed, code_hash)
on conflict (code_hash) do nothing
returning code_hash;

-- held
select code_id, codes.sealed, codes.delivery_id, player_id, given_at
from fulfilment.codes join fulfilment.deliveries on deliveries.delivery_id = codes.delivery_id
where codes.delivery_id = :delivery_id
order by code_id;

-- lock_free
-- The oldest free codes that nobody else is taking at this moment.
select code_id
from fulfilment.codes
where pool_id = (select pool_id from fulfilment.pools where code = :pool_code) and delivery_id is null
order by code_id
limit :count
for update skip locked;

-- give
update fulfilment.codes
set delivery_id = :delivery_id, given_at = :now
where code_id = any(:code_ids) and delivery_id is null;

-- wake_supplied
-- Those that wait for codes of a pool which holds enough for them by now, who has waited longest first.
update fulfilment.deliveries
set waits_for = '', due_at = :now, updated_at = :now
where delivery_id in (
    select delivery_id
    from fulfilment.deliveries
    where waits_for = 'codes' and state = 'pending' and quantity <= (
        select count(*)
        from (
            select
            from fulfilment.codes join fulfilment.pools on pools.pool_id = codes.pool_id
            where pools.code = deliveries.source and codes.delivery_id is null
            limit deliveries.quantity
        ) as enough
    )
    order by delivery_id
    limit :count
    for no key update skip locked
)
returning delivery_id;

-- given
-- Latest given first.
select code_id, codes.sealed, codes.delivery_id, player_id, given_at
from fulfilment.codes join fulfilment.deliveries on deliveries.delivery_id = codes.delivery_id
where codes.pool_id = :pool_id and (given_at, code_id) < (:before, :before_id)
order by given_at desc, code_id desc
limit :count;

-- given_code
select code_id, codes.sealed, codes.delivery_id, player_id, given_at
from fulfilment.codes join fulfilment.deliveries on deliveries.delivery_id = codes.delivery_id
where code_id = :code_id;

-- stale_codes
select code_id, sealed
from fulfilment.codes
where substring(sealed from 1 for length(:head::bytea)) <> :head and code_id > :after
order by code_id
limit :count
for update;

-- reseal_code
update fulfilment.codes set sealed = :sealed, code_hash = :code_hash where code_id = :code_id;
