"""What access tells."""

from collections.abc import Sequence
from uuid import UUID

from playerbase.kit.outbox import Event


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
