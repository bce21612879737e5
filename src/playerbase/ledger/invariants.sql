-- a_balance_is_its_last_entry
-- Of accounts posted to lately, so that the question stays cheap on a schedule; `audit ledger` asks it of all.
select latest.account_id
from (select distinct account_id from (select account_id from ledger.entries order by transaction_id desc limit 2000) as late)
    as latest
    join ledger.balances as balance using (account_id)
    cross join lateral (
        select seq, balance_after from ledger.entries as entry
        where entry.account_id = latest.account_id order by seq desc limit 1
    ) as last
where balance.posted <> last.balance_after or balance.seq <> last.seq or balance.credited - balance.debited <> balance.posted;

-- an_entry_follows_from_the_one_before
select entry.account_id, entry.seq
from (select account_id, seq, amount, balance_after from ledger.entries order by transaction_id desc limit 2000) as entry
    left join ledger.entries as before on before.account_id = entry.account_id and before.seq = entry.seq - 1
where (entry.balance_after <> coalesce(before.balance_after, 0) + entry.amount and not exists (
        -- Where staff has put it right; whether they did is for `audit ledger` to say.
        select from ledger.repairs as repair where repair.account_id = entry.account_id and repair.seq = entry.seq
            and repair.off = entry.balance_after - coalesce(before.balance_after, 0) - entry.amount
    )) or before.seq is null and entry.seq <> 1;

-- what_there_is_of_an_asset_sums_to_zero
-- One sum over all balances: a second for some millions of accounts.
select account.asset_id
from ledger.balances as balance join ledger.accounts as account using (account_id)
group by account.asset_id
having sum(balance.posted) <> 0;

-- a_transaction_sums_to_zero_in_each_asset
select entry.transaction_id
from (select transaction_id from ledger.transactions order by transaction_id desc limit 2000) as late
    join ledger.entries as entry using (transaction_id) join ledger.accounts as account using (account_id)
group by entry.transaction_id, account.asset_id
having sum(entry.amount) <> 0;

-- what_is_held_is_in_open_holds
select account_id
from (select account_id, held from ledger.balances where held <> 0) as balance full join (
    select account_id, sum(amount - captured - released) as held from ledger.holds where state = 'open' group by account_id
) as open using (account_id)
where coalesce(balance.held, 0) <> coalesce(open.held, 0);

-- lots_are_the_balance
-- Of the accounts whose lots were moved lately.
select late.account_id
from (
    select distinct lot.account_id
    from (select lot_id from ledger.lot_moves order by transaction_id desc limit 1000) as moved
        join ledger.lots as lot using (lot_id)
) as late join ledger.balances as balance using (account_id)
    left join ledger.lots as lot on lot.account_id = late.account_id and lot.remaining > 0
group by late.account_id, balance.posted
having coalesce(sum(lot.remaining), 0) <> balance.posted;

-- a_debt_is_never_above_zero
select account_id
from ledger.accounts as account join ledger.balances as balance using (account_id)
where account.purpose in ('debt', 'issuance') and balance.posted > 0;

-- a_chain_ends_with_its_last_block
select head.chain
from ledger.chains as head left join ledger.blocks as block using (chain, block)
where head.block > 0 and block.mac is distinct from head.mac
    or exists (select from ledger.blocks as later where later.chain = head.chain and later.block > head.block);

-- a_block_has_as_many_transactions_as_it_says
-- The latest of each chain.
select block.chain, block.block
from ledger.chains as head
    cross join lateral (
        select chain, block, count, first, last from ledger.blocks
        where chain = head.chain order by block desc limit 20
    ) as block
where block.count <> (
    select count(*) from ledger.transactions as written
    where written.transaction_id >= block.first and written.transaction_id <= block.last
        and written.chain = block.chain and written.block = block.block
);

-- flows_are_the_balances
-- Where everything that was posted is added up, what came and went is what is there. (What is there is the entries'.)
select asset_id, purpose
from (
    select account.asset_id, account.purpose, balance.posted::numeric as amount
    from ledger.accounts as account join ledger.balances as balance using (account_id)
    union all
    select asset_id, purpose, debited - credited from ledger.flows
) as both_sides
where not exists (
    select from ledger.chains as chain join ledger.rolled as rolled using (chain) where chain.block <> rolled.block
)
group by asset_id, purpose
having sum(amount) <> 0;

-- one_lock_a_balance
-- A balance is locked as its open lock says. Closed accounts have none.
select balance.account_id
from ledger.balances as balance left join ledger.locks as lock on lock.account_id = balance.account_id and lifted_at is null
where balance.locked in (1, 2) and lock.lock_id is null
    or lock.lock_id is not null and balance.locked <> case lock.level when 'debits' then 1 else 2 end;
