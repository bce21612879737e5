-- lock_rolled
-- One at a time adds up.
select chain, block from ledger.rolled order by chain for no key update;

-- blocks_to_roll
-- The next blocks of each chain, all chains at about the same pace, and none before one of its own chain.
select part.chain, part.block, part.first, part.last
from ledger.rolled as rolled cross join lateral (
    select next.chain, next.block, next.first, next.last, max(next.at) over (order by next.block) as bound
    from (
        select block.chain, block.block, block.first, block.last, block.at
        from ledger.blocks as block
        where block.chain = rolled.chain and block.block > rolled.block
        order by block.block
        limit :count
    ) as next
) as part
order by part.bound, part.chain, part.block
limit :count;

-- roll
-- Ids bound what is looked at; the blocks say what of it is new.
insert into ledger.flows as flow (asset_id, day, purpose, kind, entries, credited, debited)
select account.asset_id, (entry.at at time zone 'UTC')::date, account.purpose, written.kind, count(*),
    coalesce(sum(entry.amount) filter (where entry.amount > 0), 0),
    coalesce(-sum(entry.amount) filter (where entry.amount < 0), 0)
from unnest(:parts.chain::smallint[], :parts.after::bigint[], :parts.until::bigint[]) as part(chain, after, until)
    join ledger.transactions as written
        on written.chain = part.chain and written.block > part.after and written.block <= part.until
    join ledger.entries as entry using (transaction_id)
    join ledger.accounts as account using (account_id)
where written.transaction_id between :first and :last and entry.transaction_id between :first and :last
group by 1, 2, 3, 4
on conflict (asset_id, day, purpose, kind) do update set entries = flow.entries + excluded.entries,
    credited = flow.credited + excluded.credited, debited = flow.debited + excluded.debited;

-- move_rolled
update ledger.rolled as rolled set block = part.until
from unnest(:parts.chain::smallint[], :parts.until::bigint[]) as part(chain, until)
where rolled.chain = part.chain;

-- forget_flows
delete from ledger.flows;

-- begin_anew
update ledger.rolled set block = 0;

-- flow_rows
select day, purpose, kind, entries, credited, debited
from ledger.flows
where asset_id = :asset_id and day >= :since
order by day, purpose, kind;

-- flows_before
-- What there was of each purpose when a day began.
select purpose, sum(credited - debited) as amount
from ledger.flows
where asset_id = :asset_id and day < :before
group by purpose;

-- blocks_waiting
-- How many blocks are yet to be added up.
select coalesce(sum(chain.block - rolled.block), 0)::bigint from ledger.chains as chain join ledger.rolled as rolled using (chain);

-- take_stand
insert into ledger.standings (asset_id, holders, supply, held, debtors, debt, at)
select asset.asset_id, count(*) filter (where purpose = 'main' and posted > 0),
    coalesce(sum(posted) filter (where purpose in ('main', 'incoming', 'allocation')), 0),
    coalesce(sum(held) filter (where purpose = 'main'), 0),
    count(*) filter (where purpose = 'debt' and posted < 0),
    coalesce(-sum(posted) filter (where purpose = 'debt'), 0), :now
from ledger.assets as asset
    left join ledger.accounts as account using (asset_id)
    left join ledger.balances as balance using (account_id)
group by asset.asset_id
on conflict (asset_id) do update set holders = excluded.holders, supply = excluded.supply, held = excluded.held,
    debtors = excluded.debtors, debt = excluded.debt, at = excluded.at;

-- forget_holders
delete from ledger.holders;

-- rank_holders
insert into ledger.holders (asset_id, rank, owner_id, balance)
select asset_id, rank, owner_id, posted
from (
    select account.asset_id, account.owner_id, balance.posted,
        row_number() over (partition by account.asset_id order by balance.posted desc, account.account_id)::int as rank
    from ledger.accounts as account join ledger.balances as balance using (account_id)
    where account.purpose = 'main' and balance.posted > 0
) as ranked
where rank <= :count;

-- standing_of
select holders, supply, held, debtors, debt, at from ledger.standings where asset_id = :asset_id;

-- holders_of
select rank, owner_id, balance from ledger.holders where asset_id = :asset_id order by rank;

-- debts_owed
-- What players owe of each asset.
select asset.code, coalesce(-sum(balance.posted), 0)::float8
from ledger.assets as asset
    left join ledger.accounts as account on account.asset_id = asset.asset_id and account.purpose = 'debt'
    left join ledger.balances as balance using (account_id)
where asset.class <> 'item'
group by asset.code
order by asset.code;
