"""Scores, and how they are shown."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import msgspec


class EntryState(StrEnum):
    """Whether an entry stands on its board.

    A hidden one may still be improved and stays hidden; a removed or void one is as if it had never been.
    """

    SHOWN = "shown"
    HIDDEN = "hidden"
    REMOVED = "removed"
    VOID = "void"


class Entry(msgspec.Struct, frozen=True):
    """One player's score in a run; of equal places who reached theirs first stands above, then the lower id."""

    run_id: UUID
    player_id: UUID
    score: int
    place: int
    reached_at: datetime
    region: str
    version: int  # Of the run when it was written: an older write never wins.
    state: EntryState


class Mark(msgspec.Struct, frozen=True):
    """What one match brought one player in a run."""

    run_id: UUID
    match_id: UUID
    player_id: UUID
    score: int
    at: datetime


class Line(NamedTuple):
    """A row of a board without its rank and name."""

    player_id: UUID
    score: int
    reached_at: datetime


class Lines(NamedTuple):
    """Neighbouring rows: the rank of the first, the rank of who was asked for, and how many there are in all."""

    first: int
    rank: int | None
    size: int
    lines: list[Line]


class Row(msgspec.Struct, frozen=True):
    """A row of a board as it is shown; ``score_text`` is for readers whose numbers end at 2^53."""

    rank: int
    player_id: UUID
    display_name: str
    score: int
    score_text: str


class Near(msgspec.Struct, frozen=True):
    """Where a player stands, with the rows around; rank is null for who has no score that counts."""

    season_id: UUID
    board: str
    player_id: UUID
    rank: int | None
    score: int | None
    score_text: str | None
    size: int
    percentile: float | None  # How many in a hundred stand here or above.
    is_final: bool
    items: list[Row]


class Verdict(StrEnum):
    """What became of a submission."""

    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"  # What stood there already counts for more.
    IN_REVIEW = "in_review"


class Submitted(msgspec.Struct, frozen=True):
    """What became of a submission, and which score stands now."""

    season_id: UUID
    board: str
    player_id: UUID
    verdict: Verdict
    score: int | None
    score_text: str | None
