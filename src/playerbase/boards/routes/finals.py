"""Final standings, for whoever wants to check them."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import access
from playerbase.boards import actions
from playerbase.boards.actions import Final, Runs
from playerbase.boards.model import StandingsNotFinal
from playerbase.boards.routes.reading import READ, BoardCode
from playerbase.kit.db import Pool
from playerbase.kit.http import Site, get

Rank = Annotated[int, msgspec.Meta(ge=0, le=10_000_000_000)]
Rows = Annotated[int, msgspec.Meta(ge=0, le=1_000)]


@get("/leaderboards/{season_id}/final", policy=READ, limit="leaderboard")
async def read_final(
    pool: Pool, site: Site, runs: Runs, season_id: UUID, board: BoardCode | None = None,
    player_id: UUID | None = None, after_rank: Rank = 0, limit: Rows = 100,
) -> Final:  # fmt: skip
    """The final standings of a board, signed with the published keys: rows after a rank, and the proof of one player's.

    Each row is hashed as `rank player_id score reached_at` after a zero byte, and the hashes make a tree as in
    RFC 6962, whose root is in the statement. The guide to boards has a program that checks it.
    """
    run = await runs.run(season_id, board)
    if run.run_id is None:
        raise StandingsNotFinal
    keyring: access.Keyring = site.lane(access.Keyring)
    return await actions.final(pool, keyring, run.run_id, after=after_rank, count=limit, player_id=player_id)
