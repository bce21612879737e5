"""Profiles' doors to PostgreSQL."""

from datetime import datetime
from uuid import UUID

from playerbase.kit.db import Db, Tx, sql
from playerbase.profiles.model import FoundPlayer, Named, Newcomer, Row


@sql
async def add(tx: Tx, newcomers: list[Newcomer], search_keys: list[str], now: datetime) -> None: ...
@sql
async def profiles(db: Db, player_ids: list[UUID]) -> list[Row]: ...
@sql
async def lock_profile(tx: Tx, player_id: UUID) -> Row | None: ...
@sql
async def save(tx: Tx, row: Row, search_key: str) -> None: ...
@sql
async def names(db: Db, player_ids: list[UUID]) -> list[Named]: ...
@sql
async def search(
    db: Db, lowest: str, beyond: str, after_key: str | None, after_id: UUID | None, count: int
) -> list[FoundPlayer]: ...
