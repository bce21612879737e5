"""Boards in the portal: who stands first, and where the player does."""

from typing import Annotated

import msgspec

from playerbase import games, profiles, seasons
from playerbase.boards import actions, store
from playerbase.boards.actions import Asked
from playerbase.boards.model import Board, Lines
from playerbase.kit.db import Db
from playerbase.kit.http import PLAYER, Answer, Caller, Rendering, Request, get

HERE = "/portal/boards"
FIRST_ROWS = 10
ENDED_SHOWN = 10
Word = Annotated[str, msgspec.Meta(max_length=64)]


@get(HERE, policy=PLAYER, limit="console", page=True)
async def read_boards(
    db: Db, request: Request, caller: Caller, rendering: Rendering, game: Word = "", board: Word = ""
) -> Answer:
    """The head of a board in the season that runs, the player's own place, and how earlier seasons ended for them."""
    assert caller.player_id is not None
    everything = [each for each in await actions.boards(db) if each.is_open]
    known = [each for each in await games.games(db) if any(some.game == each.slug for some in everything)]
    chosen = next((each for each in known if each.slug == game), known[0] if known else None)
    mine = [each for each in everything if chosen is not None and each.game == chosen.slug]
    shown = next((each for each in mine if each.code == board), mine[0] if mine else None)
    season = None if chosen is None else await seasons.current(db, chosen.slug)
    top = await _lines(db, season, shown, Asked(count=FIRST_ROWS))
    near = await _lines(db, season, shown, Asked(player_id=caller.player_id, each_side=2))
    return rendering.page(
        request, "boards/portal.html", games=known, chosen=chosen, boards=mine, shown=shown, season=season, top=top,
        near=near, own=caller.player_id, ended=await store.sealed_runs(db, caller.player_id, ENDED_SHOWN),
        names=await profiles.names(db, [line.player_id for line in (*top.lines, *near.lines)]),
        is_live=not caller.actor_id,
    )  # fmt: skip


async def _lines(db: Db, season: seasons.Season | None, shown: Board | None, asked: Asked) -> Lines:
    run = None if season is None or shown is None else await store.run_of(db, season.season_id, shown.board_id)
    return Lines(1, None, 0, []) if run is None else await actions.seen_by_staff(db, run, asked)
