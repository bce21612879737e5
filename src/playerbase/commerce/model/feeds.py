"""What platforms say by themselves or when they are polled, kept before it is acted upon."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from playerbase.commerce.model.orders import Platform


class Saying(StrEnum):
    """What a statement says of a purchase."""

    SOLD = "sold"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    REVOKED = "revoked"
    REVERSED = "reversed"  # A refund was taken back.
    HINT = "hint"  # Something happened: ask.
    NOTHING = "nothing"  # Kept to know it again, and nothing follows from it.


class NewStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A statement as it comes in; the same key is the same statement."""

    platform: Platform
    key: str
    source: str
    kind: Saying
    ref: str = ""
    number: int = 0
    sku: str = ""
    quantity: int | None = None
    amount: int | None = None
    currency: str = ""
    said_at: datetime | None = None


class Statement(msgspec.Struct, frozen=True):
    """A statement as it is kept."""

    platform: Platform
    key: str
    source: str
    kind: Saying
    ref: str
    number: int
    sku: str
    quantity: int | None
    amount: int | None
    currency: str
    said_at: datetime | None
    seen_at: datetime
    due_at: datetime | None
    tried: int
    outcome: str
    fault: str


class Feed(msgspec.Struct, frozen=True):
    """How far a feed was read, and how that went."""

    name: str
    since: datetime
    lease: UUID | None
    lease_until: datetime | None
    read_at: datetime | None
    fault: str
