"""Who stands where on a board."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.boards import actions
from playerbase.boards.actions import Asked, Called, Page, Runs
from playerbase.boards.model import Near
from playerbase.kit.db import Db, Pool, reading
from playerbase.kit.http import PLAYER, Answer, Caller, get, server, staff
from playerbase.kit.redis import Cache

READ = PLAYER | server("boards:read") | staff("boards.read")
CACHED_SECONDS = 300

BoardCode = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]{0,31}$", examples=["sprint"])]
Count = Annotated[int, msgspec.Meta(ge=1, le=actions.TOP_MAX)]
EachSide = Annotated[int, msgspec.Meta(ge=0, le=actions.NEARBY_MAX)]
Country = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$", examples=["CH"])]


@get("/leaderboards/{season_id}/top", policy=READ, limit="leaderboard")
async def read_top(
    pool: Pool, cache: Cache, runs: Runs, season_id: UUID, board: BoardCode | None = None,
    limit: Count = actions.TOP_MAX, region: Country | None = None,
) -> Page | Answer:  # fmt: skip
    """The first of a board, best first; of equals, who reached the score first.

    ``region`` keeps to one country, on a board that is regional; ranks are then those of that country.
    """
    run = await runs.run(season_id, board)
    version = max(run.version, actions.committed_version(run.run_id) if run.run_id else 0)

    async def load() -> bytes:
        async with reading(pool) as db:
            if region is not None:
                return msgspec.json.encode(await actions.of_region(db, season_id, run, region, limit))
        return msgspec.json.encode(await actions.top(pool, season_id, run, limit))

    # The state's number is part of the key, so that nothing need ever be dropped.
    key = f"{run.run_id or season_id}:{run.code}:{version}:{limit}:{region or ''}:{run.sealed_at is not None}"
    return Answer(await cache.get("boards:top", key, CACHED_SECONDS, load, is_state=True))


@get("/leaderboards/{season_id}/rank/{player_id}", policy=READ, limit="leaderboard")
async def read_rank(
    pool: Pool, runs: Runs, season_id: UUID, player_id: UUID, board: BoardCode | None = None
) -> Near:  # fmt: skip
    """Where a player stands: rank, score, and how many in a hundred stand there or above."""
    run = await runs.run(season_id, board)
    found = await actions.lines(pool, run, Asked(player_id=player_id, each_side=0))
    near = actions.near(season_id, run, player_id, found, actions.named({}, found))
    return msgspec.structs.replace(near, items=[])


@get("/leaderboards/{season_id}/around/{player_id}", policy=READ, limit="leaderboard")
async def read_around(
    pool: Pool, runs: Runs, called: Called, season_id: UUID, player_id: UUID,
    board: BoardCode | None = None, n: EachSide = actions.NEARBY,
) -> Near:  # fmt: skip
    """Where a player stands, with ``n`` rows on each side; near an end the others are shown instead."""
    run = await runs.run(season_id, board)
    found = await actions.lines(pool, run, Asked(player_id=player_id, each_side=n))
    names = await called.names([line.player_id for line in found.lines])
    return actions.near(season_id, run, player_id, found, actions.named(names, found))


@get("/leaderboards/{season_id}/friends", policy=PLAYER, limit="leaderboard")
async def read_friends(db: Db, caller: Caller, season_id: UUID, board: BoardCode | None = None) -> Page:
    """You and your friends in the order of a board; ranks are those among you."""
    assert caller.player_id is not None
    run = await actions.resolve(db, season_id, board)
    players = [caller.player_id, *await actions.friends_of(db, caller.player_id)]
    return await actions.among(db, season_id, run, players)
