-- What the console lists: the accounts of an asset or for a purpose, holds in one state, all that became of a hold.
create index accounts_by_asset on ledger.accounts (asset_id, account_id);
create index accounts_by_purpose on ledger.accounts (purpose, account_id) where purpose <> 'main';
create index holds_by_state on ledger.holds (state, hold_id);
create index transactions_by_hold on ledger.transactions (hold_id) where hold_id is not null;

-- Why an account was locked, by whom and until when. The balance's own mark is what a posting reads.
create table ledger.locks (
    lock_id    uuid primary key,
    account_id bigint not null references ledger.accounts,
    level      text not null check (level in ('debits', 'all')),
    reason     text not null,
    made_by    text not null,
    made_at    timestamptz not null,
    ends_at    timestamptz,              -- null: until somebody lifts it
    lifted_at  timestamptz,
    lifted_by  text not null default '',
    lifted_why text not null default ''
);
create unique index locks_open on ledger.locks (account_id) where lifted_at is null;
create index locks_due on ledger.locks (ends_at) where lifted_at is null;
create index locks_of_account on ledger.locks (account_id, lock_id);

-- From which amount on staff proves anew who they are; an asset without a row has the default.
create table ledger.bounds (
    asset_id    smallint primary key references ledger.assets,
    proof_above bigint not null check (proof_above >= 0),
    set_by      text not null,
    set_at      timestamptz not null
);

-- What was posted, by day, purpose and kind: what plots are drawn from, so that nobody adds up history for a page.
create table ledger.flows (
    asset_id smallint not null references ledger.assets,
    day      date not null,
    purpose  text not null,
    kind     text not null,
    entries  bigint not null check (entries > 0),
    credited numeric not null check (credited >= 0),
    debited  numeric not null check (debited >= 0),
    primary key (asset_id, day, purpose, kind)
);
-- Up to which block of each chain that was added up: in a chain nothing is ever written before what is there.
create table ledger.rolled (
    chain smallint primary key references ledger.chains,
    block bigint not null
);
insert into ledger.rolled (chain, block) select chain, 0 from ledger.chains;

-- How an asset stands among players, and who has most of it, as it was counted last.
create table ledger.standings (
    asset_id smallint primary key references ledger.assets,
    holders  bigint not null,
    supply   numeric not null,
    held     numeric not null,
    debtors  bigint not null,
    debt     numeric not null,
    at       timestamptz not null
);
create table ledger.holders (
    asset_id smallint not null references ledger.assets,
    rank     int not null,
    owner_id uuid not null,
    balance  bigint not null,
    primary key (asset_id, rank)
);
