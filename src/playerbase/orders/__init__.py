"""Orders: the store, and what players buy from their wallets."""
