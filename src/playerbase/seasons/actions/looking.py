"""Looking at the calendar: in a transaction or connection of the caller's, or from the memory of the process."""

from datetime import datetime
from uuid import UUID

from playerbase.kit import clock
from playerbase.kit.db import Db, Pool, Reading
from playerbase.seasons import store
from playerbase.seasons.model import Calendar, NoSuchSeason, Part, Season, Settings, State

LOOK_SECONDS = 1.0  # How old what is remembered may be: shorter than anyone notices.
GAMES_SEEN_MAX = 1_000
LAST_ID = UUID(int=2**128 - 1)


async def season(db: Db, season_id: UUID) -> Season:
    """One season; raises NoSuchSeason."""
    found = await store.season(db, season_id)
    if found is None:
        raise NoSuchSeason
    return found


async def calendar(db: Db, game: str) -> Calendar:
    """Every season of a game in the order of time; empty for a game there is none of."""
    return (await calendars(db, [game]))[game]


async def calendars(db: Db, games: list[str]) -> dict[str, Calendar]:
    """The calendars of these games, in one query."""
    found: dict[str, list[Season]] = {game: [] for game in games}
    for each in await store.of_games(db, list(found), store.SEASONS_MAX):
        found[each.game].append(each)
    return {game: Calendar(game, seasons) for game, seasons in found.items()}


async def current(db: Db, game: str) -> Season | None:
    """The season of a game that is active: opened and not fenced yet, the time in which it settles included."""
    return (await calendar(db, game)).current


async def at(db: Db, game: str, moment: datetime) -> Season | None:
    """The season in whose span a moment lies, whatever its state; None in a gap."""
    return (await calendar(db, game)).at(moment)


async def parts(db: Db, season_id: UUID) -> list[Part]:
    """Who has something to do for a season's close, and how far they are; empty before the close begins."""
    return await store.parts(db, [season_id])


async def page(
    db: Db, game: str | None, state: State | None, before: tuple[datetime, UUID] | None, count: int
) -> list[Season]:
    """Seasons, the latest first, before a place."""
    # Seasons are planned years ahead: no place is before all of them but one that no calendar reaches.
    before_at, before_id = before or (datetime.max.replace(tzinfo=clock.now().tzinfo), LAST_ID)
    return await store.page(db, game, None if state is None else state.value, before_at, before_id, count)


async def settings(db: Db) -> Settings:
    """The bounds of the calendar, and what a new season begins with."""
    return await store.settings(db)


async def overdue(db: Db) -> int:
    """How many seasons ought to be closed by now, and are not."""
    return await store.overdue(db, clock.now())


class Seasons(Reading[str, Calendar]):
    """The calendars as they were at most a second ago, for what happens too often to ask each time.

    Whoever writes into a season holds it besides: what this says may be out of date by then.
    """

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._seen: dict[str, tuple[float, int, Calendar]] = {}

    async def fetch(self, db: Db, wanted: list[str]) -> dict[str, Calendar]:
        """The calendars of these games."""
        return await calendars(db, wanted)

    async def calendar(self, game: str) -> Calendar:
        """The calendar of a game now, or a second ago."""
        known = self._seen.get(game)
        # What was read before the test clock was moved may be out of date at once.
        if known is not None and known[0] > clock.monotonic() and known[1] == clock.settings():
            return known[2]
        found = await self.get(game) or Calendar(game, [])
        self._seen.pop(game, None)
        self._seen[game] = (clock.monotonic() + LOOK_SECONDS, clock.settings(), found)
        if len(self._seen) > GAMES_SEEN_MAX:  # Names nobody knows must not fill the memory.
            del self._seen[next(iter(self._seen))]
        return found

    async def current(self, game: str) -> Season | None:
        """The season of a game that is active."""
        return (await self.calendar(game)).current

    async def at(self, game: str, moment: datetime) -> Season | None:
        """The season in whose span a moment lies."""
        return (await self.calendar(game)).at(moment)
