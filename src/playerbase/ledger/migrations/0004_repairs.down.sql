drop table ledger.repairs;
