"""What commerce tells: what became of purchases."""

from collections.abc import Sequence
from uuid import UUID

from playerbase.commerce.model import Order
from playerbase.kit.outbox import Event, of_player


class PurchaseTold(Event, frozen=True, kw_only=True):
    """Which order, whose, and of what."""

    topic = "purchase"

    order_id: UUID
    player_id: UUID
    platform: str
    sku: str
    item: str
    quantity: int

    def keys(self) -> Sequence[str]:
        """In order with whatever else happens to the player."""
        return (str(self.player_id),)

    def audiences(self) -> Sequence[str]:
        """The player themselves."""
        return (of_player(self.player_id),)


class PurchaseGranted(PurchaseTold, frozen=True, kw_only=True):
    """It was paid, and what was bought is theirs."""

    topic = "purchase.granted"

    amount: int | None
    currency: str | None


class PurchaseRefunded(PurchaseTold, frozen=True, kw_only=True):
    """Its money went back: what was left was taken back, and of each asset ``owed`` says what was spent."""

    topic = "purchase.refunded"

    refund_id: UUID
    kind: str
    owed: dict[str, int]


class PurchaseFailed(PurchaseTold, frozen=True, kw_only=True):
    """It was not paid, and nothing was given."""

    topic = "purchase.failed"

    reason: str


def granted(order: Order, quantity: int) -> PurchaseGranted:
    """The fact that so many of an order were given."""
    return PurchaseGranted(
        order_id=order.order_id, player_id=order.player_id, platform=order.platform, sku=order.sku,
        item=order.item_code, quantity=quantity, amount=order.amount, currency=order.currency,
    )  # fmt: skip


def refunded(order: Order, refund_id: UUID, kind: str, quantity: int, owed: dict[str, int]) -> PurchaseRefunded:
    """The fact that so many of an order were taken back."""
    return PurchaseRefunded(
        order_id=order.order_id, player_id=order.player_id, platform=order.platform, sku=order.sku,
        item=order.item_code, quantity=quantity, refund_id=refund_id, kind=kind, owed=owed,
    )  # fmt: skip


def failed(order: Order, reason: str) -> PurchaseFailed:
    """The fact that nothing came of an order."""
    return PurchaseFailed(
        order_id=order.order_id, player_id=order.player_id, platform=order.platform, sku=order.sku,
        item=order.item_code, quantity=order.quantity, reason=reason,
    )  # fmt: skip


EVENTS = (PurchaseGranted, PurchaseRefunded, PurchaseFailed)
