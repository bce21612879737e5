"""The ladder over HTTP."""

from typing import Annotated, Literal

import msgspec

from playerbase.kit.db import Db, Pool, reading
from playerbase.kit.http import PLAYER, Answer, Caller, Cursors, get, server, staff
from playerbase.kit.redis import Cache
from playerbase.ladder import actions
from playerbase.ladder.actions import Versions
from playerbase.ladder.model import Close, DayEnd, Nearby, Regional, Standings, Top

Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$", examples=["demo"])]
Region = Literal["africa", "americas", "asia", "europe", "oceania"]
Number = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Days = Annotated[int, msgspec.Meta(ge=1, le=366)]
CACHED_SECONDS = 300


class History(msgspec.Struct, frozen=True):
    """The course of a rating by days."""

    game: str
    days: int
    items: list[DayEnd]


@get("/leaderboards/global", policy=PLAYER | server("ladder:read") | staff("ladder.read"), limit="leaderboard")
async def read_top(pool: Pool, cache: Cache, versions: Versions, game: Slug = "demo") -> Top | Answer:
    """The hundred best players of a game, best first; of two equals, who reached the rating first."""
    # The state's number is part of the key, so that nothing need ever be dropped.
    key = f"{game}:{await versions.present(game)}"
    body = await cache.get("ladder:top", key, CACHED_SECONDS, lambda: _top(pool, game), is_state=True)
    return Answer(body)


@get(
    "/leaderboards/regional/{region}", policy=PLAYER | server("ladder:read") | staff("ladder.read"), limit="leaderboard"
)
async def read_region(
    pool: Pool, cache: Cache, versions: Versions, region: Region, game: Slug = "demo"
) -> Regional | Answer:
    """The hundred best players of a region of a game, best first.

    A player's region is the continent of the country in their profile, as it was when a match of theirs was last rated.
    """
    key = f"{game}:{region}:{await versions.present(game)}"
    body = await cache.get("ladder:region", key, CACHED_SECONDS, lambda: _region(pool, game, region), is_state=True)
    return Answer(body)


@get(
    "/leaderboards/seasonal/{season}", policy=PLAYER | server("ladder:read") | staff("ladder.read"), limit="leaderboard"
)
async def read_season(
    db: Db, caller: Caller, cursors: Cursors, season: Number, game: Slug = "demo", limit: Limit = 100, cursor: str = ""
) -> Standings:
    """Who stood where when a season ended, by its number, best first; of the season that runs, the present hundred."""
    await actions.check_game(db, game)
    scope = f"ladder season {game} {season} {caller.subject}"
    (after,) = cursors.read(cursor, tuple[int], scope=scope) if cursor else (0,)
    found, ranks = await actions.standings(db, game, season, after, limit + 1)
    is_final = isinstance(found, Close)
    goes_on = is_final and len(ranks) > limit
    return Standings(
        game, found.season_id, season, is_final, found.players if isinstance(found, Close) else None, ranks[:limit],
        cursors.make((ranks[limit - 1].rank,), scope=scope) if goes_on else None,
    )  # fmt: skip


@get("/leaderboards/me", policy=PLAYER, limit="leaderboard")
async def read_own_rank(db: Db, caller: Caller, game: Slug = "demo") -> Nearby:
    """Your rank, rating and tier, with five players on each side: of all, and of your region if you have one."""
    assert caller.player_id is not None
    await actions.check_game(db, game)
    return await actions.around(db, game, caller.player_id)


@get("/leaderboards/me/history", policy=PLAYER, limit="leaderboard")
async def read_own_history(db: Db, caller: Caller, game: Slug = "demo", days: Days = 90) -> History:
    """Your rating at the end of each day on which something moved it, oldest first; a year back at most."""
    assert caller.player_id is not None
    await actions.check_game(db, game)
    return History(game, days, await actions.day_ends(db, game, caller.player_id, days))


async def _region(pool: Pool, game: str, region: str) -> bytes:
    async with reading(pool) as db:
        await actions.check_game(db, game)
        return msgspec.json.encode(await actions.regional(db, game, region))


async def _top(pool: Pool, game: str) -> bytes:
    async with reading(pool) as db:
        await actions.check_game(db, game)
        return msgspec.json.encode(await actions.top(db, game))
