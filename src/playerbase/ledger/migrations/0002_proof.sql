-- Which transactions belong to a hold: for proving holds, and for telling their story.
create index on ledger.transactions (hold_id) where hold_id is not null;

-- How far the blocks of each chain were proved on the clock. Spares work, and is no evidence.
create table ledger.proved (
    chain smallint primary key,
    block bigint not null,
    mac   bytea not null,
    at    timestamptz not null
);

-- What does not hold, until a proof of everything no longer finds it.
create table ledger.findings (
    finding_id     uuid primary key,
    flaw           text not null,
    says           text not null,
    transaction_id uuid,
    account_id     bigint,
    chain          smallint,
    block          bigint,
    found_at       timestamptz not null,
    settled_at     timestamptz
);
create unique index on ledger.findings (flaw, transaction_id, account_id, chain, block) nulls not distinct
    where settled_at is null;

-- Proofs of everything that somebody asked for, and what they came to.
create table ledger.proofs (
    proof_id uuid primary key,
    asked_by text not null,
    asked_at timestamptz not null,
    what     text not null default '',   -- what is being read, how much of it was, and of how much
    done     bigint not null default 0,
    total    bigint not null default 0,
    ended_at timestamptz,
    verdict  json
);
create index on ledger.proofs (asked_at desc);
