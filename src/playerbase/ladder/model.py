"""The nouns."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from playerbase.kit.errors import NotFound


class NoSuchGame(NotFound):
    """There is no such game."""


class Tier(StrEnum):
    """Bands of rating, lowest first."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"
    PLATINUM = "platinum"
    DIAMOND = "diamond"
    MASTER = "master"
    GRANDMASTER = "grandmaster"


class Rating(msgspec.Struct, frozen=True):
    """A player's Elo rating on one game's ladder, and what lies behind it."""

    player_id: UUID
    rating: int
    peak: int
    played: int
    won: int
    drawn: int
    lost: int
    reached_at: datetime | None  # When the rating was reached: of two equals, who was first stands above.


class Move(msgspec.Struct, frozen=True):
    """What one match did to one rating; score is 1, 0.5 or 0, and null for what a void took back."""

    match_id: UUID
    player_id: UUID
    opponent_id: UUID
    score: float | None
    before: int
    after: int
    settled_at: datetime


class Place(msgspec.Struct, frozen=True):
    """A row of a ladder without its rank and name."""

    player_id: UUID
    rating: int
    played: int
    reached_at: datetime


class Rank(msgspec.Struct, frozen=True):
    """A row of a ladder as it is shown."""

    rank: int
    player_id: UUID
    display_name: str
    rating: int
    tier: Tier
    played: int


class Top(msgspec.Struct, frozen=True):
    """The head of a ladder."""

    game: str
    items: list[Rank]


class Nearby(msgspec.Struct, frozen=True):
    """Where a player stands, with the rows around; rank is null until a match was played."""

    game: str
    player_id: UUID
    rank: int | None
    rating: int
    peak: int
    tier: Tier
    played: int
    won: int
    drawn: int
    lost: int
    nearby: list[Rank]
