-- item_counts
-- Of these assets, or of all that count items; those of which there are none are left out.
select account.owner_id, asset.code, balance.posted, balance.held, account.made_at
from ledger.accounts as account
    join ledger.balances as balance using (account_id)
    join ledger.assets as asset using (asset_id)
where account.owner_id = any(:owner_ids::uuid[]) and account.purpose = 'main' and asset.class = 'item'
    and balance.posted <> 0 and (:codes::text[] is null or asset.code = any(:codes::text[]))
order by account.owner_id, asset.code;

-- item_marks
-- Every entry of an account has the next number, so their sum never stands still when something is posted. Owner by
-- owner, and with their number hidden from the planner: it would make a plan anew each time, which takes longer than
-- reading.
select wanted.owner_id, coalesce((
    select sum(balance.seq)
    from ledger.accounts as account
        join ledger.balances as balance using (account_id)
        join ledger.assets as asset using (asset_id)
    where account.owner_id = wanted.owner_id and account.purpose = 'main' and asset.class = 'item'
), 0)::bigint
from unnest((select :owner_ids::uuid[])) as wanted(owner_id);

-- item_holders
select asset.code, count(*)::bigint
from ledger.assets as asset
    join ledger.accounts as account using (asset_id)
    join ledger.balances as balance using (account_id)
where asset.class = 'item' and account.purpose = 'main' and balance.posted > 0
group by asset.code;
