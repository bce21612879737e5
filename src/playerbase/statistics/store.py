"""The doors of statistics to PostgreSQL."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, Tx, sql
from playerbase.statistics.model import Counted, Entry, Kept, StatisticsSettings, Sum


class Moved(msgspec.Struct, frozen=True):
    """A span that needs to be looked at again, or holds a best of a lifetime that was better than the one before."""

    player_id: UUID
    game: str
    period: int
    slot: int
    is_behind: bool
    fastest_before: int | None
    fastest_answer_ms: int | None
    streak_before: int | None
    best_win_streak: int


class Pair(msgspec.Struct, frozen=True):
    """What two players did against each other."""

    one_id: UUID
    other_id: UUID
    game: str
    one_won: int
    drawn: int
    other_won: int


@sql
async def kept(db: Db) -> Kept | None: ...
@sql
async def settings(db: Db) -> StatisticsSettings | None: ...
@sql
async def has_counted(db: Db) -> bool: ...
@sql
async def put_settings(
    tx: Tx, settings: StatisticsSettings, days_gone: int, weeks_gone: int, changed_by: str, now: datetime
) -> None: ...
@sql
async def move_gone(tx: Tx, settings: StatisticsSettings, days_gone: int, weeks_gone: int, now: datetime) -> None: ...
@sql
async def delete_before(tx: Tx, period: int, slot: int, most: int) -> list[int]: ...
@sql
async def applied_already(db: Db, match_ids: list[UUID]) -> list[UUID]: ...
@sql
async def note_applied(tx: Tx, entries: list[Entry]) -> None: ...
@sql
async def void_applied(tx: Tx, match_ids: list[UUID], now: datetime) -> list[Entry]: ...
@sql
async def add(tx: Tx, sums: list[Sum], numbers: list[int], periods: list[int], slots: list[int]) -> list[Moved]: ...
@sql
async def subtract(tx: Tx, sums: list[Sum], numbers: list[int], periods: list[int], slots: list[int]) -> None: ...
@sql
async def find_bests(
    tx: Tx, player_ids: list[UUID], games: list[str], periods: list[int], slots: list[int]
) -> None: ...
@sql
async def drop_empty(tx: Tx, player_ids: list[UUID], games: list[str]) -> None: ...
@sql
async def meet(tx: Tx, pairs: list[Pair]) -> None: ...
@sql
async def part(tx: Tx, pairs: list[Pair]) -> None: ...
@sql
async def span(db: Db, player_id: UUID, game: str, period: int, slot: int) -> Counted | None: ...
@sql
async def spans_from(
    db: Db, player_id: UUID, game: str, period: int, first: int, last: int, count: int
) -> list[Counted]: ...
@sql
async def spans_of(db: Db, player_ids: list[UUID]) -> list[Counted]: ...
@sql
async def pair(db: Db, one_id: UUID, other_id: UUID, game: str) -> Pair | None: ...
@sql
async def players_after(db: Db, after: UUID, count: int) -> list[UUID]: ...
@sql
async def entries_of(db: Db, player_ids: list[UUID]) -> list[Entry]: ...
@sql
async def applied_of(db: Db, match_ids: list[UUID]) -> list[Entry]: ...
@sql
async def pairs_of(db: Db, one_ids: list[UUID]) -> list[Pair]: ...
@sql
async def drop_pairs(tx: Tx, one_ids: list[UUID]) -> None: ...
@sql
async def drop_spans(tx: Tx, player_ids: list[UUID]) -> None: ...
@sql
async def hold(tx: Tx, key: int) -> None: ...
