drop table ledger.blocks, ledger.chains, ledger.lot_moves, ledger.lots, ledger.holds, ledger.keys, ledger.entries,
    ledger.transactions, ledger.balances, ledger.accounts, ledger.assets;
drop function ledger.make_months, ledger.first_id, ledger.refuse;
drop schema ledger;
