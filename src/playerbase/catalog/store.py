"""The doors of the catalog to PostgreSQL."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from playerbase.catalog.model import (
    Category,
    CosmeticType,
    Delivery,
    Edition,
    Item,
    ItemType,
    Media,
    Part,
    Price,
    Rarity,
    Settings,
    Sku,
    Status,
    Stock,
)
from playerbase.kit.db import Db, Tx, sql

VERSION_MAX = 2**31 - 1


class ItemRow(msgspec.Struct, frozen=True):
    """An item as it is read: lists are JSON."""

    item_id: UUID
    code: str
    version: int
    name: str
    description: str
    category: str | None
    game: str | None
    type: ItemType
    delivery: Delivery
    is_stackable: bool
    max_per_player: int | None
    status: Status
    is_limited: bool
    available_from: datetime | None
    available_until: datetime | None
    cosmetic: str | None
    rarity: Rarity
    slot: str | None
    media: str
    metadata: str
    prices: str
    skus: str
    parts: str
    stock_total: int | None
    stock_opens_at: datetime | None
    stock_closes_at: datetime | None
    is_sold_out: bool
    popularity: int
    owned_by_count: int
    created_at: datetime
    updated_at: datetime


class SavedItem(msgspec.Struct, frozen=True):
    """The row of an item as it is written."""

    item_id: UUID
    code: str
    version: int
    name: str
    description: str
    category: str | None
    game: str | None
    type: ItemType
    delivery: Delivery
    is_stackable: bool
    max_per_player: int | None
    status: Status
    is_limited: bool
    available_from: datetime | None
    available_until: datetime | None
    cosmetic: CosmeticType | None
    rarity: Rarity
    slot: str | None
    media: str
    metadata: str


class PriceRow(msgspec.Struct, frozen=True):
    """A price of an item."""

    item_id: UUID
    asset: str
    amount: int


class SkuRow(msgspec.Struct, frozen=True):
    """What a platform calls an item."""

    item_id: UUID
    platform: str
    sku: str
    amount: int
    currency: str


class PartRow(msgspec.Struct, frozen=True):
    """A part of a bundle."""

    bundle_id: UUID
    position: int
    item_id: UUID | None
    asset: str | None
    quantity: int


class EditionRow(msgspec.Struct, frozen=True):
    """What an item is from now on."""

    item_id: UUID
    version: int
    content: str


class StockRow(msgspec.Struct, frozen=True):
    """How many there are of an item, as an editor says."""

    item_id: UUID
    total: int
    opens_at: datetime | None
    closes_at: datetime | None


class Sales(msgspec.Struct, frozen=True):
    """How many of an item were sold on a day."""

    item_id: UUID
    day: date
    quantity: int


_media = msgspec.json.Decoder(list[Media])
_metadata = msgspec.json.Decoder(dict[str, str | int | float | bool | list[str]])
_prices = msgspec.json.Decoder(list[Price])
_skus = msgspec.json.Decoder(list[Sku])
_parts = msgspec.json.Decoder(list[Part])


@sql
async def version(db: Db) -> UUID: ...
@sql
async def turn_version(tx: Tx, version: UUID) -> None: ...
@sql
async def settings(db: Db) -> Settings: ...
@sql
async def lock_settings(tx: Tx) -> Settings: ...
@sql
async def save_settings(tx: Tx, settings: Settings) -> None: ...
@sql
async def categories(db: Db) -> list[Category]: ...
@sql
async def save_categories(tx: Tx, categories: list[Category]) -> None: ...
@sql
async def items(db: Db) -> list[ItemRow]: ...
@sql
async def save_items(tx: Tx, items: list[SavedItem], now: datetime) -> None: ...
@sql
async def drop_prices(tx: Tx, item_ids: list[UUID]) -> None: ...
@sql
async def drop_skus(tx: Tx, item_ids: list[UUID]) -> None: ...
@sql
async def drop_parts(tx: Tx, item_ids: list[UUID]) -> None: ...
@sql
async def add_prices(tx: Tx, prices: list[PriceRow]) -> None: ...
@sql
async def add_skus(tx: Tx, skus: list[SkuRow]) -> None: ...
@sql
async def add_parts(tx: Tx, parts: list[PartRow]) -> None: ...
@sql
async def add_editions(tx: Tx, editions: list[EditionRow], by: str, now: datetime) -> None: ...
@sql
async def editions(db: Db, item_id: UUID, before: int, count: int) -> list[Edition]: ...
@sql
async def edition(db: Db, item_id: UUID, version: int) -> Edition | None: ...
@sql
async def lock_stocks(tx: Tx, item_ids: list[UUID]) -> list[Stock]: ...
@sql
async def stocks(db: Db) -> list[Stock]: ...
@sql
async def save_stocks(tx: Tx, stocks: list[StockRow]) -> None: ...
@sql
async def drop_stocks(tx: Tx, item_ids: list[UUID]) -> None: ...
@sql
async def move_stock(tx: Tx, item_ids: list[UUID], quantities: list[int]) -> None: ...
@sql
async def tell_sales(tx: Tx, item_ids: list[UUID], quantities: list[int], now: datetime) -> None: ...
@sql
async def fold_sales(tx: Tx) -> None: ...
@sql
async def forget_sales(tx: Tx, before: date) -> None: ...
@sql
async def sales_since(db: Db, since: date) -> list[Sales]: ...
@sql
async def set_popularity(tx: Tx, item_ids: list[UUID], figures: list[int]) -> int: ...
@sql
async def set_owned(tx: Tx, item_ids: list[UUID], figures: list[int]) -> int: ...
@sql
async def remaining(db: Db, item_id: UUID) -> int | None: ...


def opened(row: ItemRow) -> Item:
    """A row as an item, its lists read from their JSON."""
    given: dict[str, Any] = {name: getattr(row, name) for name in row.__struct_fields__}
    given |= {
        "cosmetic": None if row.cosmetic is None else CosmeticType(row.cosmetic),
        "media": _media.decode(row.media),
        "metadata": _metadata.decode(row.metadata),
        "prices": _prices.decode(row.prices),
        "skus": _skus.decode(row.skus),
        "parts": _parts.decode(row.parts),
    }
    return Item(**given)
