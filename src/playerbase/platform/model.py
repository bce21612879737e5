"""The nouns."""

from datetime import datetime
from typing import Annotated

import msgspec

from playerbase.kit.errors import Denied, Exhausted, Unavailable

YEAR_SECONDS = 366 * 86_400


class Health(msgspec.Struct, frozen=True):
    """This process is alive."""

    status: str
    version: str


class Readiness(msgspec.Struct, frozen=True):
    """What this process depends on, and whether each answers; redis away means slower, not wrong."""

    status: str
    postgresql: str
    redis: str


class ClockSetting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far the clock stands ahead of the machine's."""

    ahead_seconds: Annotated[int, msgspec.Meta(ge=0, le=5 * YEAR_SECONDS)]


class ClockReading(msgspec.Struct, frozen=True):
    """The present moment as this installation sees it."""

    now: datetime
    ahead_seconds: int


class ClockIsReal(Denied):
    """In production the clock is the real one."""


class MetricsAreClosed(Denied):
    """In production metrics need a key with the scope metrics:read, or staff."""


class KeyOfOneGame(Denied):
    """A key of one game may not hear what is told of all; use one that is bound to none."""


class TooManyStreams(Exhausted):
    """You have as many live streams open as one caller may."""


class NotReady(Unavailable):
    """The database does not answer; this process should get no requests at the moment."""
