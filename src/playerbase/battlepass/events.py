"""What the battle pass tells."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

import msgspec

from playerbase.battlepass.model import Part
from playerbase.kit.outbox import Event, of_player


class OfPlayer(Event, frozen=True):
    """Something about one player's pass: heard in order, and by the player."""

    topic: ClassVar[str] = ""
    season_id: UUID
    game: str
    player_id: UUID

    def keys(self) -> Sequence[str]:
        """In order, for each player."""
        return [str(self.player_id)]

    def audiences(self) -> Sequence[str]:
        """Whose it is."""
        return [of_player(self.player_id)]


class TierReached(OfPlayer, frozen=True):
    """A player reached a tier, and with it all below."""

    topic: ClassVar[str] = "battlepass.tier_reached"
    tier: int
    before: int
    xp: int


class RewardEarned(OfPlayer, frozen=True):
    """A player was given the reward of a tier; ``how`` says whether they claimed it or the season's end did."""

    topic: ClassVar[str] = "battlepass.reward_earned"
    tier: int
    track: str
    how: str
    parts: list[Part]


class ChallengeCompleted(Event, frozen=True):
    """A player did what a challenge asks, and got its experience."""

    topic: ClassVar[str] = "battlepass.challenge_completed"
    game: str
    player_id: UUID
    challenge_id: UUID
    challenge: str
    period: str
    xp: int

    def keys(self) -> Sequence[str]:
        """In order, for each player."""
        return [str(self.player_id)]

    def audiences(self) -> Sequence[str]:
        """Whose it is."""
        return [of_player(self.player_id)]


class PremiumOpened(OfPlayer, frozen=True):
    """A player has premium: what they have reached of it can be claimed at once."""

    topic: ClassVar[str] = "battlepass.premium_opened"
    source: str
    source_ref: str


class TakenBack(msgspec.Struct, frozen=True):
    """A premium reward of a tier that was taken back."""

    tier: int
    parts: list[Part]


class PremiumClosed(OfPlayer, frozen=True):
    """A player's premium is over before its time; which of its rewards were taken back, and which are kept."""

    topic: ClassVar[str] = "battlepass.premium_closed"
    reason: str
    taken_back: list[TakenBack]
    kept: int


class PassChanged(Event, frozen=True):
    """A season's pass is another than before; ``curve`` is the version newcomers begin with."""

    topic: ClassVar[str] = "battlepass.changed"
    season_id: UUID
    game: str
    curve: int
    version: int

    def keys(self) -> Sequence[str]:
        """In order, for each season."""
        return [f"battlepass {self.season_id}"]


EVENTS = (PassChanged, TierReached, RewardEarned, ChallengeCompleted, PremiumOpened, PremiumClosed)
