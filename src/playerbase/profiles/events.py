"""What profiles tell the world."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from playerbase.kit.outbox import Event, of_player


class PlayerLeveledUp(Event, frozen=True):
    """A player reached a level for the first time; who leaps over several is told of each."""

    topic: ClassVar[str] = "player.levelup"
    player_id: UUID
    level: int
    total_xp: int

    def keys(self) -> Sequence[str]:
        """In order, for each player."""
        return [str(self.player_id)]

    def audiences(self) -> Sequence[str]:
        """Who came so far."""
        return [of_player(self.player_id)]


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
