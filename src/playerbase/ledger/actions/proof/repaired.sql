-- entries_come_to
-- What the entries of an account say its row should be.
select count(*), coalesce(max(entry.seq), 0), coalesce(sum(entry.amount), 0)::bigint,
    coalesce(sum(entry.amount) filter (where (entry.amount > 0) = (written.reverses is null)), 0)::bigint,
    coalesce(-sum(entry.amount) filter (where (entry.amount > 0) <> (written.reverses is null)), 0)::bigint,
    (
        select coalesce(sum(amount - captured - released), 0)::bigint
        from ledger.holds as hold where hold.account_id = :account_id and state = 'open'
    )
from ledger.entries as entry join ledger.transactions as written using (transaction_id)
where entry.account_id = :account_id;

-- is_more_wrong
-- Whether history itself is in doubt, or holds or lots of the account are not what theirs says: then its entries alone do
-- not tell.
select exists (
    select from ledger.findings where settled_at is null and flaw = any(:history::text[])
) or exists (
    select from ledger.holds as hold
    where hold.account_id = :account_id and hold.amount - hold.captured - hold.released <> (
        select coalesce(sum(hold_change), 0) from ledger.transactions as written where written.hold_id = hold.hold_id
    )
) or exists (
    select from ledger.accounts as account join ledger.assets as asset using (asset_id)
    where account.account_id = :account_id and account.purpose = 'main' and asset.lifetime_days is not null
        and :posted::bigint <> (select coalesce(sum(remaining), 0) from ledger.lots as lot where lot.account_id = :account_id)
);

-- blocks_of
-- The blocks an account's entries are proved by, from after one of them on.
select distinct written.chain, written.block, ''::bytea
from ledger.entries as entry join ledger.transactions as written using (transaction_id)
where entry.account_id = :account_id and entry.seq > :after;

-- jumps_of
-- The entries whose balance does not follow from the one before, and by how much it is off.
select account_id, seq, off
from (
    select account_id, seq,
        balance_after - coalesce(lag(balance_after) over (partition by account_id order by seq), 0) - amount as off
    from ledger.entries
    where account_id = any(:account_ids::bigint[])
) as stepped
where off <> 0
order by account_id, seq;

-- last_balance
select balance_after from ledger.entries where account_id = :account_id order by seq desc limit 1;

-- repairs_of
select account_id, seq, off, mac from ledger.repairs where account_id = any(:account_ids::bigint[]) order by account_id, seq;

-- add_repairs
insert into ledger.repairs (repair_id, account_id, seq, off, reason, made_by, made_at, mac)
select :repair_id, account_id, seq, off, :reason, :made_by, :now, mac
from unnest(:repairs.account_id::bigint[], :repairs.seq::bigint[], :repairs.off::bigint[], :repairs.mac::bytea[])
    as one(account_id, seq, off, mac)
on conflict do nothing;

-- set_right
update ledger.balances set posted = :posted, held = :held, seq = :seq, credited = :credited, debited = :debited
where account_id = :account_id;

-- settle_repaired
update ledger.findings set settled_at = :now
where settled_at is null and account_id = :account_id and flaw = any(:flaws::text[])
returning finding_id;
