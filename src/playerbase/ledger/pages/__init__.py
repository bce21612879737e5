"""The pages of the ledger: explorer, doings of operators, economy, proof; and what shows of a wallet elsewhere."""

from playerbase.kit.http import Page, Place
from playerbase.ledger.pages import accounts, assets, blocks, economy, giving, players, proof, transactions

HANDLERS = (accounts, transactions, blocks, assets, economy, giving, proof)

PAGE = Page(
    places=(
        Place("Ledger", "/console/ledger", "ledger", "Economy", "ledger.read"),
        Place("Economy", "/console/economy", "trend", "Economy", "ledger.read"),
        Place("Assets", "/console/assets", "coin", "Economy", "ledger.read"),
        Place("Proof", proof.HERE, "shield", "Economy", "ledger.read"),
    ),
    needs=proof.needs,
    timeline=players.timeline,
    panels=players.panels,
    holds=players.holds,
)

__all__ = ["HANDLERS", "PAGE"]
