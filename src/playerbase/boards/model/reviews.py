"""Sessions a server opened for a player, and what waits for a person."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.boards.model.replays import Action


class Session(msgspec.Struct, frozen=True):
    """One game of one player on one board, as the row of its token says."""

    digest: bytes
    run_id: UUID
    player_id: UUID
    rule_version: int
    opened_at: datetime
    expires_at: datetime
    fingerprint: bytes | None  # Of what it was used for.
    verdict: str | None


class Claim(msgspec.Struct, frozen=True):
    """A score somebody claims: what for, whose, and what it is founded on."""

    season_id: UUID
    board: str | None
    player_id: UUID
    score: int
    by: str
    game: str | None = None  # The key's game, where a server submits for one game alone.
    digest: bytes | None = None  # Of the session's token; servers need none.
    actions: tuple[Action, ...] | None = None
    proof: str = ""
    fingerprint: bytes = b""
    is_keyed: bool = False  # Whether a retry of it would find its answer kept.
    traceparent: str = ""


class Submission(msgspec.Struct, frozen=True):
    """A claim that waits, or waited, for a person; actions and reasons are JSON."""

    submission_id: UUID
    run_id: UUID
    player_id: UUID
    score: int
    submitted_at: datetime
    reasons: str
    actions: str
    proof: str
    state: str  # waiting, accepted, rejected
    decided_by: str
    decided_at: datetime | None
    reason: str
    game: str
    code: str
    board: str
