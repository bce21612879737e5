"""How many of what is stacked somebody has: what whoever keeps the other things asks of the ledger."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, sql


class ItemCount(msgspec.Struct, frozen=True):
    """How many of a stackable item an owner has, those set aside included, and since when there has been an account."""

    owner_id: UUID
    asset: str
    quantity: int
    held: int
    opened_at: datetime


class ItemMark(msgspec.Struct, frozen=True):
    """How often an owner's stacks were changed: the same number, the same stacks."""

    owner_id: UUID
    mark: int


class ItemHolders(msgspec.Struct, frozen=True):
    """How many players have any of a stackable item."""

    asset: str
    count: int


@sql
async def item_counts(db: Db, owner_ids: list[UUID], codes: list[str] | None) -> list[ItemCount]: ...
@sql
async def item_marks(db: Db, owner_ids: list[UUID]) -> list[ItemMark]: ...
@sql
async def item_holders(db: Db) -> list[ItemHolders]: ...
