"""The doors of boards to sessions, and to what waits for a person."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.boards.model import Session, Submission
from playerbase.kit.db import Db, Tx, sql


class Waiting(msgspec.Struct, frozen=True):
    """How many submissions wait for a person, and since when."""

    count: int
    oldest_at: datetime | None


@sql
async def open_session(
    tx: Tx,
    digest: bytes,
    run_id: UUID,
    player_id: UUID,
    rule_version: int,
    opened_at: datetime,
    expires_at: datetime,
    opened_by: str,
) -> None: ...
@sql
async def lock_sessions(tx: Tx, digests: list[bytes]) -> list[Session]: ...
@sql
async def spend_sessions(tx: Tx, digests: list[bytes], fingerprints: list[bytes], verdicts: list[str]) -> None: ...
@sql
async def forget_sessions(tx: Tx, before: datetime, count: int) -> list[bytes]: ...
@sql
async def put_submissions(tx: Tx, waiting: list[Submission]) -> None: ...
@sql
async def lock_submission(tx: Tx, submission_id: UUID) -> Submission | None: ...
@sql
async def submission(db: Db, submission_id: UUID) -> Submission | None: ...
@sql
async def decide(tx: Tx, submission_id: UUID, state: str, decided_by: str, reason: str, now: datetime) -> None: ...
@sql
async def submissions(db: Db, state: str, after: UUID, count: int) -> list[Submission]: ...
@sql
async def waiting(db: Db) -> Waiting: ...
