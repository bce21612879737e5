-- accounts_seen
select account.account_id, account.owner_id, asset.code, account.purpose, balance.posted, balance.held, balance.floor,
    balance.seq, balance.credited, balance.debited, balance.locked, account.made_at
from ledger.accounts as account
    join ledger.balances as balance using (account_id)
    join ledger.assets as asset using (asset_id)
where account.account_id > :after and (:owner_id::uuid is null or account.owner_id = :owner_id)
    and (:asset::text is null or asset.code = :asset) and (:purpose::text is null or account.purpose = :purpose)
order by account.account_id
limit :count;

-- account_rows
select account.account_id, account.owner_id, asset.code, account.purpose, balance.posted, balance.held, balance.floor,
    balance.seq, balance.credited, balance.debited, balance.locked, account.made_at
from ledger.accounts as account
    join ledger.balances as balance using (account_id)
    join ledger.assets as asset using (asset_id)
where account.account_id = any(:account_ids::bigint[])
order by account.account_id;

-- entries_of_account
select entry.account_id, entry.seq, entry.transaction_id, entry.leg, entry.amount, entry.balance_after,
    entry.held_after, entry.at, written.kind, written.reason, written.ref, written.chain, written.block
from ledger.entries as entry join ledger.transactions as written using (transaction_id)
where entry.account_id = :account_id and entry.seq < :before
    and (:kind::text is null or written.kind = :kind) and (:ref::text is null or written.ref = :ref)
    and (:since::timestamptz is null or entry.at >= :since) and (:until::timestamptz is null or entry.at < :until)
order by entry.seq desc
limit :count;

-- latest_transactions
select transaction_id, at, kind, reason, ref, rule, actor, request_id, scope, key, reverses, group_id, hold_id,
    hold_change, chain, block
from ledger.transactions
where transaction_id < :before
order by transaction_id desc
limit :count;

-- transaction_rows
select transaction_id, at, kind, reason, ref, rule, actor, request_id, scope, key, reverses, group_id, hold_id,
    hold_change, chain, block
from ledger.transactions
where transaction_id = any(:transaction_ids::uuid[])
order by transaction_id;

-- legs_of
select entry.transaction_id, entry.leg, entry.account_id, account.owner_id, asset.code, account.purpose, entry.seq,
    entry.amount, entry.balance_after, entry.held_after
from ledger.entries as entry
    join ledger.accounts as account using (account_id)
    join ledger.assets as asset using (asset_id)
where entry.transaction_id = any(:transaction_ids::uuid[])
order by entry.transaction_id, entry.leg;

-- reversals_of
select transaction_id, at, kind, reason, ref, rule, actor, request_id, scope, key, reverses, group_id, hold_id,
    hold_change, chain, block
from ledger.transactions
where reverses = :transaction_id
order by transaction_id
limit :count;

-- grouped
select transaction_id, at, kind, reason, ref, rule, actor, request_id, scope, key, reverses, group_id, hold_id,
    hold_change, chain, block
from ledger.transactions
where group_id = :group_id
order by transaction_id
limit :count;

-- of_hold
select transaction_id, at, kind, reason, ref, rule, actor, request_id, scope, key, reverses, group_id, hold_id,
    hold_change, chain, block
from ledger.transactions
where hold_id = :hold_id
order by transaction_id
limit :count;

-- holds_seen
select hold.hold_id, account.owner_id, asset.code, hold.amount, hold.captured, hold.released, hold.state, hold.reason,
    hold.made_at, hold.expires_at, hold.ended_at
from ledger.holds as hold join ledger.accounts as account using (account_id) join ledger.assets as asset using (asset_id)
where hold.hold_id < :before and (:state::text is null or hold.state = :state)
    and (:account_id::bigint is null or hold.account_id = :account_id)
order by hold.hold_id desc
limit :count;

-- blocks_before
-- The latest of each chain before a place in it, as many of each as are asked for.
select block.chain, block.block, block.count, block.first, block.last, block.digest, block.mac, block.at
from unnest(:chains::smallint[], :before::bigint[]) as place(chain, before) cross join lateral (
    select chain, block, count, first, last, digest, mac, at
    from ledger.blocks
    where chain = place.chain and block < place.before
    order by block desc
    limit :count
) as block
order by block.chain, block.block desc;

-- one_block
select chain, block, count, first, last, digest, mac, at from ledger.blocks where chain = :chain and block = :block;

-- transactions_of_block
select transaction_id, at, kind, reason, ref, rule, actor, request_id, scope, key, reverses, group_id, hold_id,
    hold_change, chain, block
from ledger.transactions
where transaction_id between :first and :last and chain = :chain and block = :block
order by transaction_id;

-- locks_of
select lock_id, account_id, level, reason, made_by, made_at, ends_at, lifted_at, lifted_by, lifted_why
from ledger.locks
where account_id = :account_id
order by lock_id desc
limit :count;

-- due_locks
select lock_id, account_id, level, reason, made_by, made_at, ends_at, lifted_at, lifted_by, lifted_why
from ledger.locks
where lifted_at is null and ends_at <= :now
order by ends_at, lock_id
limit :count;

-- mark
-- Only if it is as it was seen.
update ledger.balances set locked = :locked where account_id = :account_id and locked = :was returning account_id;

-- add_lock
insert into ledger.locks (lock_id, account_id, level, reason, made_by, made_at, ends_at)
values (:lock_id, :account_id, :level, :reason, :made_by, :now, :ends_at);

-- lift_lock
update ledger.locks set lifted_at = :now, lifted_by = :lifted_by, lifted_why = :lifted_why
where account_id = :account_id and lifted_at is null;

-- bound_of
select proof_above from ledger.bounds where asset_id = :asset_id;

-- set_bound
insert into ledger.bounds (asset_id, proof_above, set_by, set_at) values (:asset_id, :proof_above, :set_by, :now)
on conflict (asset_id) do update set proof_above = excluded.proof_above, set_by = excluded.set_by, set_at = excluded.set_at;
