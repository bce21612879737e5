"""An order: what was sold on a platform, as it was sold, and how far it has come."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

QUANTITY_MAX = 100  # Of one purchase: whoever wants more of a pack buys a larger one.


class Platform(StrEnum):
    """Who takes the money."""

    STEAM = "steam"
    EPIC = "epic"
    APPLE = "apple"
    GOOGLE = "google"


class State(StrEnum):
    """How far an order has come; an abandoned or failed one is given all the same if it turns out to be paid."""

    STARTED = "started"
    APPROVED = "approved"  # The buyer agreed, and the money is about to be taken.
    UNKNOWN = "unknown"  # Something was asked, and nobody knows whether it was done.
    GRANTED = "granted"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"
    FAILED = "failed"
    ABANDONED = "abandoned"


GIVEN = frozenset({State.GRANTED, State.REFUNDED, State.CHARGED_BACK})  # Paid, and settled once already.
OPEN = frozenset({State.STARTED, State.APPROVED, State.UNKNOWN})


class Environment(StrEnum):
    """Whether money was moved."""

    PRODUCTION = "production"
    SANDBOX = "sandbox"


class Thing(msgspec.Struct, frozen=True):
    """So many of an item in one of what is sold; ``source`` is the pool, effect or variant it is delivered from."""

    item_id: UUID
    code: str
    name: str
    quantity: int
    delivery: str  # in_game, or how it is delivered
    asset: str | None = None
    source: str = ""


class Sum(msgspec.Struct, frozen=True):
    """So much of an asset in one of what is sold."""

    asset: str
    amount: int


class Contents(msgspec.Struct, frozen=True):
    """What one of what is sold holds, bundles opened."""

    things: list[Thing]
    sums: list[Sum]


class Order(msgspec.Struct, frozen=True):
    """An order as it stands; ``contents`` is JSON, ``amount`` in hundredths of the currency."""

    order_id: UUID
    number: int
    player_id: UUID
    platform: Platform
    environment: Environment
    sku: str
    item_id: UUID
    item_code: str
    item_name: str
    item_version: int
    quantity: int
    amount: int | None
    currency: str | None
    contents: str
    state: State
    step: str
    fault: str
    approve_url: str
    refunded: int
    given: int
    tried: int
    look_at: datetime | None
    created_at: datetime
    updated_at: datetime
    granted_at: datetime | None
    ended_at: datetime | None
    ref: str | None  # Of its receipt.

    @property
    def left(self) -> int:
        """How many of it were not given back."""
        return self.quantity - self.refunded


class NewOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order as it is first written."""

    order_id: UUID
    number: int
    player_id: UUID
    platform: Platform
    environment: Environment
    sku: str
    item_id: UUID
    item_code: str
    item_name: str
    item_version: int
    quantity: int
    amount: int | None
    currency: str | None
    contents: str
    state: State
    step: str
    fault: str
    look_at: datetime | None
    account: bytes | None
    client_key: str | None
    fingerprint: bytes


class Keyed(msgspec.Struct, frozen=True):
    """The order that bears a client's key, and what was asked under it."""

    order_id: UUID
    fingerprint: bytes


class Account(msgspec.Struct, frozen=True):
    """Who paid for an order, sealed."""

    order_id: UUID
    account: bytes


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bounds of purchases on platforms."""

    abandon_seconds: Annotated[
        int,
        msgspec.Meta(
            ge=60,
            le=604_800,
            title="Abandoned after, in seconds",
            description=(
                "Whoever has not agreed within an hour has closed the overlay, and a purchase that comes back "
                "tomorrow startles."
            ),
        ),
    ] = 3_600
    look_seconds: Annotated[
        int,
        msgspec.Meta(
            ge=5,
            le=3_600,
            title="First asked about after, in seconds",
            description="An order nobody knows the end of; each pause is twice the one before, up to an hour.",
        ),
    ] = 60
    open_orders_max: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=100,
            title="Open purchases of one player",
            description="Steam lets one buyer decide about one order at a time; more open ones are a script.",
        ),
    ] = 5
    feed_seconds: Annotated[
        int,
        msgspec.Meta(
            ge=60,
            le=86_400,
            title="A feed is read every, in seconds",
            description="Steam takes one report a minute; refunds are rarely noticed sooner.",
        ),
    ] = 60
    feed_overlap_seconds: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            le=86_400,
            title="And begins earlier by, in seconds",
            description="Platforms write rows a little later than the moment they name.",
        ),
    ] = 600
    notification_hours: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=720,
            title="A notification is heard for, in hours",
            description="Apple says a thing again for three days; a week later it is a recording.",
        ),
    ] = 168
    exception_hours: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=720,
            title="Called an exception after, in hours",
            description="Reports and workers may be late, and not so late.",
        ),
    ] = 24
    demand_binding: Annotated[
        bool,
        msgspec.Meta(
            title="A receipt must name its player",
            description=(
                "Off: older clients do not say for whom they buy; on, a receipt that names nobody is worth nothing."
            ),
        ),
    ] = False
