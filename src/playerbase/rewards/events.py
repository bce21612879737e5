"""What rewards tell."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from playerbase.kit.outbox import Event, of_player
from playerbase.rewards.model import Part


class OfGift(Event, frozen=True, kw_only=True):
    """Which gift, whose, and what for: heard in order for each player, and by the player."""

    topic: ClassVar[str] = ""
    gift_id: UUID
    key: str
    player_id: UUID
    source: str
    ref: str
    parts: list[Part]

    def keys(self) -> Sequence[str]:
        """In order with whatever else happens to the player."""
        return [str(self.player_id)]

    def audiences(self) -> Sequence[str]:
        """Whose it is."""
        return [of_player(self.player_id)]


class RewardGiven(OfGift, frozen=True):
    """A reward is theirs."""

    topic: ClassVar[str] = "reward.given"


class RewardTakenBack(OfGift, frozen=True):
    """A reward was taken back, as far as it was still there."""

    topic: ClassVar[str] = "reward.taken_back"
    reason: str
