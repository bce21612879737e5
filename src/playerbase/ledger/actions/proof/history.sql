-- export_snapshot
select pg_export_snapshot();

-- id_ahead
-- The id so many transactions further on, if there are as many.
select transaction_id from ledger.transactions
where transaction_id > :after order by transaction_id offset :count limit 1;

-- entries_in_all
-- As many as the accounts say; for telling how far it is.
select coalesce(sum(seq), 0)::bigint from ledger.balances;

-- heads
select chain, block, mac from ledger.chains order by chain;

-- first_block_at
select at from ledger.blocks where block = 1 order by at limit 1;

-- blocks_ahead
-- How far each chain had come when this id was made.
select mark.chain, coalesce(max(ahead.block), mark.block)::bigint, ''::bytea
from unnest(:marks.chain::smallint[], :marks.block::bigint[]) as mark(chain, block)
    left join lateral (
        select block, first from ledger.blocks where chain = mark.chain and block > mark.block order by block limit :most
    ) as ahead on ahead.first <= :until
group by mark.chain, mark.block
order by mark.chain;

-- span_of
-- Between which ids the transactions of these blocks lie.
select min(block.first::text)::uuid, max(block.last::text)::uuid, count(*)
from unnest(:after.chain::smallint[], :after.block::bigint[], :until.block::bigint[]) as mark(chain, after, until)
    join ledger.blocks as block on block.chain = mark.chain and block.block > mark.after and block.block <= mark.until;

-- read_blocks
-- Every transaction of these blocks with its entries, once: whether it is sound, and its text as rules/chain.py makes it,
-- over those of a block its digest. `salt` makes a sum that only the same pairs of keys and transactions come to.
with block as materialized (
    select block.chain, block.block, block.count, block.first, block.last, block.digest
    from unnest(:after.chain::smallint[], :after.block::bigint[], :until.block::bigint[]) as mark(chain, after, until)
        join ledger.blocks as block on block.chain = mark.chain and block.block > mark.after and block.block <= mark.until
), leg as (
    select entry.transaction_id, sum(entry.amount) as total, count(*)::int as legs, max(entry.leg)::int as last,
        sum(entry.leg) as numbers, min(entry.at) as first_at, max(entry.at) as last_at,
        min(account.asset_id) as asset, max(account.asset_id) as last_asset, count(account.account_id)::int as known,
        string_agg(E'\x1e' || entry.account_id || ':' || entry.seq || ':' || entry.amount || ':' || entry.balance_after
            || ':' || entry.held_after, '' order by entry.leg) as text
    from ledger.entries as entry left join ledger.accounts as account using (account_id)
    where entry.transaction_id >= :low and entry.transaction_id <= :high
    group by entry.transaction_id
), one as (
    select written.chain, written.block, transaction_id, coalesce(leg.legs, 0) as legs,
        -- Of one asset nearly always; else each is summed by itself.
        leg.total <> 0 or leg.asset <> leg.last_asset and exists (
            select from ledger.entries as entry join ledger.accounts as account using (account_id)
            where entry.transaction_id = written.transaction_id
            group by account.asset_id
            having sum(entry.amount) <> 0
        ) as is_uneven,
        coalesce(leg.legs < 2 or leg.last <> leg.legs - 1 or leg.numbers <> leg.legs * (leg.legs - 1) / 2,
            hold_id is null) as is_short,
        leg.first_at <> at or leg.last_at <> at as is_late,
        leg.known <> leg.legs as is_strange,
        hashtextextended(
            encode(substr(sha256(convert_to(octet_length(scope) || ':' || scope || key, 'UTF8')), 1, 16), 'hex'),
            uuid_hash_extended(transaction_id, :salt)
        ) as key,
        encode(uuid_send(transaction_id), 'hex') || E'\x1f' || (extract(epoch from at) * 1000000)::bigint || E'\x1f' || kind
            || E'\x1f' || reason || E'\x1f' || ref || E'\x1f' || rule || E'\x1f' || actor || E'\x1f' || request_id
            || E'\x1f' || scope || E'\x1f' || key || E'\x1f' || coalesce(encode(uuid_send(reverses), 'hex'), '')
            || E'\x1f' || coalesce(encode(uuid_send(group_id), 'hex'), '')
            || E'\x1f' || coalesce(encode(uuid_send(hold_id), 'hex'), '') || E'\x1f' || hold_change
            || coalesce(leg.text, '') as text
    from ledger.transactions as written left join leg using (transaction_id)
    where transaction_id >= :low and transaction_id <= :high
), made as (
    select chain, block, count(*) as count, sum(legs) as legs, sum(key) as keys,
        string_agg(text, E'\x1d' order by transaction_id) as texts, array_agg(transaction_id order by transaction_id) as ids,
        array_agg(transaction_id) filter (where is_uneven) as uneven, array_agg(transaction_id) filter (where is_short) as short,
        array_agg(transaction_id) filter (where is_late) as late,
        array_agg(transaction_id) filter (where is_strange) as strange
    from one
    group by chain, block
), held as materialized (
    select chain, block, coalesce(made.count, 0) as count, made.legs, made.keys, made.uneven, made.short, made.late,
        made.strange, block.count as said, coalesce(made.count, 0) <> block.count as is_count,
        (made.ids[1], made.ids[made.count]) is distinct from (block.first, block.last) as is_span,
        sha256(convert_to(made.texts, 'UTF8')) is distinct from block.digest as is_digest
    from block left join made using (chain, block)
), wrong as (
    select flaw, says, transaction_id, chain, block
    from held cross join lateral (
        values ('block_count', format('It says %s transactions, there are %s', said, count), array[null::uuid], is_count),
            ('block_span', 'Its first or last transaction is another', array[null::uuid], is_span),
            ('block_digest', 'Its transactions or their entries are not what was written', array[null::uuid], is_digest),
            ('uneven', 'Its entries do not sum to zero in each asset', uneven, uneven is not null),
            ('legs', 'Entries of it are not there, or there are too many', short, short is not null),
            ('moment', 'An entry of it has another time', late, late is not null),
            ('no_account', 'An entry of it has an account that is not there', strange, strange is not null)
    ) as flaws(flaw, says, ids, is_so) cross join lateral unnest(ids) as those(transaction_id)
    where is_so and (is_count or is_span or is_digest or uneven is not null or short is not null or late is not null
        or strange is not null)
    order by chain, block
    limit :most
)
select coalesce(sum(count), 0)::bigint, coalesce(sum(legs), 0)::bigint, coalesce(sum(keys), 0)::numeric,
    (select coalesce(json_agg(wrong), '[]')::text from wrong)
from held;

-- count_slice
-- However many there are, in blocks or not.
select (select count(*) from ledger.transactions where transaction_id > :after and transaction_id <= :until),
    (select count(*) from ledger.entries where transaction_id > :after and transaction_id <= :until);

-- strays
-- What no block leads to: transactions of blocks that are not there, entries of transactions that are not there.
select 'no_block', 'Its block is not there', written.transaction_id, null::bigint, written.chain, written.block
from ledger.transactions as written left join ledger.blocks as block using (chain, block)
where transaction_id > :after and transaction_id <= :until and block.count is null
union all
select 'no_block', 'Its block does not reach that far', written.transaction_id, null, written.chain, written.block
from ledger.transactions as written join ledger.blocks as block using (chain, block)
where transaction_id > :after and transaction_id <= :until and transaction_id not between block.first and block.last
union all
select 'no_transaction', 'There is an entry of it, and it is not there', entry.transaction_id, entry.account_id, null, null
from ledger.entries as entry left join ledger.transactions as written using (transaction_id)
where entry.transaction_id > :after and entry.transaction_id <= :until and written.at is null
limit :most;

-- wrong_keys
-- Transactions whose key does not lead to them.
select 'key', 'Its key leads to something else or nowhere', written.transaction_id, null::bigint, written.chain, written.block
from (
    select transaction_id, chain, block,
        substr(sha256(convert_to(octet_length(scope) || ':' || scope || key, 'UTF8')), 1, 16) as key_id
    from ledger.transactions
    where transaction_id > :after and transaction_id <= :until
) as written left join ledger.keys as key using (key_id)
where key.transaction_id is distinct from written.transaction_id or key.refusal is not null
limit :most;

-- wrong_reversals
-- As `sides_of` counts sides: a player's own units and their debt are one.
with undoing as (
    select written.reverses, account.owner_id, account.asset_id,
        case when account.owner_id = '00000000-0000-0000-0000-000000000000' then account.purpose else 'main' end as purpose,
        sum(entry.amount) as total
    from ledger.transactions as written join ledger.entries as entry using (transaction_id)
        join ledger.accounts as account using (account_id)
    where written.reverses > :after and written.reverses <= :until
    group by 1, 2, 3, 4
), done as (
    select entry.transaction_id as reverses, account.owner_id, account.asset_id,
        case when account.owner_id = '00000000-0000-0000-0000-000000000000' then account.purpose else 'main' end as purpose,
        sum(entry.amount) as total
    from ledger.entries as entry join ledger.accounts as account using (account_id)
    where entry.transaction_id in (select reverses from undoing)
    group by 1, 2, 3, 4
)
select 'reversal',
    case when written.transaction_id is null then 'It is reversed, and not there' else 'More of it was reversed than it was' end,
    undoing.reverses, null::bigint, written.chain, written.block
from undoing left join done using (reverses, owner_id, asset_id, purpose)
    left join ledger.transactions as written on written.transaction_id = undoing.reverses
where written.transaction_id is null
    or done.total <> 0 and (sign(undoing.total) = sign(done.total) or abs(undoing.total) > abs(done.total))
limit :most;

-- reversed_amounts
-- What reversals moved on each account, whichever way: it counts against what came in, or went out.
select entry.account_id, sum(abs(entry.amount))::bigint
from ledger.transactions as written join ledger.entries as entry using (transaction_id)
where written.reverses > :after and written.reverses <= :until
group by entry.account_id;

-- wrong_lot_moves
with due as (
    select entry.transaction_id, entry.account_id, sum(entry.amount) as change
    from ledger.entries as entry join ledger.accounts as account using (account_id) join ledger.assets as asset using (asset_id)
    where entry.transaction_id > :after and entry.transaction_id <= :until
        and account.purpose = 'main' and asset.lifetime_days is not null
    group by entry.transaction_id, entry.account_id
), moved as (
    select move.transaction_id, lot.account_id, sum(move.change) as change
    from ledger.lot_moves as move join ledger.lots as lot using (lot_id)
    where move.transaction_id > :after and move.transaction_id <= :until
    group by move.transaction_id, lot.account_id
)
select 'lot_move', format('It posted %s, and moved %s in lots', coalesce(due.change, 0), coalesce(moved.change, 0)),
    transaction_id, account_id, null::smallint, null::bigint
from due full join moved using (transaction_id, account_id)
where coalesce(due.change, 0) <> coalesce(moved.change, 0)
limit :most;

-- blocks_after
select block, count, digest, mac from ledger.blocks where chain = :chain and block > :after order by block limit :most;

-- blocks_at
-- What stands where the audit log says something stood.
select chain, block, mac
from ledger.blocks join unnest(:marks.chain::smallint[], :marks.block::bigint[]) as mark(chain, block) using (chain, block);
