"""How ratings move. Pure: no clock, no dice, no database.

The Elo system, after A. Elo, The Rating of Chessplayers, Past and Present (1978).
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from msgspec.structs import replace

from playerbase.ladder.model import Rating, Tier

RATING_INITIAL = 1200
RATING_MIN = 100
RATING_MAX = 3000
# From this rating on, one match moves it by at most so many points: the better known, the steadier.
K_FACTORS = ((2400, 16), (2000, 24), (RATING_MIN, 32))
TIERS = (
    (2800, Tier.GRANDMASTER),
    (2400, Tier.MASTER),
    (2000, Tier.DIAMOND),
    (1600, Tier.PLATINUM),
    (1200, Tier.GOLD),
    (800, Tier.SILVER),
    (RATING_MIN, Tier.BRONZE),
)
WIN, DRAW, LOSS = 1.0, 0.5, 0.0


def expected_score(rating: int, opponent: int) -> float:
    """The score to expect of one match, from 0 (a sure loss) to 1: 400 points ahead is ten to one."""
    return 1 / (1 + 10 ** ((opponent - rating) / 400))


def k_factor(rating: int) -> int:
    """The most points one match can move this rating."""
    return next(k for floor, k in K_FACTORS if rating >= floor)


def tier(rating: int) -> Tier:
    """The band a rating lies in."""
    return next(name for floor, name in TIERS if rating >= floor)


def moved(rating: int, opponent: int, score: float) -> int:
    """The rating after a match against this opponent: own K-factor, rounded once, half to even, kept in bounds.

    Each side moves by its own K, so points are not conserved between K bands; the drift is a metric.
    """
    return clamped(round(rating + k_factor(rating) * (score - expected_score(rating, opponent))))


def clamped(rating: int) -> int:
    """Kept in bounds, so that no outlier runs away."""
    return min(max(rating, RATING_MIN), RATING_MAX)


def newcomer(player_id: UUID) -> Rating:
    """Where everybody begins."""
    return Rating(player_id, RATING_INITIAL, RATING_INITIAL, 0, 0, 0, 0, None)


def settle(a: Rating, b: Rating, score_a: float, at: datetime) -> tuple[Rating, Rating]:
    """Both ratings after a match in which a scored 1, 0.5 or 0: the less expected the result, the more it moves."""
    return (
        _after(a, moved(a.rating, b.rating, score_a), score_a, at),
        _after(b, moved(b.rating, a.rating, 1 - score_a), 1 - score_a, at),
    )


def taken_back(now: Rating, *, change: int, score: float, height: int, at: datetime) -> Rating:
    """A rating without what one match did to it, or what resets left of that. What later matches did stays.

    ``height`` is the highest rating reached by the matches that still count.
    """
    rating = clamped(now.rating - change)
    return replace(
        now,
        rating=rating,
        peak=max(RATING_INITIAL, height, rating),
        played=now.played - 1,
        won=now.won - (score == WIN),
        drawn=now.drawn - (score == DRAW),
        lost=now.lost - (score == LOSS),
        reached_at=at if rating != now.rating else now.reached_at,
    )


def score_of(player_id: UUID, players: Sequence[UUID], winner_id: UUID | None) -> float | None:
    """What a player scored in a match of two; None for a match the ladder does not rate."""
    if len(players) != 2:  # noqa: PLR2004 - Elo is a game of two
        return None
    return DRAW if winner_id is None else WIN if winner_id == player_id else LOSS


def bands(counts: Sequence[tuple[int, int]]) -> list[tuple[Tier, int]]:
    """How many players each tier holds, highest first, from how many hold each rating."""
    floors = [(RATING_MAX + 1, Tier.GRANDMASTER), *TIERS]
    return [
        (name, sum(count for rating, count in counts if floor <= rating < ceiling))
        for (ceiling, _), (floor, name) in pairwise(floors)
    ]


def _after(rating: Rating, points: int, score: float, at: datetime) -> Rating:
    return Rating(
        rating.player_id,
        points,
        max(rating.peak, points),
        rating.played + 1,
        rating.won + (score == WIN),
        rating.drawn + (score == DRAW),
        rating.lost + (score == LOSS),
        at if points != rating.rating or rating.reached_at is None else rating.reached_at,
        rating.region,
    )
