"""What statistics tell the world."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from playerbase.kit.outbox import Event, of_player


class PersonalBest(Event, frozen=True, kw_only=True):
    """A player surpassed what they had done best: ``fastest_answer_ms`` or ``best_win_streak``."""

    topic: ClassVar[str] = "statistics.personal_best"
    player_id: UUID
    game: str
    best: str
    before: int
    now: int

    def keys(self) -> Sequence[str]:
        """In order, for each player."""
        return [str(self.player_id)]

    def audiences(self) -> Sequence[str]:
        """Who did it."""
        return [of_player(self.player_id)]
