"""What players see of the catalog."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase.catalog.model.items import (
    CosmeticType,
    Delivery,
    ItemType,
    Media,
    Part,
    Platform,
    Price,
    Rarity,
    Sku,
    Status,
)

Sort = Literal["popularity", "newest", "price", "name"]
# A moment that is written once and kept in that form: a kept list is not looked through again for each who reads it.
Written = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]


class Search(msgspec.Struct, frozen=True):
    """What a list is asked for."""

    game: str | None = None  # Those of this game, and of the whole platform.
    category: str | None = None  # With everything below it.
    type: ItemType | None = None
    cosmetic: CosmeticType | None = None
    is_cosmetic: bool = False
    rarity: Rarity | None = None
    asset: str | None = None  # Those sold for this asset.
    price_min: int | None = None
    price_max: int | None = None
    q: str | None = None
    sort: Sort = "popularity"


class Offer(msgspec.Struct, frozen=True):
    """An item as it stands in a list."""

    item_id: UUID
    code: str
    name: str
    type: ItemType
    category: str | None
    game: str | None
    cosmetic: CosmeticType | None
    rarity: Rarity
    status: Status
    prices: list[Price]
    preview: str | None
    is_limited: bool
    available_until: Written | None
    is_sold_out: bool
    owned_by_count: int


class Shown(msgspec.Struct, frozen=True):
    """An item as players see it by itself; ``remaining`` is null where there is no end of it."""

    item_id: UUID
    code: str
    name: str
    description: str
    type: ItemType
    category: str | None
    game: str | None
    delivery: Delivery
    is_stackable: bool
    max_per_player: int | None
    status: Status
    cosmetic: CosmeticType | None
    rarity: Rarity
    slot: str | None
    media: list[Media]
    metadata: dict[str, str | int | float | bool | list[str]]
    prices: list[Price]
    skus: list[Sku]
    parts: list[Part]
    is_limited: bool
    available_from: datetime | None
    available_until: datetime | None
    is_for_sale: bool
    is_sold_out: bool
    remaining: int | None
    owned_by_count: int


class ShownCategory(msgspec.Struct, frozen=True):
    """A shelf, and how many items stand on it and below it."""

    code: str
    name: str
    parent: str | None
    position: int
    items: int


class Tree(msgspec.Struct, frozen=True):
    """Every category, parents before what is below them."""

    items: list[ShownCategory]


class SkuOffer(msgspec.Struct, frozen=True):
    """What a platform sells, under its own name for it; the amount in the currency's smallest unit."""

    sku: str
    platform: Platform
    amount: int
    currency: str
    item_id: UUID
    item: str
    name: str
    type: ItemType
    preview: str | None
