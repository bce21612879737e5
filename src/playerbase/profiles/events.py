"""What profiles tell the world."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from playerbase.kit.outbox import Event, of_player


class CharacterDeleted(Event, frozen=True):
    """A character is no more: whatever it wore or held for itself goes with it."""

    topic: ClassVar[str] = "character.deleted"
    player_id: UUID
    character_id: UUID
    game: str | None

    def keys(self) -> Sequence[str]:
        """In order, for each player."""
        return [str(self.player_id)]

    def audiences(self) -> Sequence[str]:
        """Whose it was."""
        return [of_player(self.player_id)]
