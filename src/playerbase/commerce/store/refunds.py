"""The doors to refunds."""

from datetime import datetime
from uuid import UUID

from playerbase.commerce.model import Refund, Told
from playerbase.kit.db import Db, Tx, sql


@sql
async def add(tx: Tx, refund_id: UUID, told: Told, now: datetime) -> UUID | None: ...
@sql
async def waiting(db: Db, platform: str, ref: str) -> list[Refund]: ...
@sql
async def of_order(db: Db, order_id: UUID) -> list[Refund]: ...
@sql
async def of_receipt(db: Db, platform: str, ref: str) -> list[Refund]: ...
@sql
async def apply(
    tx: Tx, refund_id: UUID, order_id: UUID, player_id: UUID, quantity: int, taken: str, now: datetime
) -> None: ...
@sql
async def reverse(tx: Tx, refund_ids: list[UUID], now: datetime) -> None: ...
@sql
async def wait_again(tx: Tx, platform: str, ref: str, part: str, said_at: datetime | None) -> UUID | None: ...
@sql
async def of_player(db: Db, player_id: UUID, before: UUID, count: int) -> list[Refund]: ...
