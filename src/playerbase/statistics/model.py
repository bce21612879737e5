"""The nouns."""

from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.kit.errors import NotFound


class Period(IntEnum):
    """How long a span of counting is."""

    LIFETIME = 0
    SEASON = 1
    WEEK = 2
    DAY = 3


class Trend(StrEnum):
    """Where a rating has been going for a month; unknown where there is too little to say."""

    IMPROVING = "improving"
    STABLE = "stable"
    DECLINING = "declining"
    UNKNOWN = "unknown"


class Entry(msgspec.Struct, frozen=True):
    """What one match adds to one player: result is 1, 0 or -1; the opponent only where there was one."""

    match_id: UUID
    player_id: UUID
    game: str
    season: int | None
    opponent_id: UUID | None
    ended_at: datetime
    result: int
    score: int
    kills: int
    deaths: int
    shots: int
    hits: int
    answers: int
    correct: int
    answer_ms: int
    seconds: int
    streak: int
    fastest_answer_ms: int | None


class Sum(msgspec.Struct, frozen=True):
    """Matches of one player that follow one another, added up.

    ``opening`` of them were won before the first that was not, ``win_streak`` after the last that was not.
    """

    player_id: UUID
    game: str
    played: int
    won: int
    drawn: int
    lost: int
    score: int
    kills: int
    deaths: int
    shots: int
    hits: int
    answers: int
    correct: int
    answer_ms: int
    seconds: int
    fastest_answer_ms: int | None
    best_streak: int
    opening: int
    win_streak: int
    best_win_streak: int
    first_ended_at: datetime
    first_match_id: UUID
    last_ended_at: datetime
    last_match_id: UUID


class Counted(msgspec.Struct, frozen=True):
    """A row of the counts: a span of a player and game, and all that was counted in it."""

    player_id: UUID
    game: str
    period: int
    slot: int
    played: int
    won: int
    drawn: int
    lost: int
    score: int
    kills: int
    deaths: int
    shots: int
    hits: int
    answers: int
    correct: int
    answer_ms: int
    seconds: int
    fastest_answer_ms: int | None
    best_streak: int
    win_streak: int
    best_win_streak: int


class Bests(msgspec.Struct, frozen=True):
    """What a player did best; null where nothing of the kind was done."""

    fastest_answer_ms: int | None
    best_streak: int
    best_win_streak: int
    peak_elo: int | None


class Figures(msgspec.Struct, frozen=True):
    """What a player did in a span: counts, and what follows from them. A rate of nothing is null."""

    player_id: UUID
    game: str
    period: str
    season: int | None
    begins_at: datetime | None
    ends_at: datetime | None
    played: int
    won: int
    drawn: int
    lost: int
    win_rate: float | None
    score: int
    kills: int
    deaths: int
    kd_ratio: float | None
    shots: int
    hits: int
    accuracy_pct: float | None
    answers: int
    correct: int
    answer_rate: float | None
    avg_answer_time_ms: float | None
    playtime_seconds: int
    win_streak: int
    bests: Bests


class Overview(msgspec.Struct, frozen=True):
    """What others may know of how a player does."""

    player_id: UUID
    display_name: str
    game: str
    rank: int | None
    rating: int
    tier: str
    lifetime: Figures
    season: Figures | None


class Played(msgspec.Struct, frozen=True):
    """A match in a player's history, as they saw it; result is won, drawn, lost or void."""

    match_id: UUID
    game: str
    mode: str
    map: str
    started_at: datetime
    ended_at: datetime
    duration_seconds: int
    result: str
    score: int
    players: int
    opponent_id: UUID | None
    opponent_name: str | None
    opponent_score: int | None


class Matchup(msgspec.Struct, frozen=True):
    """How often a player won against another in matches of two."""

    game: str
    player_id: UUID
    opponent_id: UUID
    opponent_name: str
    played: int
    won: int
    drawn: int
    lost: int


class DayRating(msgspec.Struct, frozen=True):
    """The rating at the end of a day on which a match was rated."""

    day: date
    rating: int


class Course(msgspec.Struct, frozen=True):
    """Where a rating has been going: the verdict, what it rests on, and the days themselves."""

    game: str
    trend: Trend
    days: int
    active_days: int
    points_per_day: float | None
    points: list[DayRating]


class StatisticsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long days and weeks are counted one by one; lifetimes and seasons stay."""

    days_kept: Annotated[
        int,
        msgspec.Meta(
            ge=31,
            le=36_500,
            title="Days kept one by one",
            description=(
                "A year back, and some weeks more to compare with. What is older is gone within six hours, for good."
            ),
        ),
    ] = 400
    weeks_kept: Annotated[
        int,
        msgspec.Meta(
            ge=5,
            le=5_200,
            title="Weeks kept one by one",
            description="Five years. What is older is gone within six hours, for good.",
        ),
    ] = 260


class Kept(msgspec.Struct, frozen=True):
    """The settings, and the first day and week that are not gone yet, in days since 1970."""

    days_kept: int
    weeks_kept: int
    days_gone: int
    weeks_gone: int


class Difference(msgspec.Struct, frozen=True):
    """A span whose stored figures are not what the matches say; one of the two is null where there is no such row."""

    player_id: UUID
    game: str
    period: int
    slot: int
    stored: Counted | None
    counted: Counted | None


class NoSeasonNow(NotFound):
    """No season of this game is open at the moment; name one by its number."""
