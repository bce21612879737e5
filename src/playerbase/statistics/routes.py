"""Statistics over HTTP."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import ladder
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import PLAYER, Caller, Cursors, Listing, Request, get, put, server, staff
from playerbase.statistics import actions
from playerbase.statistics.model import (
    Course,
    Figures,
    Matchup,
    NoSeasonNow,
    Overview,
    Period,
    Played,
    StatisticsSettings,
)  # fmt: skip

Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$", examples=["demo"])]
Limit = Annotated[int, msgspec.Meta(ge=1, le=50)]
Number = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
LAST_ID = UUID(int=2**128 - 1)


@get("/stats/me/lifetime", policy=PLAYER, limit="game")
async def my_lifetime(db: Db, caller: Caller, game: Slug = "demo") -> Figures:
    """All I did in a game: counts, rates and bests. A rate of nothing is null."""
    await ladder.check_game(db, game)
    return await actions.lifetime(db, _own(caller), game)


@get("/stats/me/seasonal", policy=PLAYER, limit="game")
async def my_season(db: Db, caller: Caller, game: Slug = "demo", season: Number | None = None) -> Figures:
    """What I did in a season, by its number; in the present one unless said."""
    await ladder.check_game(db, game)
    found = await actions.span_of_season(db, _own(caller), game, season)
    if found is None:
        raise NoSeasonNow
    return found


@get("/stats/me/weekly", policy=PLAYER, limit="game")
async def my_week(db: Db, caller: Caller, game: Slug = "demo", at: date | None = None) -> Figures:
    """What I did in the week of a date, from Monday on in UTC; in this one unless said."""
    await ladder.check_game(db, game)
    return await actions.span_at(db, _own(caller), game, Period.WEEK, at)


@get("/stats/me/daily", policy=PLAYER, limit="game")
async def my_day(db: Db, caller: Caller, game: Slug = "demo", at: date | None = None) -> Figures:
    """What I did on a date, in UTC; today unless said."""
    await ladder.check_game(db, game)
    return await actions.span_at(db, _own(caller), game, Period.DAY, at)


@get("/stats/me/matches", policy=PLAYER, limit="game")
async def my_matches(
    db: Db, caller: Caller, cursors: Cursors, game: Slug | None = None, limit: Limit = 10, cursor: str = ""
) -> Listing[Played]:
    """My matches, latest begun first; ten at a time unless said, fifty at most."""
    scope = f"stats matches {game} {caller.subject}"
    latest = (clock.now() + timedelta(days=1), LAST_ID)
    at = cursors.read(cursor, tuple[datetime, UUID], scope=scope) if cursor else latest
    found = await actions.history(db, _own(caller), game, *at, limit + 1)
    shown, more = found[:limit], found[limit:]
    return Listing(shown, cursors.make((shown[-1].started_at, shown[-1].match_id), scope=scope) if more else None)


@get("/stats/me/trends", policy=PLAYER, limit="game")
async def my_trend(db: Db, caller: Caller, game: Slug = "demo") -> Course:
    """Whether my rating rose, fell or held in thirty days, judged so that who stays as good is seldom told otherwise.

    ``unknown`` with fewer than ten days on which I was rated. Of players who stay as good as they are, at most one in
    twenty is told of a trend.
    """
    await ladder.check_game(db, game)
    return await actions.course(db, _own(caller), game)


@get("/stats/me/matchups/{player_id}", policy=PLAYER, limit="game")
async def my_matchup(db: Db, caller: Caller, player_id: UUID, game: Slug = "demo") -> Matchup:
    """How often I won against somebody, in matches of two."""
    await ladder.check_game(db, game)
    return await actions.matchup(db, game, _own(caller), player_id)


@get("/stats/{player_id}", policy=PLAYER | server("matches:read") | staff("matches.read"), limit="game")
async def read_statistics(db: Db, caller: Caller, player_id: UUID, game: Slug = "demo") -> Overview:
    """How somebody does: rank, lifetime and season. Who keeps to themselves is not there for others."""
    await ladder.check_game(db, game)
    sees_private = caller.player_id == player_id or "matches.read" in caller.permissions or caller.game == game
    return await actions.overview(db, player_id, game, sees_private=sees_private)


@get("/admin/stats/settings", policy=staff("operations.read"), limit="console")
async def read_statistics_settings(db: Db) -> StatisticsSettings:
    """How long days and weeks are kept one by one."""
    return await actions.settings(db)


@put("/admin/stats/settings", policy=staff("operations.write"), limit="console")
async def set_statistics_settings(tx: Tx, request: Request, body: StatisticsSettings) -> StatisticsSettings:
    """Decide how long days and weeks are kept; what is older is deleted within six hours and does not come back."""
    return await actions.decide(tx, request, body)


def _own(caller: Caller) -> UUID:
    assert caller.player_id is not None
    return caller.player_id
