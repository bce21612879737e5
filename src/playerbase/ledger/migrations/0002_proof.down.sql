drop table ledger.proofs, ledger.findings, ledger.proved;
drop index ledger.transactions_hold_id_idx;
