"""The nouns."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.kit.errors import Conflict, Denied, Fault, NotFound

PLAYERS_MIN = 2  # What somebody plays alone beats nobody: its score is for a board.
PLAYERS_MAX = 128  # The largest rooms in common engines; larger events report several matches.

Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Score = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=86_400_000)]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$", examples=["demo"])]
Moment = Annotated[datetime, msgspec.Meta(tz=True, examples=["2026-11-20T18:00:00.000Z"])]


class Performance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one player did. What a game does not count is left at zero; answers are for quiz games."""

    player_id: UUID
    score: Score = 0
    kills: Count = 0
    deaths: Count = 0
    streak: Count = 0
    shots: Count = 0
    hits: Count = 0
    answers: Count = 0
    correct: Count = 0
    answer_ms_total: Milliseconds = 0
    fastest_answer_ms: Milliseconds | None = None


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a game server says was played; ``match_id`` is its own and makes a repeated report harmless."""

    match_id: UUID
    game: Slug
    started_at: Moment
    duration_seconds: Annotated[int, msgspec.Meta(ge=0, le=604_800)]
    players: Annotated[list[Performance], msgspec.Meta(min_length=PLAYERS_MIN, max_length=PLAYERS_MAX)]
    winner_id: UUID | None
    mode: Label = "default"
    map: Label = "default"


class Match(msgspec.Struct, frozen=True):
    """A match as it was recorded."""

    match_id: UUID
    game: str
    mode: str
    map: str
    started_at: datetime
    duration_seconds: int
    players: list[Performance]
    winner_id: UUID | None
    reported_at: datetime
    voided_at: datetime | None


class Recorded(msgspec.Struct, frozen=True):
    """A match as it lies in its row; ``players`` is JSON."""

    match_id: UUID
    game: str
    mode: str
    map: str
    started_at: datetime
    duration_seconds: int
    players: str
    winner_id: UUID | None
    reported_at: datetime
    voided_at: datetime | None
    fingerprint: bytes
    reported_by: str


class Wanted(msgspec.Struct, frozen=True):
    """Which matches are looked for; what is None does not matter."""

    game: str | None = None
    mode: str | None = None
    is_void: bool | None = None
    player_id: UUID | None = None


class MatchReportedOtherwise(Conflict):
    """A match with this id was reported with other content; the first report stands."""


class NoSuchMatch(NotFound):
    """There is no match of this id that you may see."""


class OtherGame(Denied):
    """This key belongs to another game."""


class PlayedTwice(Fault):
    """Some of what was sent is not valid; each fault is listed."""

    def __init__(self, position: int) -> None:
        super().__init__(f"players.{position}.player_id", "duplicate", "This player is already in the match")


class WinnerDidNotPlay(Fault):
    """Some of what was sent is not valid; each fault is listed."""

    def __init__(self) -> None:
        super().__init__("winner_id", "not_a_player", "The winner is not among the players")


class BeganInFuture(Fault):
    """Some of what was sent is not valid; each fault is listed."""

    def __init__(self) -> None:
        super().__init__("started_at", "in_future", "A match cannot be reported before it began")


class EndsInFuture(Fault):
    """Some of what was sent is not valid; each fault is listed."""

    def __init__(self) -> None:
        super().__init__("duration_seconds", "in_future", "A match cannot be reported before it ended")


class UnknownPlayer(Fault):
    """Some of what was sent is not valid; each fault is listed."""

    def __init__(self, position: int) -> None:
        super().__init__(f"players.{position}.player_id", "unknown", "There is no such player")
