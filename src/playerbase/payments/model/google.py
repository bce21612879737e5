"""What Google Play says of purchases."""

from datetime import datetime
from enum import StrEnum

import msgspec


class GoogleState(StrEnum):
    """Where a purchase stands."""

    PURCHASED = "purchased"
    CANCELED = "canceled"
    PENDING = "pending"
    OTHER = "other"  # A number Google has not told us yet; nothing may be done upon it.


class GooglePurchase(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase of a product. Whose it is tells `account_id` alone, which the game gave when it sold."""

    product_id: str
    token: str
    order_id: str | None
    state: GoogleState
    is_acknowledged: bool  # If it is not within three days, Google gives the money back.
    is_consumed: bool
    is_test: bool  # Bought by a tester of ours, and paid for by nobody.
    quantity: int
    account_id: str | None
    region: str | None
    purchased_at: datetime | None


class GoogleVoided(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase whose money went back; `quantity` says of how many, if not of all."""

    token: str
    order_id: str
    voided_at: datetime
    source: int  # 0: the buyer; 1: we; 2: Google.
    reason: (
        int  # 0 other, 1 remorse, 2 not received, 3 defective, 4 accidental, 5 fraud, 6 friendly fraud, 7 chargeback …
    )
    quantity: int | None

    @property
    def is_chargeback(self) -> bool:
        """Whether a bank took it back."""
        return self.reason == 7  # noqa: PLR2004 - see above


class GoogleVoidedPage(msgspec.Struct, frozen=True):
    """Some of what was taken back, and where the rest is; of what was before `since` Google no longer tells."""

    rows: list[GoogleVoided]
    next_token: str | None
    since: datetime


class GoogleNotificationKind(StrEnum):
    """What a notification is about."""

    PRODUCT = "product"
    SUBSCRIPTION = "subscription"
    VOIDED = "voided"
    TEST = "test"


class GoogleNotification(msgspec.Struct, frozen=True, kw_only=True):
    """Something Google tells us, a hint to ask how the purchase stands. A repetition has the same `id`."""

    id: str
    kind: GoogleNotificationKind
    at: datetime
    token: str | None
    product_id: str | None
    order_id: str | None
