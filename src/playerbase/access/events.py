"""What access tells."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from playerbase.kit.outbox import Event, of_player


class StaffChanged(Event, frozen=True):
    """The roles of a member of staff are others now; none means that they have left."""

    topic = "staff.changed"

    player_id: UUID
    roles: list[str]

    def keys(self) -> Sequence[str]:
        """Changes of one person are heard in order."""
        return (f"player:{self.player_id}",)


class ApiKeyChanged(Event, frozen=True):
    """An API key was made or revoked."""

    topic = "api_key.changed"

    key_id: str
    name: str
    game: str | None
    is_revoked: bool

    def keys(self) -> Sequence[str]:
        """Changes of one key are heard in order."""
        return (f"key:{self.key_id}",)


class SecondFactorEnabled(Event, frozen=True):
    """A player has a second factor now, or another one than before."""

    topic = "second_factor.enabled"

    player_id: UUID

    def keys(self) -> Sequence[str]:
        """In order with whatever else the player does."""
        return (f"player:{self.player_id}",)

    def audiences(self) -> Sequence[str]:
        """The player themselves: if it was not them, they should hear of it."""
        return (of_player(self.player_id),)


class SecondFactorDisabled(Event, frozen=True):
    """A player's second factor was taken away."""

    topic = "second_factor.disabled"

    player_id: UUID

    def keys(self) -> Sequence[str]:
        """In order with whatever else the player does."""
        return (f"player:{self.player_id}",)

    def audiences(self) -> Sequence[str]:
        """The player themselves: if it was not them, they should hear of it."""
        return (of_player(self.player_id),)


class RecoveryCodeUsed(Event, frozen=True):
    """A recovery code stood in for a player's second factor; so many are left."""

    topic = "recovery_code.used"

    player_id: UUID
    codes_left: int

    def keys(self) -> Sequence[str]:
        """In order with whatever else the player does."""
        return (f"player:{self.player_id}",)

    def audiences(self) -> Sequence[str]:
        """The player themselves: if it was not them, they should hear of it."""
        return (of_player(self.player_id),)


class PlayerImpersonated(Event, frozen=True):
    """A member of staff sees the portal as a player, until this time at most."""

    topic = "player.impersonated"

    player_id: UUID
    actor_id: UUID
    session_id: UUID
    ends_at: datetime

    def keys(self) -> Sequence[str]:
        """In order with whatever else happens to the player."""
        return (f"player:{self.player_id}",)


class ClientChanged(Event, frozen=True):
    """A client was made, given another secret, or revoked."""

    topic = "client.changed"

    client_id: str
    name: str
    game: str | None
    is_revoked: bool

    def keys(self) -> Sequence[str]:
        """Changes of one client are heard in order."""
        return (f"client:{self.client_id}",)


class AccountUnlocked(Event, frozen=True):
    """Staff let somebody try again before the lock of their account was over."""

    topic = "account.unlocked"

    player_id: UUID

    def keys(self) -> Sequence[str]:
        """In order with whatever else happens to the player."""
        return (f"player:{self.player_id}",)

    def audiences(self) -> Sequence[str]:
        """The player themselves."""
        return (of_player(self.player_id),)


EVENTS = (
    StaffChanged,
    ApiKeyChanged,
    SecondFactorEnabled,
    SecondFactorDisabled,
    RecoveryCodeUsed,
    AccountUnlocked,
    ClientChanged,
    PlayerImpersonated,
)
