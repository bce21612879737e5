"""What matches tell the world."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from playerbase.kit.outbox import Event, of_player
from playerbase.matches.model import Performance


class MatchCompleted(Event, frozen=True):
    """A match was played and reported: all that was said of it."""

    topic: ClassVar[str] = "match.completed"
    match_id: UUID
    game: str
    mode: str
    map: str
    started_at: datetime
    duration_seconds: int
    players: list[Performance]
    winner_id: UUID | None

    def keys(self) -> Sequence[str]:
        """In the order reported, for each player."""
        return [str(each.player_id) for each in self.players]

    def audiences(self) -> Sequence[str]:
        """Those who played."""
        return [of_player(each.player_id) for each in self.players]


class MatchVoided(Event, frozen=True):
    """A match was declared void: whatever it caused is to be taken back."""

    topic: ClassVar[str] = "match.voided"
    match_id: UUID
    game: str
    player_ids: list[UUID]
    reason: str

    def keys(self) -> Sequence[str]:
        """After the match itself."""
        return [str(player_id) for player_id in self.player_ids]

    def audiences(self) -> Sequence[str]:
        """Those who played."""
        return [of_player(player_id) for player_id in self.player_ids]
