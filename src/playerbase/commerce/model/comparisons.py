"""What is looked at rather than done: comparisons that were made, figures of days, what needs somebody."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from playerbase.commerce.model.orders import Platform


class Comparison(msgspec.Struct, frozen=True):
    """Platforms, orders and books compared once: what was, and what came of it."""

    comparison_id: UUID
    asked_by: str
    asked_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    statements: int
    orders: int
    found: int
    settled: int


class DayCount(msgspec.Struct, frozen=True):
    """How many purchases were given, and how many refunds took effect, on a day and a platform."""

    day: date
    platform: Platform
    purchases: int
    refunds: int


class Late(msgspec.Struct, frozen=True):
    """How many orders nobody knows the end of for too long, and since when the oldest."""

    count: int
    oldest_at: datetime | None


class PlayerTally(msgspec.Struct, frozen=True):
    """How much a player bought on platforms, and how much of it was taken back."""

    bought: int
    taken_back: int


class Turn(msgspec.Struct, frozen=True):
    """Something that happened to a purchase of a player."""

    at: datetime
    kind: str  # bought, failed, or why its money went back
    order_id: UUID
    name: str
    quantity: int
    platform: Platform


class Booked(msgspec.Struct, frozen=True):
    """A transaction of the ledger that belongs to an order, and what it did."""

    what: str  # given, given again, taken back
    transaction_id: UUID
