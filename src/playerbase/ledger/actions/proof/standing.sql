-- account_ahead
-- The entry so many further on, by account and number, if there are as many.
select account_id, seq from ledger.entries
where (account_id, seq) > (:account_id::bigint, :seq::bigint) order by account_id, seq offset :count limit 1;

-- doubtful_accounts
-- Accounts whose entries, balance, holds or lots do not fit; and the one that is read in pieces. What was read of that
-- one before is `carried`. `whole` is the last account that is read to its end.
with stepped as (
    select account_id, seq, transaction_id, amount, balance_after, held_after,
        coalesce(lag(seq) over one, case when account_id = :carried.account_id::bigint then :carried.seq::bigint else 0 end) as seq_before,
        coalesce(lag(balance_after) over one, case when account_id = :carried.account_id::bigint then :carried.balance::bigint else 0 end)
            as before,
        lead(transaction_id) over one as next
    from ledger.entries
    where (account_id, seq) > (:carried.account_id::bigint, :carried.seq::bigint)
        and (account_id, seq) <= (:until_account::bigint, :until_seq::bigint)
    window one as (partition by account_id order by seq)
), read as (
    select account_id, count(*) as count, max(seq) as last, sum(amount) as sum,
        coalesce(sum(amount) filter (where amount > 0), 0) as plus,
        min(seq) filter (where seq <> seq_before + 1) as gap,
        min(seq) filter (where balance_after <> before + amount) as jump,
        min(balance_after - held_after) filter (where next is distinct from transaction_id) as least,
        max(balance_after) filter (where next is distinct from transaction_id) as most,
        max(balance_after) filter (where next is null) as balance
    from stepped
    group by account_id
), held as (
    select account_id, sum(amount - captured - released) as held
    from ledger.holds
    where account_id > :done::bigint and account_id <= :whole::bigint and state = 'open'
    group by account_id
), kept as (
    select account_id, sum(remaining) as remaining
    from ledger.lots
    where account_id > :done::bigint and account_id <= :whole::bigint and remaining > 0
    group by account_id
), undone as (
    select account_id, amount from unnest(:undone.account_id::bigint[], :undone.amount::bigint[]) as undone(account_id, amount)
), standing as (
    select account_id, account.purpose, asset.lifetime_days is not null as is_lotted,
        balance.posted, balance.held, balance.seq, balance.credited, balance.debited
    from ledger.accounts as account full join ledger.balances as balance using (account_id)
        left join ledger.assets as asset using (asset_id)
    where account_id > :done::bigint and account_id <= :whole::bigint
)
select account_id,
    coalesce(standing.purpose, (select purpose from ledger.accounts as one where one.account_id = read.account_id), ''),
    coalesce(standing.is_lotted, false),
    coalesce(standing.posted, 0), coalesce(standing.held, 0), coalesce(standing.seq, 0), coalesce(standing.credited, 0),
    coalesce(standing.debited, 0),
    coalesce(read.count, 0), coalesce(read.last, 0), coalesce(read.sum, 0)::bigint, coalesce(read.plus, 0)::bigint,
    read.gap, read.jump, read.least, read.most, coalesce(read.balance, 0),
    coalesce(held.held, 0)::bigint, coalesce(kept.remaining, 0)::bigint, coalesce(undone.amount, 0), is_known
from standing full join read using (account_id) left join held using (account_id) left join kept using (account_id)
    left join undone using (account_id)
    cross join lateral (select standing.purpose is not null and standing.posted is not null as is_known) as known
where read.gap is not null or read.jump is not null or account_id > :whole::bigint or account_id = :carried.account_id::bigint
    or not is_known
    or coalesce(read.sum, 0) <> standing.posted or coalesce(read.last, 0) <> standing.seq
    or coalesce(read.count, 0) <> standing.seq or coalesce(read.plus, 0) - coalesce(undone.amount, 0) <> standing.credited
    or standing.credited - standing.debited <> standing.posted
    or coalesce(held.held, 0) <> standing.held
    or standing.is_lotted and standing.purpose = 'main' and coalesce(kept.remaining, 0) <> standing.posted
    or not coalesce(standing.is_lotted and standing.purpose = 'main', false) and kept.remaining is not null
    or standing.purpose in ('main', 'incoming', 'allocation', 'revenue', 'burn', 'expired', 'clawback') and read.least < 0
    or standing.purpose in ('debt', 'issuance') and read.most > 0
order by account_id;

-- last_account
select greatest(
    coalesce((select max(account_id) from ledger.accounts), 0), coalesce((select max(account_id) from ledger.balances), 0),
    coalesce((select account_id from ledger.entries order by account_id desc limit 1), 0)
);

-- wrong_debts
-- Who owes something is known by it, and nobody by what somebody else owes.
select 'debt', 'It is owed, and its owner''s account does not know', null::uuid, debt.account_id, null::smallint, null::bigint
from ledger.accounts as debt join ledger.balances as balance using (account_id)
where debt.purpose = 'debt' and balance.posted <> 0 and debt.account_id > :after and debt.account_id <= :until
    and not exists (
        select from ledger.accounts as main join ledger.balances as known using (account_id)
        where main.owner_id = debt.owner_id and main.asset_id = debt.asset_id and main.purpose = 'main'
            and known.debt_id = debt.account_id
    )
union all
select 'debt', 'It is linked to what is not its owner''s debt', null, main.account_id, null, null
from ledger.accounts as main join ledger.balances as balance using (account_id)
    left join ledger.accounts as debt on debt.account_id = balance.debt_id
where balance.debt_id is not null and main.account_id > :after and main.account_id <= :until
    and (debt.owner_id, debt.asset_id, debt.purpose, main.purpose)
        is distinct from (main.owner_id, main.asset_id, 'debt', 'main')
limit :most;

-- hold_ahead
select hold_id from ledger.holds where hold_id > :after order by hold_id offset :count limit 1;

-- count_holds
select count(*) from ledger.holds where hold_id > :after and hold_id <= :until;

-- wrong_holds
with made as (
    select hold_id, sum(hold_change) as kept, max(hold_change) as amount, count(*) filter (where hold_change > 0) as times,
        (array_agg(transaction_id order by transaction_id))[1] as transaction_id,
        -- What was taken has entries, what was let go has none.
        coalesce(-sum(hold_change) filter (
            where hold_change < 0 and exists (select from ledger.entries as entry where entry.transaction_id = written.transaction_id)
        ), 0) as captured
    from ledger.transactions as written
    where hold_id > :after and hold_id <= :until
    group by hold_id
), held as (
    select hold_id, made.transaction_id, hold.account_id, hold.amount is null as is_gone,
        coalesce(made.kept, 0) <> hold.amount - hold.captured - hold.released
            or made.amount is distinct from hold.amount or made.times <> 1 as is_off,
        coalesce(made.captured, 0) <> hold.captured as is_other,
        (hold.state = 'open') <> (hold.amount > hold.captured + hold.released)
            or (hold.state = 'open') <> (hold.ended_at is null) or hold.state = 'captured' and hold.captured = 0
            or hold.captured < 0 or hold.released < 0 as is_state,
        hold.state = 'captured' and hold.ended_at > hold.expires_at
            or hold.state = 'expired' and hold.ended_at < hold.expires_at as is_late
    from (select * from ledger.holds where hold_id > :after and hold_id <= :until) as hold full join made using (hold_id)
)
select 'hold', format('Hold %s: %s', hold_id, says), transaction_id, account_id, null::smallint, null::bigint
from held cross join lateral (values
    ('there is a transaction of it, and it is not there', is_gone),
    ('it is not what its transactions set aside and freed', is_off),
    ('what it says was taken of it is not what was taken', is_other),
    ('it ended in a way that does not fit what is left of it', is_state),
    ('it was captured after its end, or expired before it', is_late)
) as flaws(says, is_so)
where is_so
limit :most;

-- lot_ahead
select lot_id from ledger.lots where lot_id > :after order by lot_id offset :count limit 1;

-- count_lots
select count(*) from ledger.lots where lot_id > :after and lot_id <= :until;

-- wrong_lots
with made as (
    select lot_id, sum(change) as kept from ledger.lot_moves where lot_id > :after and lot_id <= :until group by lot_id
), held as (
    select lot_id, lot.account_id, lot.transaction_id, lot.account_id is null as is_gone,
        coalesce(made.kept, 0) <> lot.remaining or lot.remaining < 0 or lot.remaining > lot.granted as is_off,
        -- What a reversal gives back goes to the lots it came from first.
        lot.granted > came.amount or lot.granted < came.amount and came.reverses is null or came.amount is null as is_origin
    from (select * from ledger.lots where lot_id > :after and lot_id <= :until) as lot full join made using (lot_id)
        left join lateral (
            select sum(entry.amount) as amount, min(written.reverses::text) as reverses
            from ledger.entries as entry join ledger.transactions as written using (transaction_id)
            where entry.transaction_id = lot.transaction_id and entry.account_id = lot.account_id and entry.amount > 0
        ) as came on true
)
select 'lot', format('Lot %s: %s', lot_id, says), transaction_id, account_id, null::smallint, null::bigint
from held cross join lateral (values
    ('there are moves of it, and it is not there', is_gone),
    ('what is left of it is not what was put in and taken', is_off),
    ('it began with more or less than came', is_origin and not is_gone)
) as flaws(says, is_so)
where is_so
limit :most;

-- late_lots
select 'lot_late', format('Lot %s ended at %s, and %s of it are still there', lot.lot_id, lot.expires_at, lot.remaining),
    lot.transaction_id, account_id, null::smallint, null::bigint
from (
    select lot_id, account_id, transaction_id, expires_at, remaining,
        sum(remaining) over (partition by account_id order by expires_at, lot_id) as ended
    from ledger.lots
    where remaining > 0 and expires_at < :before
) as lot join ledger.balances as balance using (account_id)
-- What is set aside stays until it is taken or let go: the units that end first.
where lot.ended > balance.held and balance.locked = 0
limit :most;

-- asset_sums
select 'asset', format('All there is of %s sums to %s', asset.code, sum(balance.posted)), null::uuid, null::bigint, null::smallint,
    null::bigint
from ledger.balances as balance join ledger.accounts as account using (account_id) join ledger.assets as asset using (asset_id)
group by asset.code
having sum(balance.posted) <> 0
limit :most;

-- pages_of_keys
select (pg_relation_size('ledger.keys') / current_setting('block_size')::int)::bigint;

-- count_keys
-- By page, as they lie: their ids are spread like dice. How many there are, and the sum over those that led to a
-- transaction, as read_blocks makes it from what was posted.
select count(*),
    coalesce(sum(hashtextextended(encode(key_id, 'hex'), uuid_hash_extended(transaction_id, :salt))) filter (where refusal is null), 0)
from ledger.keys
where ctid >= format('(%s,0)', :page::bigint)::tid and ctid < format('(%s,0)', :until::bigint)::tid;

-- keys_alone
-- Keys that say they were posted, and whose transaction is not there or has another key.
select 'key_alone', format('Key %s says that it was posted, and it was not', encode(key_id, 'hex')), key.transaction_id, null::bigint,
    null::smallint, null::bigint
from ledger.keys as key left join ledger.transactions as written using (transaction_id)
where key.ctid >= format('(%s,0)', :page::bigint)::tid and key.ctid < format('(%s,0)', :until::bigint)::tid
    and key.refusal is null and key_id is distinct from substr(sha256(convert_to(
        octet_length(written.scope) || ':' || written.scope || written.key, 'UTF8')), 1, 16)
limit :most;

-- unguarded
-- Tables whose rows may be changed or taken away: a trigger of theirs is not there, or sleeps.
select 'unguarded', format('%s: the trigger %s is not there or does not fire', part.relid, guarded.name), null::uuid, null::bigint,
    null::smallint, null::bigint
from (values
    ('ledger.transactions', 'append_only'), ('ledger.entries', 'append_only'), ('ledger.blocks', 'append_only'),
    ('ledger.lot_moves', 'append_only'), ('ledger.balances', 'never_fewer'), ('ledger.keys', 'never_fewer'),
    ('ledger.chains', 'only_forward'), ('ledger.repairs', 'append_only')
) as guarded(relation, name)
    cross join lateral (
        select relid from pg_partition_tree(guarded.relation::regclass)
        union select guarded.relation::regclass
    ) as part
where not exists (
    select from pg_trigger
    where tgrelid = part.relid and tgname = guarded.name and tgenabled in ('O', 'A')
)
limit :most;
