"""The doors to the inbox: what others told us, heard once."""

from datetime import datetime
from uuid import UUID

from playerbase.kit.db import Db, Tx, sql


@sql
async def take_in(tx: Tx, source: str, event_id: str, topic: str, body_hash: bytes, now: datetime) -> str | None: ...
@sql
async def is_known(db: Db, source: str, event_id: str) -> bool: ...
@sql
async def note_heard(tx: Tx, source: str, event_id: str, delivery_id: UUID | None, outcome: str) -> None: ...
@sql
async def forget_heard(tx: Tx, before: datetime, count: int) -> list[str]: ...
