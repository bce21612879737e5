"""The proof of the ledger: of everything when somebody asks, and of what is new on the clock."""

from playerbase.ledger.actions.proof.anchoring import anchor, anchored
from playerbase.ledger.actions.proof.asked import ask_proof, last_proof, prove_all
from playerbase.ledger.actions.proof.commanding import Compared, prove_command, told, told_as_json
from playerbase.ledger.actions.proof.keeping import count_findings, keep
from playerbase.ledger.actions.proof.kept import findings
from playerbase.ledger.actions.proof.proving import prove
from playerbase.ledger.actions.proof.repairing import LOCKED_BY, repair
from playerbase.ledger.actions.proof.watching import watch

__all__ = [
    "LOCKED_BY",
    "Compared",
    "anchor",
    "anchored",
    "ask_proof",
    "count_findings",
    "findings",
    "keep",
    "last_proof",
    "prove",
    "prove_all",
    "prove_command",
    "repair",
    "told",
    "told_as_json",
    "watch",
]
