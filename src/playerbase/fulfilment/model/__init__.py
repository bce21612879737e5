"""The nouns of fulfilment: a delivery, its attempts, and what an operator decides about them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.kit.errors import Conflict, NotFound

QUANTITY_MAX = 1_000  # Codes of one letter; whoever buys more buys twice.

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")]
PerhapsLine = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f]*$")]


class Kind(StrEnum):
    """How something is delivered."""

    EMAIL = "email"
    SHOPIFY = "shopify"
    FUNCTIONAL = "functional"


class State(StrEnum):
    """How far a delivery has come; the last three are ends, of which only the first stays for good whatever is said."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """How an attempt ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"  # Without effect; another attempt may succeed.
    REFUSED = "refused"  # Without effect; no other attempt will.
    UNKNOWN = "unknown"  # It may have had its effect: whoever can be asked is asked before another attempt.
    PUT_OFF = "put_off"  # Nothing was sent, so none of the attempts is spent.


class Stopped(StrEnum):
    """What became of the wish to stop a delivery."""

    STOPPED = "stopped"  # It is cancelled, and nothing was delivered.
    ASKED = "asked"  # Whoever has it by now is asked; ``delivery.cancelled`` or ``delivery.completed`` will say.
    TOO_LATE = "too_late"  # It was delivered, or may have been.


class Address(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where something is to be sent."""

    name: Line
    line1: Line
    line2: PerhapsLine = ""
    city: Line
    region: PerhapsLine = ""
    postcode: Annotated[str, msgspec.Meta(max_length=20)] = ""
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")]
    phone: Annotated[str, msgspec.Meta(max_length=30)] = ""


class Particulars(msgspec.Struct, frozen=True, kw_only=True):
    """What a delivery is taken from and whom it goes to; which of it counts depends on the kind.

    ``pool`` is the code of a voucher pool, ``effect`` the name of an effect, ``variant`` a Shopify variant's id. A
    letter goes to ``email``, and where that is empty to the player's own confirmed address.
    """

    pool: str = ""
    effect: str = ""
    variant: str = ""
    email: str = ""
    address: Address | None = None


class NewDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery to be made, of one line of an order; the same line is the same delivery."""

    order_id: UUID
    line_id: UUID
    player_id: UUID
    item_id: UUID
    item_code: str
    item_name: str
    kind: Kind
    quantity: int = 1
    data: Particulars = Particulars()
    delivery_id: UUID | None = None


class Delivery(msgspec.Struct, frozen=True):
    """A delivery as it stands; ``fault`` says what the last attempt met, ``waits_for`` what no attempt helps with."""

    delivery_id: UUID
    order_id: UUID
    line_id: UUID
    player_id: UUID
    item_id: UUID
    item_code: str
    item_name: str
    quantity: int
    kind: Kind
    source: str
    state: State
    waits_for: str  # codes, address, shop or nothing
    tried: int
    due_at: datetime | None
    fault: str
    external_id: str | None
    external_name: str
    is_paid: bool
    tracking_company: str
    tracking_number: str
    tracking_url: str
    cancel_reason: str
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None


class Row(msgspec.Struct, frozen=True):
    """A delivery as it is first written."""

    delivery_id: UUID
    order_id: UUID
    line_id: UUID
    player_id: UUID
    item_id: UUID
    item_code: str
    item_name: str
    quantity: int
    kind: Kind
    source: str
    sealed: bytes | None


class Addressed(msgspec.Struct, frozen=True):
    """Whom a delivery goes to, as it lies sealed beside it."""

    email: str = ""
    address: Address | None = None


class Attempt(msgspec.Struct, frozen=True):
    """One attempt: what was asked of whom, what came back, and how it ended; ``outcome`` is empty while it runs."""

    number: int
    what: str  # deliver, cancel or resend
    asked: str
    answered: str
    outcome: str
    began_at: datetime
    ended_at: datetime | None


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often a delivery is attempted, and with which pauses."""

    attempts_max: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=20,
            title="Attempts at a delivery",
            description="What fails thrice in an hour is rarely mended by a fourth attempt, and somebody waits.",
        ),
    ] = 3
    pause_seconds: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=86_400,
            title="First pause, in seconds",
            description="Long enough for a relay that puts letters off (greylisting) and a server that restarts.",
        ),
    ] = 120
    pause_factor: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=100,
            title="Each pause is so many times the one before",
            description="Two minutes, then half an hour.",
        ),
    ] = 15
    shop_poll_seconds: Annotated[
        int,
        msgspec.Meta(
            ge=60,
            le=604_800,
            title="A shop is asked again after, in seconds",
            description="A quarter of a day: a shop's word may be lost, and nobody looks into a parcel more often.",
        ),
    ] = 21_600


class Tally(msgspec.Struct, frozen=True):
    """How many deliveries of a kind are in a state and wait for this, and since when the oldest was touched."""

    kind: str
    state: str
    waits_for: str
    count: int
    oldest_at: datetime


class NoSuchDelivery(NotFound):
    """There is no such delivery."""


class DeliveryEnded(Conflict):
    """This delivery has come to its end; there is nothing to try again."""


class DeliveryUnderWay(Conflict):
    """An attempt is running at this moment; look again in a minute."""


class DeliveryTooLate(Conflict):
    """This was delivered, or may have been: it can no longer be cancelled."""


class EffectWorthless(Conflict):
    """This would change nothing here, so it is not applied."""
