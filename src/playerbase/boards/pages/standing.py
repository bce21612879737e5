"""One board as it stands, and taking entries from it."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import audit, profiles, seasons
from playerbase.boards import actions, rules, store
from playerbase.boards.actions import Asked
from playerbase.boards.model import Lines, NoSuchBoard
from playerbase.boards.pages.listing import HERE, JUDGE, KEEPS, ORDERS, READ, SOURCES, TOLD
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect

ROWS = 100
HIDDEN_MAX = 50
SEASONS_SHOWN = 6
FIRST = UUID(int=0)
DONE = {
    "hide": "Hidden. Everybody else has moved up.", "remove": "Removed. Everybody else has moved up.",
    "restore": "It stands on the board again.",
}  # fmt: skip
DEEDS = {"hide": "board_entry_hidden", "remove": "board_entry_removed", "restore": "board_entry_restored"}
Verb = Annotated[str, msgspec.Meta(pattern="^(hide|remove|restore)$")]


class Why(msgspec.Struct, frozen=True):
    """A form that asks why."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


@get(f"{HERE}/{{board_id}}", policy=READ, limit="console", page=True)
async def read_board(
    db: Db, request: Request, rendering: Rendering, board_id: UUID, season: UUID | None = None, told: str = ""
) -> Answer:
    """The first of a board in a season, and who was taken from it."""
    board = await actions.board(db, board_id)
    calendar = [each for each in (await seasons.calendar(db, board.game)).seasons if each.started_at is not None]
    chosen = next((each for each in calendar if each.season_id == season), calendar[-1] if calendar else None)
    run = None if chosen is None else await store.run_of(db, chosen.season_id, board_id)
    found, hidden = Lines(1, None, 0, []), []
    if run is not None:
        found = await actions.seen_by_staff(db, run, Asked(count=ROWS))
        hidden = await store.hidden_of(db, run.run_id, FIRST, HIDDEN_MAX)
    names = await profiles.names(db, [*(line.player_id for line in found.lines), *(e.player_id for e in hidden)])
    return rendering.page(
        request, "boards/board.html", board=board, run=run, lines=found.lines, hidden=hidden, names=names,
        size=found.size, chosen=chosen, seasons=calendar[-SEASONS_SHOWN:], orders=ORDERS, keeps=KEEPS,
        sources=SOURCES, prizes=rules.prize_lines.written(board.prizes).splitlines(),
        told=TOLD.get(told, DONE.get(told, "")),
    )  # fmt: skip


@get(f"{HERE}/{{board_id}}/{{season_id}}/{{player_id}}/{{verb}}", policy=JUDGE, limit="console", page=True)
async def ask(
    db: Db, request: Request, rendering: Rendering, board_id: UUID, season_id: UUID, player_id: UUID, verb: Verb
) -> Answer:
    """The question before an entry is taken from a board, or put there again."""
    board = await actions.board(db, board_id)
    names = await profiles.names(db, [player_id])
    return rendering.page(
        request, "boards/ask.html", board=board, season_id=season_id, player_id=player_id, verb=verb,
        name=names.get(player_id, "somebody"),
    )  # fmt: skip


@post(f"{HERE}/{{board_id}}/{{season_id}}/{{player_id}}/{{verb}}", policy=JUDGE, limit="console", page=True)
async def turn(
    tx: Tx, request: Request, board_id: UUID, season_id: UUID, player_id: UUID, verb: Verb, form: Why
) -> Answer:
    """Hide an entry, remove it, or show it again."""
    board = await actions.board(tx, board_id)
    if await store.run_of(tx, season_id, board_id) is None:
        raise NoSuchBoard
    do = {"hide": actions.hide, "remove": actions.remove, "restore": actions.restore}[verb]
    before, after = await do(tx, season_id, board.code, player_id)
    await audit.record(
        tx,
        audit.deed(
            request, DEEDS[verb], "player", player_id, reason=form.reason,
            before={"state": before.state.value, "score": str(before.score)}, after={"state": after.state.value},
        ),
    )  # fmt: skip
    return redirect(f"{HERE}/{board_id}?season={season_id}&told={verb}")
