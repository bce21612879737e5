"""What is bought: an order, its lines, what of it is on its way, and what was given back."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec


class State(StrEnum):
    """Whether an order waits for a person, is paid, or was turned down."""

    REVIEW = "review"
    PLACED = "placed"
    REJECTED = "rejected"


class ThingState(StrEnum):
    """How far something is that is not in the inventory."""

    RESERVED = "reserved"  # Its order waits for a review.
    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Rule(StrEnum):
    """What makes somebody look at an order."""

    VELOCITY = "velocity"  # The same item, again and again.
    ADDRESS = "address"  # Many orders from one address.
    EARNING = "earning"  # Paid with what was earned as nobody earns who plays.


class Consequence(StrEnum):
    """What becomes of an order that a rule finds too much."""

    REVIEW = "review"
    REFUSE = "refuse"


class WantedItem(msgspec.Struct, frozen=True):
    """So many of an item: what somebody would have more of, or what is taken from its stock."""

    item_id: UUID
    code: str
    quantity: int
    max_per_player: int | None


class Wanted(msgspec.Struct, frozen=True):
    """What of a wish the rules decide over: its lines, what they come down to, and which stocks they draw on."""

    player_id: UUID
    address: str | None
    lines: list[tuple[UUID, str, int]]  # Each line's item, its code, and how many.
    gets: list[WantedItem]
    draws: list[WantedItem]


class Order(msgspec.Struct, frozen=True):
    """An order as it stands."""

    order_id: UUID
    player_id: UUID
    transaction_id: str
    state: State
    currency: str
    total: int
    refunded: int
    balance_after: int | None
    flags: list[str]
    buyer: str
    posting_id: UUID | None
    hold_id: UUID | None
    placed_at: datetime
    settled_at: datetime | None
    settled_by: str
    settled_why: str


class Content(msgspec.Struct, frozen=True, array_like=True):
    """So many of an item in one unit of a line, and in which way it was to be delivered."""

    item_id: UUID
    quantity: int
    delivery: str = ""  # Of orders from before it was written down: as the item is.


class Drawn(msgspec.Struct, frozen=True, array_like=True):
    """So many of a stock, for one unit of a line."""

    item_id: UUID
    quantity: int


class Worth(msgspec.Struct, frozen=True, array_like=True):
    """So much of an asset in one unit of a line."""

    asset: str
    amount: int


class Line(msgspec.Struct, frozen=True):
    """What was bought in one line, as it was then; ``items``, ``assets`` and ``draws`` are JSON of one unit."""

    order_id: UUID
    number: int
    player_id: UUID
    item_id: UUID
    item_version: int
    item_code: str
    item_name: str
    quantity: int
    unit_price: int
    refunded: int
    items: str
    assets: str
    draws: str
    placed_at: datetime

    @property
    def contents(self) -> list[Content]:
        """The items in one unit."""
        return msgspec.json.decode(self.items, type=list[Content])

    @property
    def worths(self) -> list[Worth]:
        """The currencies and points in one unit."""
        return msgspec.json.decode(self.assets, type=list[Worth])

    @property
    def drawn(self) -> list[Drawn]:
        """The stocks that one unit was taken from."""
        return msgspec.json.decode(self.draws, type=list[Drawn])

    @property
    def total(self) -> int:
        """What it cost."""
        return self.quantity * self.unit_price


class Thing(msgspec.Struct, frozen=True):
    """What of an order is not in the inventory: reserved, or delivered in another way."""

    thing_id: UUID
    order_id: UUID
    number: int
    player_id: UUID
    item_id: UUID
    quantity: int
    kind: str
    state: ThingState
    is_alone: bool


class Refund(msgspec.Struct, frozen=True):
    """What was given back; ``lines`` is JSON: which, and how many."""

    refund_id: UUID
    order_id: UUID
    player_id: UUID
    amount: int
    lines: str
    reason: str
    by: str
    posting_id: UUID
    at: datetime

    @property
    def pieces(self) -> list[tuple[int, int]]:
        """Which lines, and how many of each."""
        return msgspec.json.decode(self.lines, type=list[tuple[int, int]])


class RuleRow(msgspec.Struct, frozen=True):
    """When an order waits for a person: more than ``count`` in so many seconds; and why."""

    code: Rule
    is_on: bool
    count: int
    seconds: int
    action: str
    reason: str


class RuleChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator makes of a rule, and why."""

    is_on: bool
    count: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    seconds: Annotated[int, msgspec.Meta(ge=1, le=2_592_000)]
    action: Consequence
    reason: Annotated[
        str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")
    ]


class Settings(msgspec.Struct, frozen=True):
    """The bounds of an order."""

    lines_max: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=50,
            title="Lines of an order",
            description="Twenty lines fill a basket on one page.",
        ),
    ] = 20
    quantity_max: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=1_000_000,
            title="Units of a line",
            description="A thousand of a thing is the supply of a guild.",
        ),
    ] = 1_000
    review_hours: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=720,
            title="Hours an order waits for a person",
            description=(
                "Three days bridge a weekend. Then it is turned down by itself; those that wait now follow the "
                "new time."
            ),
        ),
    ] = 72


class SettingsChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator makes of the bounds of an order, and why."""

    lines_max: Annotated[int, msgspec.Meta(ge=1, le=50)]
    quantity_max: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    review_hours: Annotated[int, msgspec.Meta(ge=1, le=720)]
    reason: Annotated[
        str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")
    ]


class Met(msgspec.Struct, frozen=True):
    """A rule that has an order wait: how much it counted, and what it bears in so many seconds."""

    rule: str
    count: int
    bound: int
    seconds: int


class Suspect(msgspec.Struct, frozen=True):
    """Who earned so often, and so much, in the time that the rule looks at."""

    player_id: UUID
    asset: str
    earnings: int
    amount: int
    noticed_at: datetime
    until: datetime
