"""Who gets what of the final standings. Pure."""

from collections.abc import Sequence
from math import ceil

from playerbase.boards.model import Prize, PrizeBy


def prize_of(prizes: Sequence[Prize], rank: int, entries: int, tier: str | None) -> Prize | None:
    """The first prize that fits somebody; None where none does."""
    for prize in prizes:
        if prize.by is PrizeBy.TIER:
            if tier is not None and tier == prize.tier:
                return prize
        elif rank <= last_rank(prize, entries):
            return prize
    return None


def last_rank(prize: Prize, entries: int) -> int:
    """The last place that can get a prize; a part of a place is a place."""
    if prize.by is PrizeBy.RANK:
        return min(prize.upto, entries)
    if prize.by is PrizeBy.PERCENTILE:
        return ceil(entries * prize.upto / 100)
    return entries


def paid_ranks(prizes: Sequence[Prize], entries: int) -> int:
    """Down to which place anybody can get anything."""
    return max((last_rank(prize, entries) for prize in prizes), default=0)
