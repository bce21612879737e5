"""What the inventory tells the world."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from playerbase.kit.outbox import Event, of_player


class OfPlayer(Event, frozen=True):
    """Something about what one player has: heard in order, and by the player."""

    topic: ClassVar[str] = ""
    player_id: UUID

    def keys(self) -> Sequence[str]:
        """In order, for each player."""
        return [str(self.player_id)]

    def audiences(self) -> Sequence[str]:
        """Whose it is."""
        return [of_player(self.player_id)]


class ItemGranted(OfPlayer, frozen=True):
    """A player has got a thing; what is stacked has no entitlement."""

    topic: ClassVar[str] = "item.granted"
    item_id: UUID
    item: str
    quantity: int
    entitlement_id: UUID | None
    source: str
    source_ref: str
    expires_at: datetime | None


class ItemRevoked(OfPlayer, frozen=True):
    """A thing was taken back."""

    topic: ClassVar[str] = "item.revoked"
    item_id: UUID
    item: str
    quantity: int
    entitlement_id: UUID
    source: str
    source_ref: str
    reason: str


class ItemExpired(OfPlayer, frozen=True):
    """A thing's time is over."""

    topic: ClassVar[str] = "item.expired"
    item_id: UUID
    item: str
    quantity: int
    entitlement_id: UUID


class ItemConsumed(OfPlayer, frozen=True):
    """A player used something up; ``effect`` is what the item says that does."""

    topic: ClassVar[str] = "item.consumed"
    consumption_id: UUID
    item_id: UUID
    item: str
    quantity: int
    remaining: int
    effect: str
    reason: str


class LoadoutChanged(OfPlayer, frozen=True):
    """A player wears something else in a slot, or nothing."""

    topic: ClassVar[str] = "loadout.changed"
    game: str | None
    character_id: UUID | None
    slot: str
    entitlement_id: UUID | None
    item: str | None


EVENTS = (ItemGranted, ItemRevoked, ItemExpired, ItemConsumed, LoadoutChanged)
