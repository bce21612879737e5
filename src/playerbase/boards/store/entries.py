"""The doors of boards to their entries."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.boards.model import Entry, EntryState
from playerbase.kit.db import Db, Tx, sql


class Reached(msgspec.Struct, frozen=True):
    """A row of a board without its rank and name."""

    player_id: UUID
    score: int
    reached_at: datetime


class Piece(msgspec.Struct, frozen=True):
    """What an index holds of an entry."""

    player_id: UUID
    place: int
    reached_at: datetime
    version: int
    state: EntryState


class InRegion(msgspec.Struct, frozen=True):
    """How many of a region stand above, and how many there are."""

    above: int
    size: int


class OnBoard(msgspec.Struct, frozen=True):
    """An entry of a player, for whoever looks at the player."""

    run_id: UUID
    board: str
    season_id: UUID
    score: int
    reached_at: datetime
    state: EntryState


@sql
async def entries_of(db: Db, run_ids: list[UUID], player_ids: list[UUID]) -> list[Entry]: ...
@sql
async def save_entries(tx: Tx, entries: list[Entry], run_ids: list[UUID]) -> None: ...
@sql
async def entry_of(db: Db, run_id: UUID, player_id: UUID) -> Entry | None: ...
@sql
async def entries_of_players(db: Db, run_id: UUID, player_ids: list[UUID]) -> list[Reached]: ...
@sql
async def top_lines(db: Db, run_id: UUID, count: int) -> list[Reached]: ...
@sql
async def top_of_region(db: Db, run_id: UUID, region: str, count: int) -> list[Reached]: ...
@sql
async def lines_above(
    db: Db, run_id: UUID, place: int, reached_at: datetime, player_id: UUID, count: int
) -> list[Reached]: ...
@sql
async def lines_below(
    db: Db, run_id: UUID, place: int, reached_at: datetime, player_id: UUID, count: int
) -> list[Reached]: ...
@sql
async def count_above(db: Db, run_id: UUID, place: int, reached_at: datetime, player_id: UUID) -> int: ...
@sql
async def count_shown(db: Db, run_id: UUID) -> int: ...
@sql
async def count_of_region(
    db: Db, run_id: UUID, region: str, place: int, reached_at: datetime, player_id: UUID
) -> InRegion: ...
@sql
async def hidden_of(db: Db, run_id: UUID, after: UUID, count: int) -> list[Entry]: ...
@sql
async def piece(db: Db, run_id: UUID, after: UUID, count: int) -> list[Piece]: ...
@sql
async def count_entries(db: Db, run_id: UUID) -> int: ...
@sql
async def entries_by_player(db: Db, player_id: UUID, count: int) -> list[OnBoard]: ...
@sql
async def count_in_region(db: Db, run_id: UUID, region: str) -> int: ...
