"""In which season of its game a match ended."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from playerbase import matches, seasons
from playerbase.kit.db import Db


async def season_numbers(db: Db, told: Sequence[matches.MatchCompleted]) -> dict[UUID, int]:
    """The number of the season each match ended in; who ended in none is left out."""
    calendars = await seasons.calendars(db, sorted({match.game for match in told}))
    found = {
        match.match_id: calendars[match.game].at(match.started_at + timedelta(seconds=match.duration_seconds))
        for match in told
        if calendars[match.game].seasons
    }
    return {match_id: season.number for match_id, season in found.items() if season is not None}


async def current_season(db: Db, game: str) -> int | None:
    """The number of the season of a game that is open now."""
    season = await seasons.current(db, game)
    return None if season is None else season.number


async def is_season(db: Db, game: str, number: int) -> bool:
    """Whether a game has or had a season of this number."""
    return any(season.number == number for season in (await seasons.calendar(db, game)).seasons)
