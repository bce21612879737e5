"""What editors send."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from playerbase.catalog.model.items import (
    Code,
    CosmeticType,
    Count,
    Delivery,
    ItemType,
    Media,
    Part,
    Price,
    Rarity,
    Sku,
    Status,
)

PRICES_MAX = 20
PARTS_MAX = 50
METADATA_MAX = 30

Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$", examples=["demo"])]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$")]
Slot = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{1,31}$", examples=["weapon_skin"])]
Moment = Annotated[datetime, msgspec.Meta(tz=True, examples=["2026-11-20T18:00:00.000Z"])]
Version = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Word = Annotated[str, msgspec.Meta(max_length=500)]
Whole = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Real = Annotated[float, msgspec.Meta(ge=-1e15, le=1e15)]
Key = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,31}$")]
# Flat, so that rules can be written about it and a person can edit it in a form.
Metadata = Annotated[
    dict[Key, Word | Whole | Real | bool | Annotated[list[Word], msgspec.Meta(max_length=50)]],
    msgspec.Meta(max_length=METADATA_MAX),
]


class StockDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many there are for sale in all, those sold included, and when they may be sold."""

    total: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
    opens_at: Moment | None = None
    closes_at: Moment | None = None


class ItemDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything an editor decides about an item; what is left out is as plain as can be."""

    name: Title
    type: ItemType
    description: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    category: Code | None = None
    game: Slug | None = None
    delivery: Delivery = Delivery.IN_GAME
    is_stackable: bool = False
    max_per_player: Count | None = None
    status: Status = Status.ACTIVE
    is_limited: bool = False
    available_from: Moment | None = None
    available_until: Moment | None = None
    cosmetic: CosmeticType | None = None
    rarity: Rarity = Rarity.COMMON
    slot: Slot | None = None
    media: Annotated[list[Media], msgspec.Meta(max_length=10)] = []
    metadata: Metadata = {}
    prices: Annotated[list[Price], msgspec.Meta(max_length=PRICES_MAX)] = []
    skus: Annotated[list[Sku], msgspec.Meta(max_length=PRICES_MAX)] = []
    parts: Annotated[list[Part], msgspec.Meta(max_length=PARTS_MAX)] = []
    stock: StockDraft | None = None


class NewItem(ItemDraft, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An item and the code it is called by for good."""

    code: Code


class CategoryDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything an editor decides about a category."""

    name: Title
    parent: Code | None = None
    position: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0


class NewCategory(CategoryDraft, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A category and the code it is called by for good."""

    code: Code


class GameDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a game is called, and whether it is still run."""

    name: Title
    status: Literal["active", "retired"] = "active"


class NewGame(GameDraft, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A game and the slug it is called by for good."""

    slug: Slug


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bounds of the catalog."""

    items_max: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=50_000,
            title="Items",
            description="Every process holds the whole catalog in memory, some 4 KB an item.",
        ),
    ] = 5_000
    categories_max: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=5_000,
            title="Categories",
            description="A shop with more shelves is not browsed any more.",
        ),
    ] = 500
    import_rows_max: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=20_000,
            title="Rows of an imported file",
            description="As many rows as a body of a megabyte holds.",
        ),
    ] = 5_000
    stock_low: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            le=1_000_000,
            title="A stock is low at",
            description="From so few on, somebody is asked whether to restock.",
        ),
    ] = 10
    ending_days: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            le=365,
            title="Days before a limited item ends",
            description="So long before its end, somebody is reminded of it.",
        ),
    ] = 3
