"""How much experience a match gives. Whole numbers throughout: what is rounded is rounded once, and down."""

from datetime import datetime, timedelta

from playerbase.battlepass.model import Rates, Source

TENTHS = 10


def result(*, is_winner: bool, has_winner: bool) -> Source:
    """How a match ended for one player: without a winner it was a draw for all."""
    if not has_winner:
        return Source.MATCH_DRAW
    return Source.MATCH_WIN if is_winner else Source.MATCH_LOSS


def earned(rates: Rates, source: Source, *, kills: int, streak: int, seconds: int) -> int:
    """What a match gives a player: counted in tenths, rounded down to whole points, and then kept in bounds."""
    base = {Source.MATCH_WIN: rates.win, Source.MATCH_DRAW: rates.draw, Source.MATCH_LOSS: rates.loss}[source]
    tenths = TENTHS * (base + rates.kill * kills + rates.streak * streak) + rates.second_tenths * seconds
    return min(max(tenths // TENTHS, rates.least), rates.most)


def catch_up(amount: int, *, tier: int, tiers: int, days: int, at: datetime, began: datetime, ends: datetime) -> int:
    """What somebody gains besides who is behind, in so many last days of a season; 0 for no days.

    Expected is the tier of somebody who climbs evenly to the last one. Who stands on none of that gains as much again,
    who stands half-way half as much; rounded down.
    """
    if not days or not began <= at < ends or at < ends - timedelta(days=days):
        return 0
    second = timedelta(seconds=1)
    expected = tiers * ((at - began) // second) // max((ends - began) // second, 1)
    behind = max(expected - tier, 0)
    return amount * behind // expected if expected else 0


def capped(amount: int, cap: int | None, gained: int) -> int:
    """What of an amount still counts on a day on which so much was gained."""
    return amount if cap is None else max(0, min(amount, cap - gained))
