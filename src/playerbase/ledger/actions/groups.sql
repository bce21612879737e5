-- revenue_of
select it.group_id, asset.code, sum(entry.amount)::bigint, count(*)::bigint
from ledger.transactions as it
    join ledger.entries as entry using (transaction_id)
    join ledger.accounts as account using (account_id)
    join ledger.assets as asset using (asset_id)
where it.group_id = any(:group_ids::uuid[]) and account.purpose = 'revenue'
group by it.group_id, asset.code;

-- earned
select account.owner_id, asset.code, count(*)::bigint as times, sum(entry.amount)::bigint
from ledger.transactions as it
    join ledger.entries as entry using (transaction_id)
    join ledger.accounts as account using (account_id)
    join ledger.assets as asset using (asset_id)
where it.transaction_id >= :floor and it.at > :since and it.kind = 'earn' and entry.amount > 0 and account.purpose = 'main'
group by account.owner_id, asset.code
having count(*) >= :count_min
order by times desc, account.owner_id
limit :rows;
