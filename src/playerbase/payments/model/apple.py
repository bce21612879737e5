"""What the App Store says of purchases."""

from datetime import datetime

import msgspec


class AppleTransaction(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase, signed by the App Store. Whose it is tells `account_token` alone, which the game gave it."""

    transaction_id: str
    original_transaction_id: str
    product_id: str
    bundle_id: str
    environment: str
    kind: str  # Consumable, Non-Consumable, Non-Renewing Subscription, Auto-Renewable Subscription.
    quantity: int
    ownership: str
    account_token: str | None
    purchased_at: datetime
    signed_at: datetime
    revoked_at: datetime | None
    revocation_reason: int | None  # 0: for another reason; 1: because of an issue with the app.
    price_milliunits: int | None
    currency: str | None
    storefront: str | None

    @property
    def is_revoked(self) -> bool:
        """Whether its money went back, or the family no longer shares it."""
        return self.revoked_at is not None

    @property
    def is_family_shared(self) -> bool:
        """Whether somebody else of the family paid for it."""
        return self.ownership == "FAMILY_SHARED"


class ApplePage(msgspec.Struct, frozen=True):
    """Some of a buyer's purchases; with `has_more`, ask again from `revision`, which is worth keeping in any case."""

    transactions: list[AppleTransaction]
    revision: str
    has_more: bool


class AppleNotification(msgspec.Struct, frozen=True, kw_only=True):
    """Something the App Store tells us (version 2): REFUND, REVOKE, REFUND_REVERSED, TEST … It may come more than once.

    A repetition has the same `id`; `signed_at` tells how old it is.
    """

    id: str
    kind: str
    subtype: str
    signed_at: datetime
    environment: str
    transaction: AppleTransaction | None
