"""Counting what was posted and what was refused, once it is committed."""

from collections import Counter as Tally
from collections.abc import Sequence

from playerbase.kit import metrics
from playerbase.kit.errors import Refusal
from playerbase.ledger.model import Posted, Posting

_postings = metrics.Counter(
    "ledger_postings", "Postings by kind, and what became of them: posted, replayed or refused.", ["kind", "outcome"]
)
_refusals = metrics.Counter("ledger_refusals", "Postings that were refused, by code.", ["code"])


def count(postings: Sequence[Posting], outcomes: Sequence[Posted | Refusal]) -> None:
    """Count the postings of a commit: a label is looked up once, however many there are of it."""
    kinds: Tally[tuple[str, str]] = Tally()
    codes: Tally[str] = Tally()
    for posting, outcome in zip(postings, outcomes, strict=True):
        if isinstance(outcome, Refusal):
            codes[outcome.code] += 1
            kinds[posting.kind, "refused"] += 1
        else:
            kinds[posting.kind, "replayed" if outcome.replayed else "posted"] += 1
    for labels, many in kinds.items():
        _postings.labels(*labels).inc(many)
    for code, many in codes.items():
        _refusals.labels(code).inc(many)
