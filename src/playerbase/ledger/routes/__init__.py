"""The ledger over HTTP: a player's own wallet, what servers post, what staff sees."""

from playerbase.ledger.routes import holds, looking, proof, transactions, wallet

HANDLERS = (wallet, transactions, holds, looking, proof)
