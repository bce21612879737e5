"""What accounts tells."""

from collections.abc import Sequence
from datetime import datetime
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


class PasswordChanged(Event, frozen=True):
    """A player has another password."""

    topic = "password.changed"

    player_id: UUID

    def keys(self) -> Sequence[str]:
        """In order with whatever else happens to the player."""
        return (f"player:{self.player_id}",)

    def audiences(self) -> Sequence[str]:
        """The player themselves: it may not have been them."""
        return (of_player(self.player_id),)


class EmailVerified(Event, frozen=True):
    """A player has shown that their e-mail address is theirs."""

    topic = "email.verified"

    player_id: UUID

    def keys(self) -> Sequence[str]:
        """In order with whatever else happens to the player."""
        return (f"player:{self.player_id}",)

    def audiences(self) -> Sequence[str]:
        """The player themselves: it may not have been them."""
        return (of_player(self.player_id),)


class EmailChanged(Event, frozen=True):
    """A player has another e-mail address; it is not told which."""

    topic = "email.changed"

    player_id: UUID

    def keys(self) -> Sequence[str]:
        """In order with whatever else happens to the player."""
        return (f"player:{self.player_id}",)

    def audiences(self) -> Sequence[str]:
        """The player themselves: it may not have been them."""
        return (of_player(self.player_id),)


class AccountLocked(Event, frozen=True):
    """Ten wrong passwords were typed for a player, and nobody new is let in for half an hour."""

    topic = "account.locked"

    player_id: UUID
    locked_at: datetime

    def keys(self) -> Sequence[str]:
        """In order with whatever else happens to the player."""
        return (f"player:{self.player_id}",)

    def audiences(self) -> Sequence[str]:
        """The player themselves: it may not have been them."""
        return (of_player(self.player_id),)


class MergeAsked(Event, frozen=True):
    """Somebody showed that a way of signing in which belongs to another account is theirs."""

    topic = "merge.asked"

    request_id: UUID
    player_id: UUID  # Who asks.
    owner_id: UUID  # Whose it is; the asker is not told, so only staff hears of this.
    provider: str

    def keys(self) -> Sequence[str]:
        """In order with whatever else either of them does."""
        return (f"player:{self.player_id}", f"player:{self.owner_id}")


class MergeDecided(Event, frozen=True):
    """Staff answered a request to merge: declined, or merged, which moved the way of signing in to who asked."""

    topic = "merge.decided"

    request_id: UUID
    player_id: UUID
    owner_id: UUID
    provider: str
    state: str

    def keys(self) -> Sequence[str]:
        """In order with whatever else happens to either of them."""
        return (f"player:{self.player_id}", f"player:{self.owner_id}")


EVENTS = (
    PlayerRegistered,
    PlayerLoggedIn,
    IdentityLinked,
    IdentityUnlinked,
    PasswordChanged,
    EmailChanged,
    EmailVerified,
    AccountLocked,
    MergeAsked,
    MergeDecided,
)
