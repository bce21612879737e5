"""What the audit log decides by itself: hashes, anchors, what is wrong, what is worth a row, what may go."""

from playerbase.audit.rules import anchors, judging, policy, starts
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
    "policy",
    "sign",
    "starts",
]
