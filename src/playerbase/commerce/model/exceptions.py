"""What does not agree between platforms, orders and books, and what may be done about it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from playerbase.commerce.model.orders import Platform


class Discord(StrEnum):
    """In what something does not agree."""

    PAID_NOT_GRANTED = "paid_not_granted"
    GRANTED_NOT_PAID = "granted_not_paid"
    AMOUNT_DIFFERS = "amount_differs"
    REFUND_NOT_APPLIED = "refund_not_applied"
    REFUND_NOT_CONFIRMED = "refund_not_confirmed"
    UNKNOWN_TOO_LONG = "unknown_too_long"
    RECEIPT_OF_ANOTHER = "receipt_of_another"
    NOT_CONFIRMED = "not_confirmed"
    NOT_DELIVERED = "not_delivered"
    BOOKS_DIFFER = "books_differ"
    FEED_STANDS_STILL = "feed_stands_still"


class Remedy(StrEnum):
    """What may be done about it."""

    GRANT = "grant"
    ASK = "ask"
    REFUND = "refund"
    ACCEPT = "accept"


class ExceptionState(StrEnum):
    """Whether it still waits for somebody."""

    OPEN = "open"
    SETTLED = "settled"  # It agrees by now.
    ACCEPTED = "accepted"  # Somebody said why it may stay.


class Found(msgspec.Struct, frozen=True):
    """Something that does not agree, as it was found."""

    kind: Discord
    platform: Platform
    subject: str
    order_id: UUID | None
    player_id: UUID | None
    detail: str


class Difference(msgspec.Struct, frozen=True):
    """Something that does not agree, as it is kept."""

    exception_id: UUID
    kind: Discord
    platform: Platform
    subject: str
    order_id: UUID | None
    player_id: UUID | None
    detail: str
    state: ExceptionState
    found_at: datetime
    settled_at: datetime | None
    settled_by: str
    reason: str
