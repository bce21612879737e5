"""What identity tells."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from playerbase.kit.outbox import Event, of_player


class PlayerStatusChanged(Event, frozen=True):
    """A player was suspended or banned, or such a decision is over: lifted by staff, or ended by itself.

    ``status`` is what holds everywhere from now on; ``scope`` the game the decision is about, or null for everywhere.
    """

    topic = "player.status_changed"

    player_id: UUID
    status: str
    change: str  # barred, lifted, lapsed
    ban_id: UUID
    kind: str
    scope: str | None
    reason: str
    until: datetime | None

    def keys(self) -> Sequence[str]:
        """In order with whatever else happens to the player."""
        return (f"player:{self.player_id}",)

    def audiences(self) -> Sequence[str]:
        """The player themselves."""
        return (of_player(self.player_id),)
