"""Ledger: everything that is counted, in double entry."""
