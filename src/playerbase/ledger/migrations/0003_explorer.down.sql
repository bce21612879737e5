drop table ledger.holders, ledger.standings, ledger.rolled, ledger.flows, ledger.bounds, ledger.locks;
drop index ledger.transactions_by_hold;
drop index ledger.holds_by_state;
drop index ledger.accounts_by_purpose;
drop index ledger.accounts_by_asset;
