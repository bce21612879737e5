"""Figures of orders: what was sold and given back by day, what is bought most, and how many somebody made."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, sql


class DaySum(msgspec.Struct, frozen=True):
    """How much of a currency on a day, in how many orders or refunds."""

    day: date
    currency: str
    amount: int
    count: int


class Seller(msgspec.Struct, frozen=True):
    """An item, how many of it were bought and kept, and what was paid for them."""

    item_id: UUID
    code: str
    name: str
    kept: int
    paid: int


class OfPlayer(msgspec.Struct, frozen=True):
    """How many orders somebody made, and how many of them wait."""

    count: int
    waiting: int


@sql
async def sold(db: Db, floor: UUID, since: datetime, rows: int) -> list[DaySum]: ...
@sql
async def given_back(db: Db, floor: UUID, since: datetime, rows: int) -> list[DaySum]: ...
@sql
async def best(db: Db, floor: UUID, since: datetime, rows: int, currency: str, count: int) -> list[Seller]: ...
@sql
async def counted(db: Db, player_id: UUID) -> OfPlayer: ...
