"""What a platform says of a purchase, and what is kept of that."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from playerbase.commerce.model.orders import Environment, Platform


class Confirm(StrEnum):
    """What a platform must hear once a purchase was given."""

    NOTHING = ""
    ACKNOWLEDGE = "acknowledge"
    CONSUME = "consume"
    REDEEM = "redeem"


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase as its platform stands for it; ``bound_to`` is the player it was bought for, where that is said."""

    platform: Platform
    ref: str
    sku: str
    quantity: int = 1
    amount: int | None = None
    currency: str | None = None
    account: str | None = None
    bound_to: str | None = None
    environment: Environment
    is_taken_back: bool = False
    is_consumable: bool = True  # Whether it may be bought again, as far as the platform cares.


class Receipt(msgspec.Struct, frozen=True):
    """Whose a platform's transaction is, and whether the platform has heard that it was given."""

    platform: Platform
    ref: str
    order_id: UUID
    player_id: UUID
    confirm: Confirm
    confirm_at: datetime | None
    confirmed_at: datetime | None
    tried: int
    fault: str
    asked_at: datetime
    made_at: datetime


class NewReceipt(msgspec.Struct, frozen=True):
    """A receipt as it is first written."""

    platform: Platform
    ref: str
    order_id: UUID
    player_id: UUID
    confirm: Confirm
    confirm_at: datetime | None
