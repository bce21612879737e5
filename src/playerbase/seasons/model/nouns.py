"""Seasons, their calendar, and what is done for a close."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

PART = r"^[a-z][a-z0-9_]{1,31}$"


class State(StrEnum):
    """How far a season is: it only goes forward."""

    PLANNED = "planned"
    ACTIVE = "active"
    CLOSING = "closing"
    CLOSED = "closed"


class Reset(StrEnum):
    """What becomes of ratings at the end: they stay, move towards the middle, or begin anew."""

    NONE = "none"
    SOFT = "soft"
    HARD = "hard"


class Season(msgspec.Struct, frozen=True):
    """A span of one game's time: from ``starts_at`` on, and until just before ``ends_at``."""

    season_id: UUID
    game: str
    number: int
    name: str
    theme: str
    starts_at: datetime
    ends_at: datetime
    state: State
    reset: Reset
    reset_factor: float  # How much of the distance to the middle a soft reset leaves.
    settle_seconds: int  # How long after the end reports under way are waited for.
    gap_seconds: int  # How long after it no other season may begin.
    version: int
    started_at: datetime | None  # When it was opened, fenced and closed indeed.
    fenced_at: datetime | None
    closed_at: datetime | None

    @property
    def is_fenced(self) -> bool:
        """Whether nothing may be written into it any more."""
        return self.state in {State.CLOSING, State.CLOSED}

    def covers(self, moment: datetime) -> bool:
        """Whether a moment lies in its span, whatever its state."""
        return self.starts_at <= moment < self.ends_at

    def is_open_at(self, moment: datetime) -> bool:
        """Whether players may submit to it: it was opened, is not fenced, and the moment lies in its span."""
        return self.state is State.ACTIVE and self.covers(moment)


class Calendar(msgspec.Struct, frozen=True):
    """The seasons of one game in the order of time; as no two overlap, that is also the order of their ends."""

    game: str
    seasons: list[Season]

    def at(self, moment: datetime) -> Season | None:
        """The season whose span the moment lies in, whatever its state; None in a gap."""
        before = bisect_right(self.seasons, moment, key=lambda each: each.starts_at)
        found = self.seasons[before - 1] if before else None
        return found if found is not None and found.covers(moment) else None

    @property
    def current(self) -> Season | None:
        """The season that is active: opened and not fenced yet, the time in which it settles included."""
        return next((each for each in self.seasons if each.state is State.ACTIVE), None)

    @property
    def closing(self) -> Season | None:
        """The season that is being closed."""
        return next((each for each in self.seasons if each.state is State.CLOSING), None)

    @property
    def following(self) -> Season | None:
        """The season that opens next."""
        return next((each for each in self.seasons if each.state is State.PLANNED), None)


class Part(msgspec.Struct, frozen=True):
    """What a module has to do for a season's close, and how far it is; ``total`` is zero until it has counted."""

    season_id: UUID
    part: str
    done: int
    total: int
    told_at: datetime | None
    finished_at: datetime | None


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator wants of a season; what is left out follows from the settings."""

    name: str
    starts_at: datetime
    ends_at: datetime
    theme: str = ""
    reset: Reset | None = None
    reset_factor: float | None = None
    settle_seconds: int | None = None
    gap_seconds: int | None = None


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bounds of the calendar, and what a new season begins with."""

    seasons_max: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=1_000,
            title="Seasons of one game",
            description="They are read together, and forty years of them are enough.",
        ),
    ] = 500
    length_days: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=3_660,
            title="Days of a new season",
            description="What the form proposes: twelve weeks, as players know it.",
        ),
    ] = 84
    reset: Annotated[
        Reset,
        msgspec.Meta(
            title="What becomes of ratings at the end",
            description="Soft: a lead shrinks, and who was good still begins above; a hard one pairs unequal players.",
        ),
    ] = Reset.SOFT
    reset_factor: Annotated[
        float,
        msgspec.Meta(
            ge=0,
            le=1,
            title="Of a lead a soft reset leaves",
            description="Six tenths: felt by everybody, and made good within a few evenings.",
        ),
    ] = 0.6
    settle_seconds: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            le=86_400,
            title="Seconds after the end in which reports still count",
            description="More than a report of a match takes.",
        ),
    ] = 120
    gap_seconds: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            le=31_536_000,
            title="Seconds between two seasons",
            description="Three days in which nothing counts, as players know it.",
        ),
    ] = 259_200
    late_seconds: Annotated[
        int,
        msgspec.Meta(
            ge=1,
            le=604_800,
            title="A close is late after, in seconds",
            description="A million entries take ten seconds; a quarter of an hour is somebody's work.",
        ),
    ] = 900


def in_order(seasons: Sequence[Season]) -> list[Season]:
    """Seasons in the order of time."""
    return sorted(seasons, key=lambda each: (each.starts_at, each.number))
