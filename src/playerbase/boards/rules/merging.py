"""What becomes of a score where there is one already. Pure."""

from collections.abc import Sequence
from datetime import datetime

from playerbase.boards.model import SCORE_MAX, SCORE_MIN, Direction, Operator, SumTooLarge
from playerbase.boards.rules.order import place

Standing = tuple[int, datetime]  # A score, and when it was reached.


def combined(
    before: Standing | None, score: int, at: datetime, operator: Operator, direction: Direction
) -> Standing | None:
    """What stands after a score, or None where it changes nothing; raises SumTooLarge."""
    if before is None:
        return score, at
    if operator is Operator.SUM:
        total = before[0] + score
        if not SCORE_MIN <= total <= SCORE_MAX:
            raise SumTooLarge
        return (total, max(at, before[1])) if score else None
    if operator is Operator.SET:
        # Of two that come in the wrong order the later one stays.
        return (score, at) if at >= before[1] and score != before[0] else None
    return (score, at) if (place(score, direction), at) < (place(before[0], direction), before[1]) else None


def remaining(marks: Sequence[Standing], operator: Operator, direction: Direction) -> Standing | None:
    """What stands by these scores alone, in whatever order they are; None where there are none."""
    if not marks:
        return None
    if operator is Operator.BEST:
        return min(marks, key=lambda mark: (place(mark[0], direction), mark[1]))
    if operator is Operator.SET:
        return max(marks, key=lambda mark: (mark[1], -place(mark[0], direction)))
    counted = [mark for mark in marks if mark[0]] or list(marks[:1])
    return sum(score for score, _ in marks), max(at for _, at in counted)


def is_plausible(score: int, low: int | None, high: int | None) -> bool:
    """Whether a score lies where nobody need look at it."""
    return (low is None or score >= low) and (high is None or score <= high)
