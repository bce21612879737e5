"""Boards: scores of a season in exact order. Other modules import this package and nothing inside it."""

from playerbase.boards.actions import boards, create, rebuild, use_redis, warm
from playerbase.boards.events import (
    EVENTS,
    BoardChanged,
    BoardScored,
    BoardSealed,
    PrizePaid,
    SubmissionDecided,
    SubmissionHeld,
)
from playerbase.boards.model import (
    Board,
    BoardDraft,
    Counted,
    Direction,
    Kind,
    Operator,
    Prize,
    PrizeBy,
    ReplayRule,
    Source,
)

__all__ = [
    "EVENTS",
    "Board",
    "BoardChanged",
    "BoardDraft",
    "BoardScored",
    "BoardSealed",
    "Counted",
    "Direction",
    "Kind",
    "Operator",
    "Prize",
    "PrizeBy",
    "PrizePaid",
    "ReplayRule",
    "Source",
    "SubmissionDecided",
    "SubmissionHeld",
    "boards",
    "create",
    "rebuild",
    "use_redis",
    "warm",
]
