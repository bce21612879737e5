create schema ledger;

-- Whatever is counted in whole units: currencies, points, and every stackable item.
create table ledger.assets (
    asset_id      smallint primary key generated always as identity,
    code          text not null unique,
    name          text not null,
    class         text not null check (class in ('currency', 'points', 'item')),
    exponent      smallint not null check (exponent between 0 and 8),       -- where the point is when it is shown
    lifetime_days int check (lifetime_days > 0),                            -- null: its units never expire
    repay_percent smallint not null check (repay_percent between 0 and 100),-- of what somebody with a debt earns
    made_at       timestamptz not null
);

create table ledger.accounts (
    account_id bigint primary key generated always as identity,
    owner_id   uuid not null,            -- a player, or the house: 00000000-…
    asset_id   smallint not null references ledger.assets,
    purpose    text not null,
    made_at    timestamptz not null,
    unique (owner_id, asset_id, purpose)
);

-- The only rows of a posting that change: no index on what changes, and room for the next version on the same page.
create table ledger.balances (
    account_id bigint primary key references ledger.accounts,
    posted     bigint not null default 0,
    held       bigint not null default 0 check (held >= 0),
    floor      bigint,                   -- null: unbounded, for accounts of the house alone
    ceiling    bigint,                   -- of a debt: 0
    seq        bigint not null default 0,-- how many entries there are
    credited   bigint not null default 0,-- what ever came in, less what was reversed of it
    debited    bigint not null default 0,
    locked     smallint not null default 0 check (locked between 0 and 3), -- 0 open, 1 no debits, 2 nothing, 3 closed
    debt_id    bigint references ledger.accounts, -- of a main account whose owner ever had a debt
    check (posted - held >= floor),
    check (posted <= ceiling)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

-- What was posted, and why. By month of its id, so that old months can be sealed and put away.
create table ledger.transactions (
    transaction_id uuid not null,
    at             timestamptz not null,
    kind           text not null,
    reason         text not null,
    ref            text not null,        -- what it is about: an order, a quest
    rule           text not null,        -- what decided it: the rule's or the operator's name
    actor          text not null,        -- who asked: key:…, player:…, staff:…
    request_id     text not null,
    scope          text not null,        -- whose key it is
    key            text not null,
    reverses       uuid,
    group_id       uuid,                 -- what it is a part of: an order
    hold_id        uuid,
    hold_change    bigint not null,      -- what was set aside (or, below zero, given free) by it
    chain          smallint not null,
    block          bigint not null,
    primary key (transaction_id)
) partition by range (transaction_id);
create index on ledger.transactions (reverses) where reverses is not null;
create index on ledger.transactions (group_id) where group_id is not null;

create table ledger.entries (
    account_id     bigint not null,
    seq            bigint not null,
    transaction_id uuid not null,
    leg            smallint not null,
    amount         bigint not null check (amount <> 0),
    balance_after  bigint not null,
    held_after     bigint not null,
    at             timestamptz not null,
    primary key (account_id, seq, transaction_id)
) partition by range (transaction_id);
create index on ledger.entries (transaction_id);

-- One outcome a key, for good: the transaction, or the refusal as it was told.
create table ledger.keys (
    key_id         bytea primary key,    -- the first half of a hash of scope and key
    fingerprint    bytea not null,
    transaction_id uuid not null,
    refusal        json
);

create table ledger.holds (
    hold_id    uuid primary key,
    account_id bigint not null references ledger.accounts,
    amount     bigint not null check (amount > 0),
    captured   bigint not null default 0 check (captured >= 0),
    released   bigint not null default 0 check (released >= 0),
    state      text not null check (state in ('open', 'captured', 'voided', 'expired')),
    reason     text not null,
    made_at    timestamptz not null,
    expires_at timestamptz not null,
    ended_at   timestamptz,
    check (captured + released <= amount),
    check ((state = 'open') = (ended_at is null)),
    check (state = 'open' or captured + released = amount)
);
create index on ledger.holds (expires_at, hold_id) where state = 'open';
create index on ledger.holds (account_id, hold_id);

-- Units of an expiring asset that came together. Whose account has such an asset has its whole balance in lots.
create table ledger.lots (
    lot_id         uuid primary key,
    account_id     bigint not null references ledger.accounts,
    transaction_id uuid not null,        -- where they came from
    granted        bigint not null check (granted > 0),
    remaining      bigint not null,
    expires_at     timestamptz not null,
    check (remaining between 0 and granted)
);
create index on ledger.lots (account_id, expires_at, lot_id) where remaining > 0;
create index on ledger.lots (expires_at, lot_id) where remaining > 0;

create table ledger.lot_moves (
    lot_id         uuid not null references ledger.lots,
    transaction_id uuid not null,
    change         bigint not null check (change <> 0),
    primary key (lot_id, transaction_id)
);
create index on ledger.lot_moves (transaction_id);

create table ledger.chains (
    chain smallint primary key,
    block bigint not null,
    mac   bytea not null
);
insert into ledger.chains (chain, block, mac) select chain, 0, '' from generate_series(0, 7) as chains(chain);

-- The transactions of one commit; each block's mac covers the one before it.
create table ledger.blocks (
    chain  smallint not null,
    block  bigint not null,
    count  int not null check (count > 0),
    first  uuid not null,                -- its transactions have ids between these two, and so may others
    last   uuid not null,
    digest bytea not null,               -- of the canonical text of its transactions
    mac    bytea not null,               -- made with a key that the database does not have
    at     timestamptz not null,
    primary key (chain, block)
);

-- The least id that can have been made at this moment.
create function ledger.first_id(moment timestamp) returns uuid language sql immutable as $$
    select (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid
$$;

-- Partitions from the month of a moment on; those that are there are left alone. Answers how many were made.
create function ledger.make_months(first timestamptz, count int) returns int language plpgsql as $$
declare
    month timestamp;
    name text;
    parent text;
    made int := 0;
begin
    for ahead in 0 .. count - 1 loop
        month := date_trunc('month', first at time zone 'UTC') + make_interval(months => ahead);
        foreach parent in array array['transactions', 'entries'] loop
            name := format('%s_%s', parent, to_char(month, 'YYYY_MM'));
            if to_regclass('ledger.' || name) is null then
                execute format('create table ledger.%I partition of ledger.%I for values from (%L) to (%L)', name,
                    parent, ledger.first_id(month), ledger.first_id(month + interval '1 month'));
                made := made + 1;
            end if;
        end loop;
    end loop;
    return made;
end
$$;
-- The first months are made here: nothing can be posted before there is one.
select ledger.make_months(statement_timestamp(), 6);

create function ledger.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'ledger.% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;
create trigger append_only before update or delete on ledger.transactions
    for each row execute function ledger.refuse();
create trigger append_only before update or delete on ledger.entries for each row execute function ledger.refuse();
create trigger append_only before update or delete on ledger.blocks for each row execute function ledger.refuse();
create trigger append_only before update or delete on ledger.lot_moves for each row execute function ledger.refuse();
create trigger never_fewer before delete on ledger.balances for each row execute function ledger.refuse();
create trigger never_fewer before delete on ledger.keys for each row execute function ledger.refuse();
create trigger only_forward before update on ledger.chains for each row
    when (new.block <= old.block or new.chain <> old.chain) execute function ledger.refuse();

insert into ledger.assets (code, name, class, exponent, lifetime_days, repay_percent, made_at)
values ('gems', 'Gems', 'currency', 2, null, 100, statement_timestamp()),
    ('coins', 'Coins', 'currency', 0, null, 50, statement_timestamp()),
    ('points', 'Points', 'points', 0, 365, 50, statement_timestamp());
