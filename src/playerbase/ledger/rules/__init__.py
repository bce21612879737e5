"""What the ledger decides by itself: what is admitted, what a block is, what a key and a fingerprint are."""

from playerbase.ledger.rules.admission import Admitted, Book, Placed, Reversible, Side, side
from playerbase.ledger.rules.amounts import units
from playerbase.ledger.rules.chain import GENESIS, canonical, digest, mac, repair_mac
from playerbase.ledger.rules.lots import Shelves
from playerbase.ledger.rules.proof import (
    follow,
    grown,
    judge_account,
    judge_anchor,
    judge_anchoring,
    judge_entries,
    judge_head,
)
from playerbase.ledger.rules.shape import fault_in, fingerprint, key_id, misplaced

__all__ = [
    "GENESIS",
    "Admitted",
    "Book",
    "Placed",
    "Reversible",
    "Shelves",
    "Side",
    "canonical",
    "digest",
    "fault_in",
    "fingerprint",
    "follow",
    "grown",
    "judge_account",
    "judge_anchor",
    "judge_anchoring",
    "judge_entries",
    "judge_head",
    "key_id",
    "mac",
    "misplaced",
    "repair_mac",
    "side",
    "units",
]
