"""What the ladder tells the world."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from playerbase.kit.outbox import Event, of_player


class Settled(Event, frozen=True):
    """A match moved two ratings; both before and after it."""

    topic: ClassVar[str] = "ladder.settled"
    match_id: UUID
    game: str
    player_id: UUID
    opponent_id: UUID
    score: float | None
    before: int
    after: int
    opponent_before: int
    opponent_after: int

    def keys(self) -> Sequence[str]:
        """In the order settled, for each of the two."""
        return [str(self.player_id), str(self.opponent_id)]

    def audiences(self) -> Sequence[str]:
        """Both players."""
        return [of_player(self.player_id), of_player(self.opponent_id)]
