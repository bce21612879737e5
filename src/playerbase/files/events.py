"""What files tell the world."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from playerbase.files.model import Kind
from playerbase.kit.outbox import Event, of_player


class FileReady(Event, frozen=True):
    """A file was looked through and can be shown."""

    topic: ClassVar[str] = "file.ready"
    file_id: UUID
    player_id: UUID
    kind: Kind

    def keys(self) -> Sequence[str]:
        """In order, for each player."""
        return [str(self.player_id)]

    def audiences(self) -> Sequence[str]:
        """Whose it is."""
        return [of_player(self.player_id)]


class FileRefused(Event, frozen=True):
    """A file was looked through and is not taken; ``code`` says why."""

    topic: ClassVar[str] = "file.refused"
    file_id: UUID
    player_id: UUID
    kind: Kind
    code: str

    def keys(self) -> Sequence[str]:
        """In order, for each player."""
        return [str(self.player_id)]

    def audiences(self) -> Sequence[str]:
        """Whose it is."""
        return [of_player(self.player_id)]
