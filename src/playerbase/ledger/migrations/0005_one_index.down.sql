create index transactions_by_hold on ledger.transactions (hold_id) where hold_id is not null;
