-- assets_known
select asset_id, code, name, class, exponent, lifetime_days, repay_percent from ledger.assets order by asset_id;

-- add_asset
insert into ledger.assets (code, name, class, exponent, lifetime_days, repay_percent, made_at)
values (:code, :name, :asset_class, :exponent, :lifetime_days, :repay_percent, :now)
on conflict (code) do nothing
returning asset_id;

-- accounts_of
select account_id, owner_id, asset_id, purpose
from ledger.accounts join unnest(:owner_ids::uuid[], :asset_ids::smallint[], :purposes::text[])
    as wanted(owner_id, asset_id, purpose) using (owner_id, asset_id, purpose);

-- open_accounts
-- In one order, so that two who open the same ones wait for each other in turn.
with opened as (
    insert into ledger.accounts (owner_id, asset_id, purpose, made_at)
    select owner_id, asset_id, purpose, :now
    from unnest(:owner_ids::uuid[], :asset_ids::smallint[], :purposes::text[]) as wanted(owner_id, asset_id, purpose)
    order by owner_id, asset_id, purpose
    on conflict (owner_id, asset_id, purpose) do nothing
    returning account_id, purpose
)
insert into ledger.balances (account_id, floor, ceiling)
select account_id,
    case when purpose in ('main', 'incoming', 'allocation', 'revenue', 'burn', 'expired', 'clawback') then 0 end,
    case when purpose in ('debt', 'issuance') then 0 end
from opened;

-- claim_keys
-- Who else holds one of these keys is waited for here, before any balance is locked.
insert into ledger.keys (key_id, fingerprint, transaction_id)
select key_id, fingerprint, transaction_id
from (
    select unnest(:key_ids::text::bytea[]) as key_id, unnest(:fingerprints::text::bytea[]) as fingerprint,
        unnest(:transaction_ids::uuid[]) as transaction_id
) as wanted
order by key_id
on conflict (key_id) do nothing
returning key_id;

-- keys_known
select one.key_id, one.fingerprint, one.transaction_id, one.refusal::text, written.hold_id
from ledger.keys as one left join ledger.transactions as written using (transaction_id)
where one.key_id = any(:key_ids::bytea[]);

-- record_refusals
update ledger.keys as one set refusal = told.refusal::json
from unnest(:key_ids::bytea[], :refusals::text[]) as told(key_id, refusal)
where one.key_id = told.key_id;

-- lock_balances
-- One order for everybody, and no join, which could change it.
select account_id, posted, held, floor, ceiling, seq, credited, debited, locked, debt_id
from ledger.balances
where account_id = any(:account_ids::text::bigint[])
order by account_id
for no key update;

-- lock_holds
select hold_id, account_id, amount, captured, released, state, expires_at, reason
from ledger.holds
where hold_id = any(:hold_ids::uuid[])
order by hold_id
for no key update;

-- lock_lots
-- Those with something left, and those that what is being reversed has taken from or made.
select lot_id, account_id, transaction_id, granted, remaining, expires_at
from ledger.lots
where account_id = any(:account_ids::bigint[]) and (
    remaining > 0 or transaction_id = any(:reversing::uuid[])
    or lot_id in (select lot_id from ledger.lot_moves where transaction_id = any(:reversing::uuid[]))
)
order by account_id, expires_at, lot_id
for no key update;

-- lot_moves_of
select lot.account_id, lot.lot_id, move.transaction_id, move.change
from ledger.lot_moves as move join ledger.lots as lot using (lot_id)
where move.transaction_id = any(:transaction_ids::uuid[])
order by lot.expires_at, lot.lot_id;

-- sides_of
-- What each of these transactions did, and what those that reverse them undid, by whose units. What reverses another did
-- nothing of its own.
select moved.transaction_id, account.owner_id, asset.code,
    case when account.owner_id = '00000000-0000-0000-0000-000000000000' then account.purpose else 'main' end as purpose,
    sum(moved.did)::bigint, sum(moved.undone)::bigint
from (
    select written.transaction_id, entry.account_id,
        case when written.reverses is null then entry.amount else 0 end as did, 0 as undone
    from ledger.transactions as written join ledger.entries as entry using (transaction_id)
    where written.transaction_id = any(:transaction_ids::uuid[])
    union all
    select written.reverses, entry.account_id, 0, entry.amount
    from ledger.transactions as written join ledger.entries as entry using (transaction_id)
    where written.reverses = any(:transaction_ids::uuid[])
) as moved
    join ledger.accounts as account on account.account_id = moved.account_id
    join ledger.assets as asset on asset.asset_id = account.asset_id
group by 1, 2, 3, 4;

-- take_chain
-- Whichever nobody is writing to.
select chain, block, mac from ledger.chains order by (chain + :first) % 8 limit 1 for no key update skip locked;

-- wait_for_chain
select chain, block, mac from ledger.chains where chain = :chain for no key update;

-- write
-- Sets that are returned beside each other come row by row; those of one unnest() in a FROM are put aside first, which
-- costs twice as much. An entry names its transaction by its place among them.
with moved as (
    update ledger.balances as balance
    set posted = after.posted, held = after.held, seq = after.seq, credited = after.credited, debited = after.debited
    from (
        select unnest(:balances.account_id::text::bigint[]) as account_id,
            unnest(:balances.posted::text::bigint[]) as posted, unnest(:balances.held::text::bigint[]) as held,
            unnest(:balances.seq::text::bigint[]) as seq, unnest(:balances.credited::text::bigint[]) as credited,
            unnest(:balances.debited::text::bigint[]) as debited
    ) as after
    where balance.account_id = after.account_id
), written as (
    insert into ledger.transactions (
        transaction_id, at, kind, reason, ref, rule, actor, request_id, scope, key, reverses, group_id, hold_id,
        hold_change, chain, block
    )
    select unnest(:transactions.transaction_id::uuid[]), :block.at, unnest(:transactions.kind::text::text[]),
        unnest(:transactions.reason::text::text[]), unnest(:transactions.ref::text::text[]),
        unnest(:transactions.rule::text::text[]), unnest(:transactions.actor::text::text[]),
        unnest(:transactions.request_id::text::text[]), unnest(:transactions.scope::text::text[]),
        unnest(:transactions.key::text::text[]), unnest(:transactions.reverses::text::uuid[]),
        unnest(:transactions.group_id::text::uuid[]), unnest(:transactions.hold_id::text::uuid[]),
        unnest(:transactions.hold_change::text::bigint[]), :block.chain, :block.block
), entered as (
    insert into ledger.entries (account_id, seq, transaction_id, leg, amount, balance_after, held_after, at)
    select account_id, seq, (:transactions.transaction_id::uuid[])[place], leg, amount, balance_after, held_after,
        :block.at
    from (
        select unnest(:entries.account_id::text::bigint[]) as account_id, unnest(:entries.seq::text::bigint[]) as seq,
            unnest(:places::text::int[]) as place, unnest(:entries.leg::text::smallint[]) as leg,
            unnest(:entries.amount::text::bigint[]) as amount,
            unnest(:entries.balance_after::text::bigint[]) as balance_after,
            unnest(:entries.held_after::text::bigint[]) as held_after
    ) as one
), sealed as (
    insert into ledger.blocks (chain, block, count, first, last, digest, mac, at)
    values (:block.chain, :block.block, :block.count, :block.first, :block.last, :block.digest, :block.mac, :block.at)
)
update ledger.chains set block = :block.block, mac = :block.mac where chain = :block.chain;

-- write_holds
insert into ledger.holds as hold (
    hold_id, account_id, amount, captured, released, state, expires_at, reason, made_at, ended_at
)
select hold_id, account_id, amount, captured, released, state, expires_at, reason, :now::timestamptz,
    case when state <> 'open' then :now::timestamptz end
from unnest(
    :holds.hold_id::uuid[], :holds.account_id::bigint[], :holds.amount::bigint[], :holds.captured::bigint[],
    :holds.released::bigint[], :holds.state::text[], :holds.expires_at::timestamptz[], :holds.reason::text[]
) as one(hold_id, account_id, amount, captured, released, state, expires_at, reason)
on conflict (hold_id) do update set captured = excluded.captured, released = excluded.released, state = excluded.state,
    ended_at = excluded.ended_at;

-- write_lots
insert into ledger.lots as lot (lot_id, account_id, transaction_id, granted, remaining, expires_at)
select lot_id, account_id, transaction_id, granted, remaining, expires_at
from unnest(
    :lots.lot_id::uuid[], :lots.account_id::bigint[], :lots.transaction_id::uuid[], :lots.granted::bigint[],
    :lots.remaining::bigint[], :lots.expires_at::timestamptz[]
) as one(lot_id, account_id, transaction_id, granted, remaining, expires_at)
on conflict (lot_id) do update set remaining = excluded.remaining;

-- write_lot_moves
insert into ledger.lot_moves (lot_id, transaction_id, change)
select lot_id, transaction_id, change
from unnest(:moves.lot_id::uuid[], :moves.transaction_id::uuid[], :moves.change::bigint[])
    as one(lot_id, transaction_id, change);

-- link_debts
update ledger.balances as balance set debt_id = debt.account_id
from ledger.accounts as main join ledger.accounts as debt
    on debt.owner_id = main.owner_id and debt.asset_id = main.asset_id and debt.purpose = 'debt'
where main.account_id = balance.account_id and main.purpose = 'main' and balance.debt_id is null
    and debt.account_id = any(:debt_ids::bigint[]);

-- outcomes
-- How the players' accounts stood after each of these transactions.
select entry.transaction_id, account.owner_id, asset.code, account.purpose, entry.balance_after, entry.held_after,
    entry.leg, entry.amount
from ledger.entries as entry join ledger.accounts as account using (account_id) join ledger.assets as asset using (asset_id)
where entry.transaction_id = any(:transaction_ids::uuid[])
order by entry.transaction_id, entry.leg;

-- make_months
select ledger.make_months(:now, :count);

-- months_ahead
-- How many of the coming months have their place.
select count(*)::int
from pg_inherits
where inhparent = 'ledger.entries'::regclass
    and right(inhrelid::regclass::text, 7) > to_char(:now::timestamptz at time zone 'UTC', 'YYYY_MM');

-- wallet_rows
-- Currencies and points, with what is owed of each.
select account.owner_id, asset.code, account.purpose, balance.posted, balance.held, balance.credited, balance.debited,
    balance.locked
from ledger.accounts as account
    join ledger.balances as balance using (account_id)
    join ledger.assets as asset using (asset_id)
where account.owner_id = any(:owner_ids::uuid[]) and account.purpose in ('main', 'debt') and asset.class <> 'item';

-- counts_of
-- How many of each of these assets an owner has, free and held.
select asset.code, balance.posted, balance.held
from ledger.accounts as account
    join ledger.balances as balance using (account_id)
    join ledger.assets as asset using (asset_id)
where account.owner_id = :owner_id and account.purpose = 'main' and asset.class = :asset_class and balance.posted <> 0;

-- main_accounts
select account.account_id, account.owner_id, account.asset_id, account.purpose
from ledger.accounts as account join ledger.assets as asset using (asset_id)
where account.owner_id = :owner_id and account.purpose = 'main' and asset.class <> 'item'
    and (:asset::text is null or asset.code = :asset);

-- entry_rows
-- The latest of each account before a place in it, as many of each as are asked for.
select place.account_id, entry.seq, entry.transaction_id, entry.leg, entry.amount, entry.balance_after, entry.held_after,
    asset.code, entry.at, written.kind, written.reason, written.ref
from unnest(:account_ids::bigint[], :before::bigint[]) as place(account_id, before)
    join ledger.accounts as account using (account_id)
    join ledger.assets as asset using (asset_id)
    cross join lateral (
        select entry.*
        from ledger.entries as entry join ledger.transactions as what using (transaction_id)
        where entry.account_id = place.account_id and entry.seq < place.before
            and (:kind::text is null or what.kind = :kind) and (:ref::text is null or what.ref = :ref)
            and (:since::timestamptz is null or entry.at >= :since) and (:until::timestamptz is null or entry.at < :until)
        order by entry.seq desc
        limit :count
    ) as entry
    join ledger.transactions as written using (transaction_id)
order by place.account_id, entry.seq desc;

-- hold_rows
select hold.hold_id, account.owner_id, asset.code, hold.amount, hold.captured, hold.released, hold.state, hold.reason,
    hold.made_at, hold.expires_at, hold.ended_at
from ledger.holds as hold join ledger.accounts as account using (account_id) join ledger.assets as asset using (asset_id)
where hold.hold_id = any(:hold_ids::uuid[]);

-- due_holds
select hold.hold_id, account.owner_id, asset.code
from ledger.holds as hold join ledger.accounts as account using (account_id) join ledger.assets as asset using (asset_id)
where hold.state = 'open' and hold.expires_at <= :now
order by hold.expires_at, hold.hold_id
limit :count;

-- due_accounts
-- In which more has expired than is set aside, those first whose units ended first.
select lot.account_id, account.asset_id
from ledger.lots as lot join ledger.accounts as account using (account_id) join ledger.balances as balance using (account_id)
where lot.remaining > 0 and lot.expires_at <= :now and balance.locked = 0
group by lot.account_id, account.asset_id, balance.held
having sum(lot.remaining) > balance.held
order by min(lot.expires_at), lot.account_id
limit :count;

-- due_lots
-- What of each lot goes: what is set aside are the units that end first, and those stay until they are taken or let go.
select lot_id, owner_id, code, least(remaining, ended - held)::bigint
from (
    select lot.lot_id, account.owner_id, asset.code, lot.remaining, lot.expires_at, balance.held,
        sum(lot.remaining) over (partition by lot.account_id order by lot.expires_at, lot.lot_id) as ended
    from ledger.lots as lot join ledger.accounts as account using (account_id) join ledger.assets as asset using (asset_id)
        join ledger.balances as balance using (account_id)
    where lot.account_id = any(:account_ids::bigint[]) and lot.remaining > 0 and lot.expires_at <= :now
) as due
where ended > held
order by expires_at, lot_id
limit :count;
