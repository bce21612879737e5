"""The doors of boards to final standings."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.boards.store.entries import Reached
from playerbase.kit.db import Db, Tx, sql


class Final(msgspec.Struct, frozen=True):
    """A run as it is sealed, or on its way there; prizes are JSON."""

    run_id: UUID
    season_id: UUID
    game: str
    code: str
    name: str
    direction: str | None
    entries: int
    root: bytes | None
    signed: str | None
    sealed_at: datetime | None
    prizes: str
    paid_upto: int
    paid_at: datetime | None


class Finished(msgspec.Struct, frozen=True):
    """Where a player stood in the end."""

    run_id: UUID
    season_id: UUID
    game: str
    name: str
    rank: int
    score: int
    entries: int
    sealed_at: datetime


class Left(msgspec.Struct, frozen=True):
    """How many runs of a season are to be sealed, to be paid, and how many there are."""

    unsealed: int
    unpaid: int
    runs: int


@sql
async def tally_unfinished(db: Db, season_id: UUID) -> Left: ...
@sql
async def standings(db: Db, run_id: UUID, first: int, last: int) -> list[Reached]: ...
@sql
async def final_rank(db: Db, run_id: UUID, player_id: UUID) -> int | None: ...
@sql
async def has_standings(db: Db, run_id: UUID) -> bool: ...
@sql
async def count_standings(db: Db, run_id: UUID) -> int: ...
@sql
async def seal_rows(tx: Tx, run_id: UUID) -> None: ...
@sql
async def branch_upto(db: Db, run_id: UUID) -> int: ...
@sql
async def put_branches(tx: Tx, run_id: UUID, positions: list[int], hashes: list[bytes]) -> None: ...
@sql
async def branches(db: Db, run_id: UUID) -> list[bytes]: ...
@sql
async def leaves(db: Db, run_id: UUID, first: int, last: int) -> list[bytes]: ...
@sql
async def fix_run(tx: Tx, run_id: UUID, entries: int) -> None: ...
@sql
async def seal_run(tx: Tx, run_id: UUID, root: bytes, signed: str, now: datetime) -> UUID | None: ...
@sql
async def final_of(db: Db, run_id: UUID) -> Final | None: ...
@sql
async def lock_final(tx: Tx, run_id: UUID) -> Final | None: ...
@sql
async def paid(tx: Tx, run_id: UUID, upto: int, is_all: bool, now: datetime) -> None: ...  # noqa: FBT001 - as its statement names it
@sql
async def sealed_runs(db: Db, player_id: UUID, count: int) -> list[Finished]: ...
