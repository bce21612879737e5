"""The ladder over HTTP."""

from typing import Annotated

import msgspec

from playerbase.kit.db import Db, Pool, reading
from playerbase.kit.http import PLAYER, Answer, Caller, get, server, staff
from playerbase.kit.redis import Cache
from playerbase.ladder import actions
from playerbase.ladder.actions import Versions
from playerbase.ladder.model import Nearby, Top

Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$", examples=["demo"])]
CACHED_SECONDS = 300


@get("/leaderboards/global", policy=PLAYER | server("ladder:read") | staff("ladder.read"), limit="leaderboard")
async def read_top(pool: Pool, cache: Cache, versions: Versions, game: Slug = "demo") -> Top | Answer:
    """The hundred best players of a game, best first; of two equals, who reached the rating first."""
    # The state's number is part of the key, so that nothing need ever be dropped.
    key = f"{game}:{await versions.present(game)}"
    body = await cache.get("ladder:top", key, CACHED_SECONDS, lambda: _top(pool, game), is_state=True)
    return Answer(body)


@get("/leaderboards/me", policy=PLAYER, limit="leaderboard")
async def read_own_rank(db: Db, caller: Caller, game: Slug = "demo") -> Nearby:
    """Your rank, rating and tier, with five players on each side."""
    assert caller.player_id is not None
    await actions.check_game(db, game)
    return await actions.around(db, game, caller.player_id)


async def _top(pool: Pool, game: str) -> bytes:
    async with reading(pool) as db:
        await actions.check_game(db, game)
        return msgspec.json.encode(await actions.top(db, game))
