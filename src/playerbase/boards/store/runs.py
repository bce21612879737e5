"""The doors of boards to the runs: a board in one season."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.boards.model import Direction, Operator, RunSeen, Source
from playerbase.kit.db import Db, Tx, sql


class Resolved(msgspec.Struct, frozen=True):
    """A board of a game, and its run in a season if there is one."""

    board_id: UUID
    code: str
    direction: Direction
    run_id: UUID | None
    version: int
    shards: int
    entries: int
    sealed_at: datetime | None


class Held(msgspec.Struct, frozen=True):
    """A run held for writing; the version is the one that a change in this commit has."""

    run_id: UUID
    season_id: UUID
    board_id: UUID
    version: int
    shards: int
    sealed_at: datetime | None


class Wanted(msgspec.Struct, frozen=True):
    """A board that is meant in a season, and what its scores are held to; the run is null before its first one."""

    season_id: UUID
    asked: str
    board_id: UUID
    game: str
    code: str
    operator: Operator
    direction: Direction
    source: Source
    counted: str
    score_min: int
    score_max: int
    plausible_min: int | None
    plausible_max: int | None
    is_regional: bool
    session_seconds: int
    rule_version: int
    run_id: UUID | None


class Version(msgspec.Struct, frozen=True):
    """How often a run has changed."""

    run_id: UUID
    version: int


@sql
async def resolve(db: Db, season_id: UUID, game: str, count: int) -> list[Resolved]: ...
@sql
async def lock_runs(tx: Tx, run_ids: list[UUID]) -> list[Held]: ...
@sql
async def make_run(tx: Tx, run_id: UUID, season_id: UUID, board_id: UUID, now: datetime) -> None: ...
@sql
async def run_of(db: Db, season_id: UUID, board_id: UUID) -> RunSeen | None: ...
@sql
async def run_by_id(db: Db, run_id: UUID) -> RunSeen | None: ...
@sql
async def runs_of_season(db: Db, season_id: UUID, count: int) -> list[RunSeen]: ...
@sql
async def open_runs(db: Db, count: int) -> list[RunSeen]: ...
@sql
async def versions_of(db: Db, run_ids: list[UUID]) -> list[Version]: ...
@sql
async def set_shards(tx: Tx, run_id: UUID, shards: int) -> None: ...
@sql
async def find_runs(db: Db, season_ids: list[UUID], games: list[str], codes: list[str]) -> list[Wanted]: ...
