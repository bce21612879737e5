"""What is sold: items, their prices and parts, and where they stand."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

ITEM_ASSET = "item:"  # Before its code: the asset of the ledger in which a stackable item is counted.

Code = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]{1,47}$", examples=["ember_blade"])]
AssetCode = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]{1,31}(:[a-z][a-z0-9_-]{1,47})?$", examples=["gems"])]
# Units of an asset, which every client can hold exactly: JavaScript has no whole numbers beyond.
Units = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Address = Annotated[str, msgspec.Meta(max_length=500, pattern=r"^https://[!-~]+$")]


class ItemType(StrEnum):
    """What having an item means: kept for good, used up, or opened into its parts."""

    DURABLE = "durable"
    CONSUMABLE = "consumable"
    BUNDLE = "bundle"


class Delivery(StrEnum):
    """How an item reaches its buyer."""

    IN_GAME = "in_game"
    EMAIL = "email"
    SHOPIFY = "shopify"
    FUNCTIONAL = "functional"


class Status(StrEnum):
    """Whether an item can be bought, is only announced, or has gone."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    COMING_SOON = "coming_soon"


class CosmeticType(StrEnum):
    """What of a player a cosmetic changes."""

    SKIN = "skin"
    EMOTE = "emote"
    BANNER = "banner"
    NAMEPLATE = "nameplate"
    EFFECT = "effect"
    TRAIL = "trail"


class Rarity(StrEnum):
    """How rare an item is, most ordinary first."""

    COMMON = "common"
    UNCOMMON = "uncommon"
    RARE = "rare"
    EPIC = "epic"
    LEGENDARY = "legendary"


class Platform(StrEnum):
    """Where an item is sold for money."""

    STEAM = "steam"
    EPIC = "epic"
    APPLE = "apple"
    GOOGLE = "google"


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an item costs in one asset, in the asset's smallest unit."""

    asset: AssetCode
    amount: Units


class Sku(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Under which name and for how much a platform sells an item; the amount in the currency's smallest unit."""

    platform: Platform
    sku: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", examples=["com.example.gems500"])]
    amount: Annotated[int, msgspec.Meta(ge=1, le=100_000_000)]
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$", description="ISO 4217.", examples=["USD"])]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many of an item, or so much of an asset, in a bundle: one of the two is named."""

    quantity: Units
    item: Code | None = None
    asset: AssetCode | None = None


class Media(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A picture or film of an item."""

    url: Address
    kind: Annotated[str, msgspec.Meta(pattern="^(image|video|model)$")] = "image"


class Stock(msgspec.Struct, frozen=True):
    """How many of an item there are for sale in all, how many are sold, and when they may be."""

    item_id: UUID
    total: int
    sold: int
    opens_at: datetime | None
    closes_at: datetime | None

    @property
    def remaining(self) -> int:
        """How many may still be sold."""
        return self.total - self.sold


class Category(msgspec.Struct, frozen=True):
    """A shelf of the shop; shelves stand in a tree."""

    code: str
    name: str
    parent: str | None
    position: int
    version: int
    updated_at: datetime


class Item(msgspec.Struct, frozen=True):
    """An item as it is at one version; ``code`` and ``item_id`` name it for good, whatever else of it changes."""

    item_id: UUID
    code: str
    version: int
    name: str
    description: str
    category: str | None
    game: str | None  # None: it is the whole platform's, and fits every game.
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
    media: list[Media]
    metadata: dict[str, str | int | float | bool | list[str]]
    prices: list[Price]
    skus: list[Sku]
    parts: list[Part]
    stock_total: int | None
    stock_opens_at: datetime | None
    stock_closes_at: datetime | None
    is_sold_out: bool
    popularity: int
    owned_by_count: int
    created_at: datetime
    updated_at: datetime

    @property
    def asset(self) -> str | None:
        """The asset of the ledger in which this item is counted; None for what is not counted there."""
        return f"{ITEM_ASSET}{self.code}" if self.is_stackable else None

    def price_in(self, asset: str) -> int | None:
        """What one costs in this asset, or None where it is not sold for it."""
        return next((price.amount for price in self.prices if price.asset == asset), None)


class Edition(msgspec.Struct, frozen=True):
    """What an item was from one moment on: ``content`` is the JSON of its draft."""

    version: int
    at: datetime
    by: str
    content: str
