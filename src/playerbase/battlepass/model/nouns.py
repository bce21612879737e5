"""What a pass is: tiers and their rewards, the log of experience, how far somebody is, and what they claimed."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

TIERS_MAX = 500  # Five times the usual hundred; a list of them still fits into one answer.
PARTS_MAX = 10  # Of one reward.
XP_MAX = 1_000_000_000

Quantity = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
# Units that every client can hold exactly: JavaScript has no whole numbers beyond.
Amount = Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
Experience = Annotated[int, msgspec.Meta(ge=0, le=XP_MAX)]
TierNumber = Annotated[int, msgspec.Meta(ge=0, le=TIERS_MAX)]
ItemCode = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]{1,47}$", examples=["ember_blade"])]
AssetCode = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]{1,31}$", examples=["coins"])]
# Without a semicolon, which stands between rewards in a file.
Title = Annotated[
    str,
    msgspec.Meta(min_length=1, max_length=50, pattern=r"^[^\s;\x00-\x1f\x7f]([^;\x00-\x1f\x7f]*[^\s;\x00-\x1f\x7f])?$"),
]


class Track(StrEnum):
    """For whom a reward is: everybody, who has premium, or whoever went beyond the last tier."""

    FREE = "free"
    PREMIUM = "premium"
    EXCESS = "excess"


class Source(StrEnum):
    """Where experience came from."""

    MATCH_WIN = "match_win"
    MATCH_DRAW = "match_draw"
    MATCH_LOSS = "match_loss"
    SEASON_CHALLENGE = "season_challenge"
    DAILY_BONUS = "daily_bonus"
    GRANT = "grant"
    CORRECTION = "correction"


class Refunds(StrEnum):
    """What becomes of premium rewards when premium is refunded: taken back, spent ones owed; or kept."""

    TAKE_BACK = "take_back"
    KEEP = "keep"


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """So many of an item, an amount of an asset in its smallest unit, or a title: as rewards are given."""

    item: ItemCode | None = None
    quantity: Quantity = 1
    asset: AssetCode | None = None
    amount: Amount | None = None
    title: Title | None = None

    @property
    def fault(self) -> str:
        """What is wrong with it, if it is not one of the three; otherwise empty."""
        if sum(each is not None for each in (self.item, self.asset, self.title)) != 1:
            return "A reward is an item, an asset or a title: name one of them"
        if (self.asset is None) != (self.amount is None):
            return "An asset has an amount, and nothing else has one"
        return "" if self.item is not None or self.quantity == 1 else "Only items have a quantity"

    @property
    def kind(self) -> tuple[str, str]:
        """What it is of, so that two parts can be told to be of the same."""
        if self.item is not None:
            return "item", self.item
        return ("asset", self.asset) if self.asset is not None else ("title", self.title or "")

    @property
    def count(self) -> int:
        """How many of it, or how much."""
        return self.quantity if self.amount is None else self.amount


Parts = Annotated[list[Part], msgspec.Meta(max_length=PARTS_MAX)]


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tier: the experience of the whole season at which it is reached, and what it gives on each track."""

    tier: TierNumber
    xp: Experience
    free: Parts = []
    premium: Parts = []

    def on(self, track: Track) -> list[Part]:
        """What it gives on a track."""
        return {Track.FREE: self.free, Track.PREMIUM: self.premium}.get(track, [])


class Curve(msgspec.Struct, frozen=True):
    """A version of a season's tiers, from tier 0 on; it never changes."""

    season_id: UUID
    version: int
    tiers: tuple[Tier, ...]


class CurveName(msgspec.Struct, frozen=True):
    """Which version of a season's tiers, and when it was made."""

    season_id: UUID
    version: int
    made_at: datetime


class CurveRow(msgspec.Struct, frozen=True):
    """A version of a season's tiers as it lies in its table; ``tiers`` is JSON."""

    season_id: UUID
    version: int
    tiers: str
    made_at: datetime
    made_by: str
    reason: str


class Pass(msgspec.Struct, frozen=True):
    """What a season has for those who play in it."""

    season_id: UUID
    game: str
    name: str
    theme: str
    premium_item: str | None  # Who has this item has premium.
    curve: int  # The version that newcomers begin with.
    excess_xp: int  # For so much beyond the last tier; 0 is for none.
    excess_asset: str
    excess_amount: int
    grace_days: int
    refunds: Refunds
    catch_up_days: int  # In so many last days of the season who is behind gains more; 0 is never.
    daily_cap: int | None  # The most that matches of one day give.
    version: int
    created_at: datetime
    updated_at: datetime


class Rates(msgspec.Struct, frozen=True):
    """What a match gives. Seconds count in tenths, since one of them is worth less than a point."""

    win: int = 100
    draw: int = 75  # Half-way between the two.
    loss: int = 50
    kill: int = 5
    streak: int = 10
    second_tenths: int = 1
    least: int = 50
    most: int = 300


class Progress(msgspec.Struct, frozen=True):
    """How far somebody is in a season, on the version of the tiers that holds for them."""

    season_id: UUID
    player_id: UUID
    xp: int
    curve: int
    tier: int
    peak: int  # The highest tier that was told: one that is lost and regained is not told again.
    began_at: datetime
    updated_at: datetime


class Entry(msgspec.Struct, frozen=True):
    """A row of the log of experience. ``bonus`` is what of the amount was given for being behind.

    ``counted`` is JSON: what the match counted for challenges, so that it can be taken back.
    """

    entry_id: UUID
    player_id: UUID
    source: Source
    ref: str
    game: str
    season_id: UUID | None
    amount: int
    bonus: int
    at: datetime
    noted_at: datetime
    reason: str
    counted: str


class Claim(msgspec.Struct, frozen=True):
    """A reward that was claimed; ``parts`` is JSON. Taken back, it may be claimed once more, in another round."""

    season_id: UUID
    player_id: UUID
    tier: int
    track: Track
    round: int
    how: str  # claimed, season_end or late
    parts: str
    claimed_at: datetime
    taken_back_at: datetime | None


class Premium(msgspec.Struct, frozen=True):
    """That somebody has, or had, premium in a season."""

    season_id: UUID
    player_id: UUID
    source: str
    source_ref: str
    opened_at: datetime
    closed_at: datetime | None


class Measure(StrEnum):
    """What of matches a challenge counts."""

    MATCHES = "matches"
    WINS = "wins"
    KILLS = "kills"
    STREAK = "streak"
    HITS = "hits"
    CORRECT = "correct"
    SECONDS = "seconds"


class Period(StrEnum):
    """After which time a challenge begins anew. Days and weeks (from Monday) are those of UTC."""

    DAY = "day"
    WEEK = "week"
    SEASON = "season"


class Challenge(msgspec.Struct, frozen=True):
    """So much of something in the matches of a period gives experience, once in each period."""

    challenge_id: UUID
    game: str
    code: str
    name: str
    source: Source
    measure: Measure
    goal: int
    period: Period
    mode: str | None
    xp: int
    is_on: bool
    version: int
    updated_at: datetime


class Counted(msgspec.Struct, frozen=True):
    """How far somebody is with a challenge in a period. ``round`` counts how often it was awarded."""

    challenge_id: UUID
    player_id: UUID
    period: str
    count: int
    is_awarded: bool
    round: int
