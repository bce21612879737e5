"""What the audit log decides by itself: hashes, anchors, what is wrong with a chain, what is worth a row."""

from playerbase.audit.rules import anchors, judging
from playerbase.audit.rules.cells import cell
from playerbase.audit.rules.chain import GENESIS, canonical, chain_of, is_signed, link, sign
from playerbase.audit.rules.worth import is_worth_a_row

__all__ = [
    "GENESIS",
    "anchors",
    "canonical",
    "cell",
    "chain_of",
    "is_signed",
    "is_worth_a_row",
    "judging",
    "link",
    "sign",
]
