"""What operators do to boards and entries."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from playerbase import audit
from playerbase.boards import actions
from playerbase.boards.model import Board, BoardDraft, Entry
from playerbase.boards.routes.reading import BoardCode
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Caller, Request, delete, get, post, put, staff

READ, WRITE, JUDGE = staff("boards.read"), staff("boards.write"), staff("boards.judge")


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why; kept in the audit."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class Ruling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a claimed score counts, and why."""

    accept: bool
    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class Boards(msgspec.Struct, frozen=True):
    """Boards."""

    items: list[Board]


class EntrySeen(msgspec.Struct, frozen=True):
    """An entry as staff sees it."""

    player_id: UUID
    score: int
    score_text: str
    reached_at: datetime
    state: str


class Ruled(msgspec.Struct, frozen=True):
    """A claim, and what became of it."""

    submission_id: UUID
    player_id: UUID
    score: int
    score_text: str
    state: str


@get("/admin/boards", policy=READ)
async def list_boards(
    db: Db, game: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$")] | None = None
) -> Boards:
    """The boards of a game, or of all, in the order they are shown in."""
    return Boards(await actions.boards(db, game))


@post("/admin/boards", policy=WRITE, status=201)
async def create_board(tx: Tx, caller: Caller, request: Request, body: BoardDraft) -> Board:
    """Make a board; it takes scores at once, in whatever season its game has."""
    made = await actions.create(tx, body, caller.subject)
    await audit.record(tx, audit.deed(request, "board_created", "board", made.board_id, after=_plain(made)))
    return made


@put("/admin/boards/{board_id}", policy=WRITE)
async def change_board(tx: Tx, caller: Caller, request: Request, board_id: UUID, body: BoardDraft) -> Board:
    """Change a board; how it orders and where its scores come from stays once there are any."""
    before, after = await actions.change(tx, board_id, body, caller.subject)
    await audit.record(
        tx, audit.deed(request, "board_changed", "board", board_id, before=_plain(before), after=_plain(after))
    )
    return after


@delete("/admin/leaderboards/{season_id}/entries/{player_id}", policy=JUDGE)
async def remove_entry(
    tx: Tx, request: Request, season_id: UUID, player_id: UUID, board: BoardCode | None = None
) -> None:
    """Take an entry away: everybody else's rank is right at once, and the player may begin anew."""
    before, after = await actions.remove(tx, season_id, board, player_id)
    await _record(tx, request, "board_entry_removed", before, after, "")


@post("/admin/leaderboards/{season_id}/entries/{player_id}/hide", policy=JUDGE)
async def hide_entry(
    tx: Tx, request: Request, season_id: UUID, player_id: UUID, body: Reason, board: BoardCode | None = None
) -> EntrySeen:
    """Take an entry out of sight: everybody else's rank is right at once."""
    before, after = await actions.hide(tx, season_id, board, player_id)
    await _record(tx, request, "board_entry_hidden", before, after, body.reason)
    return seen(after)


@post("/admin/leaderboards/{season_id}/entries/{player_id}/restore", policy=JUDGE)
async def restore_entry(
    tx: Tx, request: Request, season_id: UUID, player_id: UUID, body: Reason, board: BoardCode | None = None
) -> EntrySeen:
    """Show an entry again that was hidden or removed."""
    before, after = await actions.restore(tx, season_id, board, player_id)
    await _record(tx, request, "board_entry_restored", before, after, body.reason)
    return seen(after)


@post("/admin/leaderboards/submissions/{submission_id}/decide", policy=JUDGE)
async def decide_submission(tx: Tx, caller: Caller, request: Request, submission_id: UUID, body: Ruling) -> Ruled:
    """Accept a claimed score that waits, or reject it."""
    found = await actions.decide(tx, submission_id, accept=body.accept, by=caller.subject, reason=body.reason)
    await audit.record(
        tx,
        audit.deed(
            request, f"board_submission_{found.state}", "submission", submission_id, player_id=found.player_id,
            reason=body.reason,
        ),
    )  # fmt: skip
    return Ruled(found.submission_id, found.player_id, found.score, str(found.score), found.state)


def seen(entry: Entry) -> EntrySeen:
    """An entry as staff sees it."""
    return EntrySeen(entry.player_id, entry.score, str(entry.score), entry.reached_at, entry.state.value)


async def _record(tx: Tx, request: Request, action: str, before: Entry, after: Entry, reason: str) -> None:
    await audit.record(
        tx,
        audit.deed(
            request, action, "player", before.player_id, reason=reason,
            before={"state": before.state.value, "score": str(before.score)},
            after={"state": after.state.value, "run_id": str(after.run_id)},
        ),
    )  # fmt: skip


def _plain(board: Board) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(board)
    # A 64-bit number is kept as text: the log is JSON, and read by programs that have no such numbers.
    return {name: str(value) if name.startswith(("score_", "plausible_")) else value for name, value in plain.items()}
