"""The doors of seasons to PostgreSQL."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, Tx, sql
from playerbase.seasons.model import Part, Season, Settings

SEASONS_MAX = 1_000  # Of one game, read at once: more than the settings allow.


class Tally(msgspec.Struct, frozen=True):
    """How many seasons of a game are in a state."""

    game: str
    state: str
    count: int


@sql
async def lock_calendar(tx: Tx, game: str) -> None: ...
@sql
async def hold(tx: Tx, season_ids: list[UUID]) -> list[Season]: ...
@sql
async def fence(tx: Tx, season_id: UUID) -> None: ...
@sql
async def season(db: Db, season_id: UUID) -> Season | None: ...
@sql
async def of_games(db: Db, games: list[str], count: int) -> list[Season]: ...
@sql
async def page(
    db: Db, game: str | None, state: str | None, before_at: datetime, before_id: UUID, count: int
) -> list[Season]: ...
@sql
async def unfinished(db: Db) -> list[str]: ...
@sql
async def tally(db: Db) -> list[Tally]: ...
@sql
async def add(tx: Tx, season: Season) -> None: ...
@sql
async def save(tx: Tx, season: Season) -> None: ...
@sql
async def add_parts(tx: Tx, season_id: UUID, parts: list[str]) -> None: ...
@sql
async def parts(db: Db, season_ids: list[UUID]) -> list[Part]: ...
@sql
async def note_part(tx: Tx, season_id: UUID, part: str, done: int, total: int, now: datetime) -> None: ...
@sql
async def finish_part(tx: Tx, season_id: UUID, part: str, now: datetime) -> None: ...
@sql
async def settings(db: Db) -> Settings: ...
@sql
async def lock_settings(tx: Tx) -> Settings: ...
@sql
async def save_settings(tx: Tx, settings: Settings) -> None: ...
