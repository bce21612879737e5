"""What friends tell the world."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from playerbase.kit.outbox import Event, of_player


class FriendRequested(Event, frozen=True):
    """A player asked another to be friends."""

    topic: ClassVar[str] = "friend.requested"
    request_id: UUID
    from_player_id: UUID
    to_player_id: UUID

    def keys(self) -> Sequence[str]:
        """In order, for both."""
        return [str(self.from_player_id), str(self.to_player_id)]

    def audiences(self) -> Sequence[str]:
        """Both: who asked may sit at another device."""
        return [of_player(self.from_player_id), of_player(self.to_player_id)]


class FriendMade(Event, frozen=True):
    """Two players are friends."""

    topic: ClassVar[str] = "friend.made"
    player_ids: list[UUID]

    def keys(self) -> Sequence[str]:
        """In order, for both."""
        return [str(player_id) for player_id in self.player_ids]

    def audiences(self) -> Sequence[str]:
        """Both."""
        return [of_player(player_id) for player_id in self.player_ids]


class FriendRemoved(Event, frozen=True):
    """Two players are friends no more, or a request between them is over; by whom and why is theirs."""

    topic: ClassVar[str] = "friend.removed"
    player_ids: list[UUID]

    def keys(self) -> Sequence[str]:
        """In order, for both."""
        return [str(player_id) for player_id in self.player_ids]

    def audiences(self) -> Sequence[str]:
        """Both."""
        return [of_player(player_id) for player_id in self.player_ids]


class PlayerBlocked(Event, frozen=True):
    """A player blocks another, or blocks them no more."""

    topic: ClassVar[str] = "player.blocked"
    player_id: UUID
    blocked_id: UUID
    is_blocked: bool

    def keys(self) -> Sequence[str]:
        """In order, for both."""
        return [str(self.player_id), str(self.blocked_id)]

    def audiences(self) -> Sequence[str]:
        """Who blocks; the other is not told."""
        return [of_player(self.player_id)]


EVENTS = (FriendRequested, FriendMade, FriendRemoved, PlayerBlocked)
