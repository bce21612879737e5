"""The pages of the ledger: its proof."""

from playerbase.kit.http import Page, Place
from playerbase.ledger.pages import proof

HANDLERS = (proof,)

PAGE = Page(places=(Place("Proof", proof.HERE, "shield", "Economy", "ledger.read"),), needs=proof.needs)

__all__ = ["HANDLERS", "PAGE"]
