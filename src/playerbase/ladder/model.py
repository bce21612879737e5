"""The nouns."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from playerbase.kit.errors import NotFound


class NoSuchGame(NotFound):
    """There is no such game."""


class NotArchived(NotFound):
    """The ranks of this season are not kept: it has not ended, or there is no such season."""


class Tier(StrEnum):
    """Bands of rating, lowest first."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"
    PLATINUM = "platinum"
    DIAMOND = "diamond"
    MASTER = "master"
    GRANDMASTER = "grandmaster"


class Reset(StrEnum):
    """What becomes of ratings when a season ends: they stay, are drawn towards the middle, or begin anew."""

    NONE = "none"
    SOFT = "soft"
    HARD = "hard"


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
    region: str | None = None  # Where they were from when a match of theirs was last rated.


class Move(msgspec.Struct, frozen=True):
    """What one match did to one rating; score is 1, 0.5 or 0, and null for what a void took back."""

    match_id: UUID
    player_id: UUID
    opponent_id: UUID
    score: float | None
    before: int
    after: int
    settled_at: datetime
    played_at: datetime | None = None  # When the match ended; unknown of those settled before it was kept.


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


class DayEnd(msgspec.Struct, frozen=True):
    """A day, and the rating at its end."""

    at: datetime
    rating: int


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
    region: str | None = None
    region_rank: int | None = None
    region_nearby: list[Rank] = []


class Regional(msgspec.Struct, frozen=True):
    """The head of a ladder among those of one region."""

    game: str
    region: str
    items: list[Rank]


class Close(msgspec.Struct, frozen=True):
    """What the ladder has to do for a season that ended, and how far it is."""

    season_id: UUID
    game: str
    number: int
    name: str
    ends_at: datetime
    reset: str
    reset_factor: float
    players: int
    done: int
    after: UUID
    archived_at: datetime | None
    finished_at: datetime | None


class Final(msgspec.Struct, frozen=True):
    """Where somebody stood when a season ended, and what the reset made of the rating."""

    rank: int
    player_id: UUID
    region: str | None
    rating: int
    peak: int
    played: int
    won: int
    drawn: int
    lost: int
    rating_after: int | None


class FinalRank(msgspec.Struct, frozen=True):
    """A row of an archived ladder as it is shown."""

    rank: int
    player_id: UUID
    display_name: str
    rating: int
    tier: Tier
    region: str | None
    played: int
    won: int
    drawn: int
    lost: int


class Standings(msgspec.Struct, frozen=True):
    """A page of a season's ladder: final ranks, or while the season runs the present head."""

    game: str
    season_id: UUID
    season: int
    is_final: bool
    players: int | None
    items: list[FinalRank]
    next_cursor: str | None


class Season(msgspec.Struct, frozen=True):
    """A season as a player ended it."""

    number: int
    name: str
    ends_at: datetime
    rank: int
    rating: int


class Resetting(msgspec.Struct, frozen=True):
    """A rating that is to be reset."""

    player_id: UUID
    rating: int
    region: str | None


class Past(msgspec.Struct, frozen=True):
    """A reset that a player's rating went through."""

    player_id: UUID
    reset: str
    reset_factor: float
    reset_at: datetime
