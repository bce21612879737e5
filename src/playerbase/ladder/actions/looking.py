"""Who stands where: in a game, in a region of it, and around a player."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from playerbase import games, profiles
from playerbase.kit import clock
from playerbase.kit.db import Db, Pool, Reading
from playerbase.ladder import rules, store
from playerbase.ladder.model import DayEnd, Nearby, NoSuchGame, Place, Rank, Rating, Regional, Top

TOP_MAX = 100
NEARBY = 5
LOOK_SECONDS = 1.0  # How old a list of the ladder may be: shorter than anyone notices.
GAMES_SEEN_MAX = 1_000


class Versions(Reading[str, int]):
    """Which state of each ladder is the present one, asked of the database at most once a second."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._seen: dict[str, tuple[float, int]] = {}

    async def fetch(self, db: Db, wanted: list[str]) -> dict[str, int]:
        """The versions of these games' ladders."""
        return {each.game: each.version for each in await store.versions_of(db, wanted)}

    async def present(self, game: str) -> int:
        """The version now, or a second ago."""
        known = self._seen.get(game)
        if known is not None and known[0] > clock.monotonic():
            return known[1]
        version = await self.get(game) or 0
        self._seen.pop(game, None)
        self._seen[game] = (clock.monotonic() + LOOK_SECONDS, version)
        if len(self._seen) > GAMES_SEEN_MAX:  # Names nobody knows must not fill the memory.
            del self._seen[next(iter(self._seen))]
        return version


async def check_game(db: Db, game: str) -> None:
    """Nothing for a game there is; raises NoSuchGame."""
    if await games.game(db, game) is None:
        raise NoSuchGame


async def top(db: Db, game: str, count: int = TOP_MAX) -> Top:
    """The best players of a game, best first."""
    places = await store.top_places(db, game, count)
    return Top(game, await ranked(db, places, first=1))


async def regional(db: Db, game: str, region: str, count: int = TOP_MAX) -> Regional:
    """The best players of a region, best first."""
    return Regional(game, region, await ranked(db, await store.region_top(db, game, region, count), first=1))


async def day_ends(db: Db, game: str, player_id: UUID, days: int) -> list[DayEnd]:
    """The rating at the end of each of the last days on which something moved it, oldest first."""
    first = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)
    return await store.day_ends(db, game, player_id, first)


async def standing(db: Db, game: str, player_id: UUID) -> tuple[Rating, int | None]:
    """A player's rating and rank; a newcomer has no rank yet."""
    rating = await store.rating_of(db, game, player_id)
    if rating is None or rating.reached_at is None:
        return rules.newcomer(player_id), None
    return rating, 1 + await store.count_above(db, game, rating.rating, rating.reached_at, player_id)


async def around(db: Db, game: str, player_id: UUID) -> Nearby:
    """Where a player stands, with five rows on each side."""
    rating, rank = await standing(db, game, player_id)
    rows: list[Rank] = []
    if rank is not None and rating.reached_at is not None:
        above = await store.places_above(db, game, rating.rating, rating.reached_at, player_id, NEARBY)
        below = await store.places_below(db, game, rating.rating, rating.reached_at, player_id, NEARBY)
        own = Place(player_id, rating.rating, rating.played, rating.reached_at)
        rows = await ranked(db, [*reversed(above), own, *below], first=rank - len(above))
    region_rank, region_rows = await _around_in_region(db, game, rating)
    return Nearby(
        game, player_id, rank, rating.rating, rating.peak, rules.tier(rating.rating), rating.played, rating.won,
        rating.drawn, rating.lost, rows, rating.region, region_rank, region_rows,
    )  # fmt: skip


async def ranked(db: Db, places: Sequence[Place], *, first: int) -> list[Rank]:
    """Places with names and tiers, counted from the first."""
    names = await profiles.names(db, [place.player_id for place in places])
    return [
        Rank(
            rank, place.player_id, names.get(place.player_id, ""), place.rating, rules.tier(place.rating), place.played
        )
        for rank, place in enumerate(places, first)
    ]


async def _around_in_region(db: Db, game: str, rating: Rating) -> tuple[int | None, list[Rank]]:
    """The rank among those of a player's region, and the rows around."""
    if rating.region is None or rating.reached_at is None:
        return None, []
    place = (game, rating.region, rating.rating, rating.reached_at, rating.player_id)
    rank = 1 + await store.region_count_above(db, *place)
    above = await store.region_above(db, *place, NEARBY)
    below = await store.region_below(db, *place, NEARBY)
    own = Place(rating.player_id, rating.rating, rating.played, rating.reached_at)
    return rank, await ranked(db, [*reversed(above), own, *below], first=rank - len(above))
