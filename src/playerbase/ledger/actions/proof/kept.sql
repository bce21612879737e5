-- proved
-- How far each chain was proved.
select chain, block, mac from ledger.proved order by chain;

-- keep_proved
insert into ledger.proved (chain, block, mac, at)
select chain, block, mac, :now from unnest(:marks.chain::smallint[], :marks.block::bigint[], :marks.mac::bytea[])
    as mark(chain, block, mac)
on conflict (chain) do update set block = excluded.block, mac = excluded.mac, at = excluded.at;

-- reversed_in
select distinct reverses from ledger.transactions
where transaction_id > :after and transaction_id <= :until and reverses is not null
limit :most;

-- wrong_touched
-- Accounts that were posted to or held on: each new entry after the one before it, and how they stand now. What is older
-- is left to the proof of everything.
with fresh as (
    select account_id, seq, amount, balance_after
    from ledger.entries
    where transaction_id > :after and transaction_id <= :until
), touched as (
    select account_id from fresh
    union
    select hold.account_id
    from ledger.transactions as written join ledger.holds as hold using (hold_id)
    where transaction_id > :after and transaction_id <= :until
), standing as (
    select touched.account_id, account.purpose = 'main' and asset.lifetime_days is not null as is_lotted,
        balance.posted, balance.held, balance.seq, balance.credited - balance.debited as net,
        coalesce(last.seq, 0) as last, coalesce(last.balance_after, 0) as balance,
        (
            select coalesce(sum(amount - captured - released), 0)
            from ledger.holds as hold where hold.account_id = touched.account_id and state = 'open'
        ) as open_holds
    from touched join ledger.accounts as account using (account_id) join ledger.assets as asset using (asset_id)
        join ledger.balances as balance using (account_id)
        left join lateral (
            select seq, balance_after from ledger.entries as entry
            where entry.account_id = touched.account_id order by seq desc limit 1
        ) as last on true
), wrong as (
    select 'running' as flaw, format('The balance after entry %s does not follow from the one before it', fresh.seq) as says,
        fresh.account_id
    from fresh left join ledger.entries as before on before.account_id = fresh.account_id and before.seq = fresh.seq - 1
    where coalesce(before.balance_after, 0) + fresh.amount <> fresh.balance_after or before.seq is null and fresh.seq <> 1
    union all
    select 'balance', format('Its balance says %s, its last entry %s', posted, balance), account_id
    from standing where posted <> balance
    union all
    select 'seq', format('It says that it has %s entries, the last is number %s', seq, last), account_id
    from standing where seq <> last
    union all
    select 'tally', 'What came in less what went out is not what it has', account_id from standing where net <> posted
    union all
    select 'held', format('It holds %s, its open holds %s', held, open_holds), account_id from standing where held <> open_holds
    union all
    select 'lots', format('Its balance is %s, its lots have another sum', posted), account_id
    from standing
    where is_lotted and posted <> (select coalesce(sum(remaining), 0) from ledger.lots as lot
        where lot.account_id = standing.account_id and remaining > 0)
)
select flaw, says, null::uuid, account_id, null::smallint, null::bigint from wrong order by account_id limit :most;

-- keep_findings
-- Those that were not known and open already.
insert into ledger.findings (finding_id, flaw, says, transaction_id, account_id, chain, block, found_at)
select finding_id, flaw, says, transaction_id, account_id, chain, block, :now
from unnest(:ids::uuid[], :found.flaw::text[], :found.says::text[], :found.transaction_id::uuid[], :found.account_id::bigint[],
    :found.chain::smallint[], :found.block::bigint[])
    as one(finding_id, flaw, says, transaction_id, account_id, chain, block)
on conflict do nothing
returning flaw, says, transaction_id, account_id, chain, block;

-- settle_findings
-- What a proof of everything, begun since, no longer finds.
update ledger.findings as known set settled_at = :now
where settled_at is null and found_at < :before and not exists (
    select from unnest(:found.flaw::text[], :found.transaction_id::uuid[], :found.account_id::bigint[],
        :found.chain::smallint[], :found.block::bigint[]) as one(flaw, transaction_id, account_id, chain, block)
    where (one.flaw, one.transaction_id, one.account_id, one.chain, one.block)
        is not distinct from (known.flaw, known.transaction_id, known.account_id, known.chain, known.block)
)
returning finding_id;

-- lock_wallets
-- Of players alone: a locked account of the house would stop everybody.
with locked as (
    update ledger.balances as balance set locked = 1
    from ledger.accounts as account
    where account.account_id = balance.account_id and balance.locked = 0
        and account.owner_id <> '00000000-0000-0000-0000-000000000000' and balance.account_id in (
            select unnest(:account_ids::bigint[])
            union
            select account_id from ledger.entries where transaction_id = any(:transaction_ids::uuid[])
        )
    returning balance.account_id, account.owner_id, account.asset_id, account.purpose
), written as (
    insert into ledger.locks (lock_id, account_id, level, reason, made_by, made_at)
    select gen_random_uuid(), account_id, 'debits', 'its entries do not hold', 'system:ledger', :now from locked
)
select account_id, owner_id, asset_id, purpose from locked;

-- findings
-- The latest first, before a place in the list.
select finding_id, flaw, says, transaction_id, account_id, chain, block, found_at, settled_at
from ledger.findings
where (:state::text is null or (settled_at is null) = (:state = 'open'))
    and (:before_at::timestamptz is null or (found_at, finding_id) < (:before_at, :before_id::uuid))
order by found_at desc, finding_id desc
limit :count;

-- count_findings
select count(*) from (select from ledger.findings where settled_at is null limit :most) as open;

-- ask_proof
insert into ledger.proofs (proof_id, asked_by, asked_at)
select :proof_id, :asked_by, :now
where not exists (select from ledger.proofs where ended_at is null and asked_at > :lost)
returning proof_id;

-- tell_proof
update ledger.proofs set what = :what, done = :done, total = :total where proof_id = :proof_id;

-- end_proof
update ledger.proofs set ended_at = :now, verdict = :verdict::json where proof_id = :proof_id;

-- last_proofs
select proof_id, asked_by, asked_at, what, done, total, ended_at, verdict from ledger.proofs order by asked_at desc limit :count;
