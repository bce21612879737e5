"""The doors of matches to PostgreSQL."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, Tx, sql
from playerbase.matches.model import Match, Performance, Recorded, Wanted

LAST_ID = UUID(int=2**128 - 1)
_performances = msgspec.json.Decoder(list[Performance])


class Slot(msgspec.Struct, frozen=True):
    """How many matches were reported in a slot of time."""

    at: datetime
    count: int


@sql
async def record(
    tx: Tx, reports: list[Recorded], played_by: list[UUID], played_in: list[UUID], now: datetime
) -> list[UUID]: ...
@sql
async def reported(db: Db, match_ids: list[UUID]) -> list[Recorded]: ...
@sql
async def lock_match(tx: Tx, match_id: UUID) -> Recorded | None: ...
@sql
async def mark_void(tx: Tx, match_id: UUID, now: datetime) -> None: ...
@sql
async def recent_rows(db: Db, before: datetime, before_id: UUID, count: int) -> list[Recorded]: ...
@sql
async def rows_found(
    db: Db, wanted: Wanted, since: datetime, before: datetime, before_id: UUID, count: int
) -> list[Recorded]: ...
@sql
async def modes(db: Db, most: int) -> list[str]: ...
@sql
async def rows_of_player(
    db: Db, player_id: UUID, game: str | None, before: datetime, before_id: UUID, count: int
) -> list[Recorded]: ...
@sql
async def rows_after(db: Db, after: UUID, count: int) -> list[Recorded]: ...
@sql
async def tally_since(db: Db, since: datetime, slot_seconds: int) -> list[Slot]: ...


def opened(row: Recorded, players: list[Performance] | None = None) -> Match:
    """A row as a match, its players read from their JSON unless they are at hand."""
    if players is None:
        players = _performances.decode(row.players)
    return Match(
        row.match_id, row.game, row.mode, row.map, row.started_at, row.duration_seconds, players, row.winner_id,
        row.reported_at, row.voided_at,
    )  # fmt: skip


async def recent(db: Db, before: datetime, before_id: UUID = LAST_ID, count: int = 50) -> list[Match]:
    """Matches reported before a moment, newest first; goes on after (reported_at, match_id)."""
    return [opened(row) for row in await recent_rows(db, before, before_id, count)]


async def found(
    db: Db, wanted: Wanted, since: datetime, before: datetime, before_id: UUID = LAST_ID, count: int = 50
) -> list[Match]:
    """Matches that are wanted, reported since a moment and before another, newest first."""
    return [opened(row) for row in await rows_found(db, wanted, since, before, before_id, count)]


async def of_player(
    db: Db, player_id: UUID, before: datetime, before_id: UUID = LAST_ID, count: int = 20, game: str | None = None
) -> list[Match]:
    """A player's matches begun before a moment, of a game or all, latest first; after (started_at, match_id)."""
    return [opened(row) for row in await rows_of_player(db, player_id, game, before, before_id, count)]


async def after(db: Db, match_id: UUID, count: int) -> list[Match]:
    """All matches in the order of their ids, from after one on."""
    return [opened(row) for row in await rows_after(db, match_id, count)]
