"""What accounts tells."""

from collections.abc import Sequence
from uuid import UUID

from playerbase.kit.outbox import Event, of_player


class PlayerRegistered(Event, frozen=True):
    """Somebody plays here for the first time."""

    topic = "player.registered"

    player_id: UUID
    display_name: str
    provider: str

    def keys(self) -> Sequence[str]:
        """A player's registration is heard before whatever they do next."""
        return (f"player:{self.player_id}",)

    def audiences(self) -> Sequence[str]:
        """The player themselves."""
        return (of_player(self.player_id),)


class IdentityLinked(Event, frozen=True):
    """A player may sign in by one more provider."""

    topic = "player.identity_linked"

    player_id: UUID
    provider: str

    def keys(self) -> Sequence[str]:
        """In order with whatever else the player does."""
        return (f"player:{self.player_id}",)

    def audiences(self) -> Sequence[str]:
        """The player themselves."""
        return (of_player(self.player_id),)


class IdentityUnlinked(Event, frozen=True):
    """A player may no longer sign in by a provider."""

    topic = "player.identity_unlinked"

    player_id: UUID
    provider: str

    def keys(self) -> Sequence[str]:
        """In order with whatever else the player does."""
        return (f"player:{self.player_id}",)

    def audiences(self) -> Sequence[str]:
        """The player themselves."""
        return (of_player(self.player_id),)


class PlayerLoggedIn(Event, frozen=True):
    """A player signed in."""

    topic = "player.logged_in"

    player_id: UUID
    session_id: UUID
    provider: str

    def keys(self) -> Sequence[str]:
        """In order with whatever else the player does."""
        return (f"player:{self.player_id}",)

    def audiences(self) -> Sequence[str]:
        """The player themselves: another device should hear of it."""
        return (of_player(self.player_id),)
