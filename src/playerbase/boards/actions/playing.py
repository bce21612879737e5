"""Sessions: a server vouches that a player is about to play for a board."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from playerbase import identity
from playerbase.boards import store
from playerbase.boards.actions import writing
from playerbase.boards.model import (
    Action,
    NoSuchBoard,
    NotForThisBoard,
    OtherGame,
    SeasonTakesNoScores,
    Source,
    UnknownPlayer,
)
from playerbase.kit import clock, crypto
from playerbase.kit.db import Pool, Tx, transaction

PREFIX = "bs"
KEPT = timedelta(days=7)  # After its end, so that a late retry is told what became of it.
SLICE = 5_000


class Begun(msgspec.Struct, frozen=True):
    """A session that was opened: its token goes to the player's client, once, with the score."""

    season_id: UUID
    board: str
    player_id: UUID
    session_id: str
    opened_at: datetime
    expires_at: datetime


async def begin(tx: Tx, season_id: UUID, code: str | None, player_id: UUID, *, by: str, game: str | None) -> Begun:
    """Open a session for one score of one player on one board in one season.

    Raises NoSuchBoard, OtherGame, NotForThisBoard, SeasonTakesNoScores, UnknownPlayer.
    """
    held, found = await writing.meet(tx, [(season_id, code or "")])
    if not found:
        raise SeasonTakesNoScores if season_id in held and held[season_id].is_fenced else NoSuchBoard
    (board,) = found
    if game is not None and game != board.game:
        raise OtherGame(game=game)
    if board.source is not Source.SESSIONS:
        raise NotForThisBoard(source=board.source.value)
    now = clock.now()
    if not held[season_id].is_open_at(now):
        raise SeasonTakesNoScores
    if not await identity.existing(tx, [player_id]):
        raise UnknownPlayer
    assert board.run_id is not None, "a board that is met has a run"
    token = crypto.token(PREFIX)
    expires_at = now + timedelta(seconds=board.session_seconds)
    await store.open_session(tx, crypto.digest(token), board.run_id, player_id, board.rule_version, now, expires_at, by)
    return Begun(season_id, board.code, player_id, token, now, expires_at)


def digest_of(token: str) -> bytes:
    """What is stored of a session's token; of what is none, something that no session has."""
    return crypto.digest(token) if crypto.looks_like_token(token, PREFIX) else b""


def fingerprint_of(score: int, actions: tuple[Action, ...] | None, proof: str) -> bytes:
    """The same for two claims that say the same."""
    return hashlib.sha256(msgspec.json.encode([score, actions, proof])).digest()


async def forget(pool: Pool) -> None:
    """Forget sessions that ended long ago."""
    forgotten = SLICE
    while forgotten == SLICE:
        async with transaction(pool) as tx:
            forgotten = len(await store.forget_sessions(tx, clock.now() - KEPT, SLICE))
