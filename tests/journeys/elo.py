"""The ratings of all matches, computed by nothing the ladder is made of: Elo's formula as a fan would write it down."""

from collections import defaultdict
from collections.abc import Iterable

from playerbase.demo import Fixture


def elo(played: Iterable[Fixture], void: Iterable[Fixture] = ()) -> dict[str, int]:
    """The void ones are taken back when all were played, in their order: each side returns what it won or lost."""
    ratings: dict[str, int] = defaultdict(lambda: 1200)
    did: dict[tuple[int, str], int] = {}
    for match in played:
        home, away = ratings[match.home], ratings[match.away]
        points = (match.home_score > match.away_score) + 0.5 * (match.home_score == match.away_score)
        for side, mine, other, got in ((match.home, home, away, points), (match.away, away, home, 1 - points)):
            k = 32 if mine < 2000 else 24 if mine < 2400 else 16
            expected = 1 / (1 + 10 ** ((other - mine) / 400))
            ratings[side] = max(100, min(3000, round(mine + k * (got - expected))))
            did[match.number, side] = ratings[side] - mine
    for match in void:
        for side in (match.home, match.away):
            ratings[side] = max(100, min(3000, ratings[side] - did[match.number, side]))
    return dict(ratings)
