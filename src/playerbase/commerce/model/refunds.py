"""What was given back to a buyer, and what became of what they had."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from playerbase.commerce.model.orders import Platform


class RefundKind(StrEnum):
    """Why a purchase no longer holds."""

    REFUND = "refund"
    CHARGEBACK = "chargeback"  # A bank took it back.
    REVOKED = "revoked"  # The family no longer shares it.


class RefundState(StrEnum):
    """Whether a refund has taken effect."""

    WAITING = "waiting"  # Its purchase is not here yet.
    APPLIED = "applied"
    REVERSED = "reversed"  # The platform took the refund back.


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A refund as somebody tells of it; without a quantity it is of all that is left."""

    platform: Platform
    ref: str
    part: str
    kind: RefundKind
    source: str
    quantity: int | None = None
    said_at: datetime | None = None
    reason: str = ""
    is_current: bool = False  # The platform was asked just now, and did not say it some time ago.


class Refund(msgspec.Struct, frozen=True):
    """A refund as it is kept; ``taken`` is JSON."""

    refund_id: UUID
    platform: Platform
    ref: str
    part: str
    kind: RefundKind
    source: str
    quantity: int | None
    state: RefundState
    order_id: UUID | None
    player_id: UUID | None
    taken_quantity: int
    taken: str | None
    reason: str
    said_at: datetime | None
    created_at: datetime
    applied_at: datetime | None


class TakenItem(msgspec.Struct, frozen=True):
    """So many of an item that were taken back; ``lost`` were used up or delivered and could not be had back."""

    item: str
    taken: int
    lost: int = 0


class TakenSum(msgspec.Struct, frozen=True):
    """So much of an asset that was taken back, and so much that was spent and is owed."""

    asset: str
    taken: int
    owed: int


class Taken(msgspec.Struct, frozen=True):
    """What a refund did to what its player had."""

    items: list[TakenItem] = []
    sums: list[TakenSum] = []
