"""What the store tells."""

from collections.abc import Sequence
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from playerbase.kit.outbox import STAFF, Event, of_player


class Bought(msgspec.Struct, frozen=True):
    """A line of an order as it is told."""

    item_id: UUID
    item: str
    quantity: int
    price: int


class OfOrder(Event, frozen=True):
    """Something about an order: heard in order for each player, and by the player."""

    topic: ClassVar[str] = ""
    order_id: UUID
    player_id: UUID

    def keys(self) -> Sequence[str]:
        """In order, for each player."""
        return [str(self.player_id)]

    def audiences(self) -> Sequence[str]:
        """Who bought it."""
        return [of_player(self.player_id)]


class OrderPlaced(OfOrder, frozen=True):
    """An order is paid, and its things are granted or on their way."""

    topic: ClassVar[str] = "order.placed"
    currency: str
    total: int
    lines: list[Bought]


class OrderHeld(OfOrder, frozen=True):
    """An order waits for a person: its price is set aside, its things are kept."""

    topic: ClassVar[str] = "order.held"
    currency: str
    total: int
    flags: list[str]

    def audiences(self) -> Sequence[str]:
        """Who bought it, and who decides."""
        return [of_player(self.player_id), STAFF]

    def told_to(self, audiences: frozenset[str]) -> Self:
        """Without what gave it away: who is looked at learns nothing about the rules."""
        return self if STAFF in audiences else msgspec.structs.replace(self, flags=[])


class OrderRejected(OfOrder, frozen=True):
    """An order was turned down, and what was set aside for it is free again."""

    topic: ClassVar[str] = "order.rejected"
    reason: str


class OrderRefunded(OfOrder, frozen=True):
    """Something of an order was given back."""

    topic: ClassVar[str] = "order.refunded"
    refund_id: UUID
    currency: str
    amount: int
    reason: str


class CosmeticPurchased(OfOrder, frozen=True):
    """A player bought something to wear."""

    topic: ClassVar[str] = "player.cosmetic_purchased"
    item_id: UUID
    item: str
    cosmetic: str
    rarity: str
    quantity: int
    currency: str
    price: int


EVENTS = (OrderPlaced, OrderHeld, OrderRejected, OrderRefunded, CosmeticPurchased)
