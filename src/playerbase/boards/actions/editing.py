"""Making boards and changing them."""

from uuid import UUID

import msgspec

from playerbase import games, rewards
from playerbase.boards import rules, store
from playerbase.boards.actions.gifts import parts_of
from playerbase.boards.actions.looking import BOARDS_MAX
from playerbase.boards.events import BoardChanged
from playerbase.boards.model import (
    Board,
    BoardDraft,
    BoardInUse,
    BoardRow,
    BoardTaken,
    NoSuchBoard,
    PrizeBy,
    RuleUnsound,
    Source,
    TooManyBoards,
    opened,
)
from playerbase.kit import clock, ids
from playerbase.kit.db import Db, Tx
from playerbase.kit.outbox import emit

KEPT = ("game", "code", "operator", "direction", "source", "counted")  # Once something was scored.


async def boards(db: Db, game: str | None = None) -> list[Board]:
    """The boards of a game, or of all, in the order they are shown in."""
    return [opened(row) for row in await store.boards_of(db, game, BOARDS_MAX)]


async def board(db: Db, board_id: UUID) -> Board:
    """One board; raises NoSuchBoard."""
    found = await store.boards_by_id(db, [board_id])
    if not found:
        raise NoSuchBoard
    return opened(found[0])


async def create(tx: Tx, draft: BoardDraft, by: str) -> Board:
    """Make a board; raises NoSuchGame, BoardTaken, TooManyBoards, RuleUnsound and what a prize cannot be."""
    await _check(tx, draft)
    if len(await store.boards_of(tx, draft.game, BOARDS_MAX)) >= BOARDS_MAX:
        raise TooManyBoards(limit=BOARDS_MAX)
    board_id, version = ids.uuid7(), int(draft.rule is not None)
    if await store.put_board(tx, _row(board_id, draft, version), clock.now()) is None:
        raise BoardTaken
    if draft.rule is not None:
        await _put_rule(tx, board_id, version, draft, by)
    await emit(tx, BoardChanged(board_id=board_id, game=draft.game, code=draft.code))
    return await board(tx, board_id)


async def change(tx: Tx, board_id: UUID, draft: BoardDraft, by: str) -> tuple[Board, Board]:
    """Make a board what the draft says: what it was, and what it is.

    A rule that is changed is a new version of it; sessions under way are judged by the one they began under. Raises
    NoSuchBoard, BoardInUse, and what ``create`` raises.
    """
    row = await store.lock_board(tx, board_id)
    if row is None:
        raise NoSuchBoard
    before = opened(row)
    await _check(tx, draft)
    if any(getattr(before, name) != getattr(draft, name) for name in KEPT) and (
        (before.game, before.code) != (draft.game, draft.code) or await store.has_runs(tx, board_id)
    ):
        raise BoardInUse
    version = before.rule_version
    if draft.rule != before.rule:
        version += 1
        await _put_rule(tx, board_id, version, draft, by)
    await store.save_board(tx, _row(board_id, draft, version))
    await emit(tx, BoardChanged(board_id=board_id, game=draft.game, code=draft.code))
    return before, await board(tx, board_id)


async def _check(tx: Tx, draft: BoardDraft) -> None:
    if await games.game(tx, draft.game) is None:
        raise games.NoSuchGame(game=draft.game)
    if draft.score_min > draft.score_max:
        raise RuleUnsound("score_min", "The lowest score is above the highest")
    if (draft.counted is not None) != (draft.source is Source.MATCHES):
        raise RuleUnsound("counted", "What is counted is said of boards of matches, and of those alone")
    if draft.rule is not None:
        if draft.source is not Source.SESSIONS:
            raise RuleUnsound("rule", "Only what players send is replayed")
        if (fault := rules.unsound(draft.rule)) is not None:
            raise fault
    for at, prize in enumerate(draft.prizes):
        if (prize.by is PrizeBy.TIER) != bool(prize.tier) or (prize.by is not PrizeBy.TIER) != (prize.upto > 0):
            raise RuleUnsound(f"prizes.{at}", "A prize goes by a tier, or up to a place or a part in percent")
        if prize.by is PrizeBy.PERCENTILE and prize.upto > 100:  # noqa: PLR2004 - in percent
            raise RuleUnsound(f"prizes.{at}.upto", "At most 100 in a hundred")
        await rewards.check(tx, parts_of(prize), field=f"prizes.{at}")


async def _put_rule(tx: Tx, board_id: UUID, version: int, draft: BoardDraft, by: str) -> None:
    text = None if draft.rule is None else msgspec.json.encode(draft.rule).decode()
    await store.put_rule(tx, board_id, version, text, by, clock.now())


def _row(board_id: UUID, draft: BoardDraft, rule_version: int) -> BoardRow:
    return BoardRow(
        board_id, draft.game, draft.code, draft.name, draft.operator, draft.direction, draft.source,
        draft.counted.value if draft.counted is not None else "", draft.score_min, draft.score_max,
        draft.plausible_min, draft.plausible_max, draft.is_regional, draft.session_seconds, draft.position,
        draft.is_open, rule_version, None, msgspec.json.encode(draft.prizes).decode(),
    )  # fmt: skip
