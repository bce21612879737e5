"""What the end of a season does to a rating."""

from playerbase.ladder.model import Reset
from playerbase.ladder.rules.ratings import RATING_INITIAL, clamped


def reset(rating: int, kind: str, factor: float) -> int:
    """The rating a season begins with: as it was, drawn towards the middle (R' = m + c (R - m)), or anew."""
    return clamped(round(RATING_INITIAL + carried(kind, factor) * (rating - RATING_INITIAL)))


def carried(kind: str, factor: float) -> float:
    """How much of a point's distance to the middle a reset leaves."""
    return {Reset.NONE: 1.0, Reset.HARD: 0.0}.get(Reset(kind), factor)
