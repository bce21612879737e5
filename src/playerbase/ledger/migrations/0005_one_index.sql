-- There were two of the same: transactions_hold_id_idx does for both.
drop index ledger.transactions_by_hold;
