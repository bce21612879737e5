"""The ledger over HTTP: a player's own wallet, what servers post, what staff sees and does."""

from playerbase.ledger.routes import exploring, holds, looking, operating, proof, transactions, wallet

HANDLERS = (wallet, transactions, holds, looking, exploring, operating, proof)
