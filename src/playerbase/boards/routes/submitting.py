"""Scores as they come in."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.boards import actions
from playerbase.boards.actions import Begun, Submissions
from playerbase.boards.model import Action, Claim, Score, Submitted
from playerbase.boards.model.replays import ACTIONS_MAX
from playerbase.boards.routes.reading import BoardCode
from playerbase.kit import tracing
from playerbase.kit.db import Kept, Key, Tx
from playerbase.kit.http import PLAYER, Caller, post, server

Token = Annotated[str, msgspec.Meta(min_length=1, max_length=128, examples=["bs_…"])]


class Achieved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A score of your own: the session it was played in, and what was done in it.

    ``proof`` is kept for whoever reviews the claim; nothing is concluded from it.
    """

    score: Score
    session_id: Token
    board: BoardCode | None = None
    actions: Annotated[list[Action], msgspec.Meta(max_length=ACTIONS_MAX)] | None = None
    proof: Annotated[str, msgspec.Meta(max_length=4_096)] = ""


class Measured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A score that a server vouches for."""

    player_id: UUID
    score: Score
    board: BoardCode | None = None


class Beginning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is about to play, and for which board."""

    player_id: UUID
    board: BoardCode | None = None


@post("/leaderboards/{season_id}/sessions", policy=server("boards:write"), limit="server", status=201, secret=True)
async def begin_session(tx: Tx, caller: Caller, key: Key | None, season_id: UUID, body: Beginning) -> Begun:
    """Open a session for one score of one player; hand its id to the player's client."""
    del key
    return await actions.begin(tx, season_id, body.board, body.player_id, by=caller.subject, game=caller.game)


@post("/leaderboards/{season_id}/submit", policy=PLAYER, limit="score")
async def submit(
    caller: Caller, submissions: Submissions, key: Key | None, season_id: UUID, body: Achieved
) -> Submitted | Kept:
    """Submit a score you reached in a session that a game server opened for you.

    It is replayed from the actions by the rule of the board. What does not agree waits for a person (``in_review``)
    and counts once it was accepted. A session is good for one score; the same one sent again gets the same answer.
    """
    assert caller.player_id is not None
    done = None if body.actions is None else tuple(body.actions)
    claim = Claim(
        season_id, body.board, caller.player_id, body.score, caller.subject,
        digest=actions.digest_of(body.session_id), actions=done, proof=body.proof,
        fingerprint=actions.fingerprint_of(body.score, done, body.proof), traceparent=tracing.current(),
    )  # fmt: skip
    return await (submissions.put(claim) if key is None else submissions.put_once(claim, key))


@post("/leaderboards/{season_id}/scores", policy=server("boards:write"), limit="server")
async def put_score(
    caller: Caller, submissions: Submissions, key: Key | None, season_id: UUID, body: Measured
) -> Submitted | Kept:
    """Submit a player's score, as a server; on a board that adds up, with an Idempotency-Key."""
    claim = Claim(
        season_id, body.board, body.player_id, body.score, caller.subject, caller.game, is_keyed=key is not None,
        traceparent=tracing.current(),
    )  # fmt: skip
    return await (submissions.put(claim) if key is None else submissions.put_once(claim, key))
