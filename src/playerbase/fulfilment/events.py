"""What fulfilment tells: how deliveries ended."""

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from playerbase.fulfilment.model import Delivery
from playerbase.kit.outbox import Event, of_player


class DeliveryTold(Event, frozen=True, kw_only=True):
    """Which delivery, of which line of which order, for whom."""

    topic = "delivery"

    delivery_id: UUID
    order_id: UUID
    line_id: UUID
    player_id: UUID
    kind: str
    item_code: str
    reason: str = ""

    @classmethod
    def of(cls, delivery: Delivery, reason: str = "") -> Self:
        """The fact about this delivery."""
        return cls(
            delivery_id=delivery.delivery_id, order_id=delivery.order_id, line_id=delivery.line_id,
            player_id=delivery.player_id, kind=delivery.kind.value, item_code=delivery.item_code, reason=reason,
        )  # fmt: skip

    def keys(self) -> Sequence[str]:
        """In order with whatever else happens to the player."""
        return (str(self.player_id),)

    def audiences(self) -> Sequence[str]:
        """The player themselves."""
        return (of_player(self.player_id),)


class DeliveryCompleted(DeliveryTold, frozen=True, kw_only=True):
    """It was delivered: the letter was taken, the parcel was sent, the effect took place."""

    topic = "delivery.completed"


class DeliveryFailed(DeliveryTold, frozen=True, kw_only=True):
    """Every attempt failed; it waits for a person."""

    topic = "delivery.failed"


class DeliveryCancelled(DeliveryTold, frozen=True, kw_only=True):
    """It will not be delivered, or was taken back: what was paid for it is owed."""

    topic = "delivery.cancelled"


EVENTS = (DeliveryCompleted, DeliveryFailed, DeliveryCancelled)
