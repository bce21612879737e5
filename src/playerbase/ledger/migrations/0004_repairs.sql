-- Where the balances after entries do not follow from one another because somebody changed the account's row, and by how
-- much: what staff found and put right. Tied with a key that is not here, so that nobody excuses their own change.
create table ledger.repairs (
    repair_id  uuid not null,
    account_id bigint not null references ledger.accounts,
    seq        bigint not null,          -- of the entry whose balance is off from the one before
    off        bigint not null,
    reason     text not null,
    made_by    text not null,
    made_at    timestamptz not null,
    mac        bytea not null,
    primary key (account_id, seq, off)
);
create trigger append_only before update or delete on ledger.repairs for each row execute function ledger.refuse();
