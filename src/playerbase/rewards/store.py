"""The doors of rewards to PostgreSQL."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, Tx, sql
from playerbase.rewards.model import GiftRow


class NewGift(msgspec.Struct, frozen=True):
    """A gift on its way in."""

    gift_id: UUID
    key: str
    player_id: UUID
    source: str
    ref: str
    parts: str
    contents: str
    transaction_id: UUID | None


class NewTitle(msgspec.Struct, frozen=True):
    """A title on its way in."""

    gift_id: UUID
    player_id: UUID
    title: str


class Withheld(msgspec.Struct, frozen=True):
    """Why the ledger did not take what it counts of a gift; empty once it did."""

    gift_id: UUID
    withheld: str


class TakenRow(msgspec.Struct, frozen=True):
    """What taking a gift back took, as JSON."""

    gift_id: UUID
    taken: str


class Worn(msgspec.Struct, frozen=True):
    """The title that somebody won last."""

    player_id: UUID
    title: str


@sql
async def claim(tx: Tx, gifts: list[NewGift], now: datetime) -> list[UUID]: ...
@sql
async def known(db: Db, keys: list[str]) -> list[GiftRow]: ...
@sql
async def gift(db: Db, gift_id: UUID) -> GiftRow | None: ...
@sql
async def lock_gift(tx: Tx, gift_id: UUID) -> GiftRow | None: ...
@sql
async def page(
    db: Db, player_id: UUID | None, source: str | None, ref: str | None, before: UUID, count: int
) -> list[GiftRow]: ...
@sql
async def of_player_before(db: Db, player_id: UUID, before: datetime, count: int) -> list[GiftRow]: ...
@sql
async def withheld(db: Db, before: UUID, count: int) -> list[GiftRow]: ...
@sql
async def count_withheld(db: Db) -> int: ...
@sql
async def sources(db: Db) -> list[str]: ...
@sql
async def withhold(tx: Tx, rows: list[Withheld]) -> None: ...
@sql
async def try_again(tx: Tx, gift_id: UUID, transaction_id: UUID) -> None: ...
@sql
async def take(tx: Tx, keys: list[str], why: str, now: datetime) -> list[UUID]: ...
@sql
async def note_taken(tx: Tx, rows: list[TakenRow]) -> None: ...
@sql
async def add_titles(tx: Tx, titles: list[NewTitle], now: datetime) -> None: ...
@sql
async def take_titles(tx: Tx, gift_ids: list[UUID], now: datetime) -> None: ...
@sql
async def held_titles(db: Db, player_ids: list[UUID]) -> list[Worn]: ...
@sql
async def last_titles(db: Db, player_ids: list[UUID]) -> list[Worn]: ...
@sql
async def titles_of(db: Db, player_id: UUID, count: int) -> list[str]: ...
@sql
async def parts_max(db: Db) -> int: ...
