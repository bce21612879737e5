"""The only clock. Tests move it, and outside production an operator may, to see a season end today."""

import time
from datetime import UTC, datetime, timedelta

_offset = timedelta()
_settings = 0


def now() -> datetime:
    """The present moment, in UTC, as this installation sees it."""
    return datetime.now(UTC) + _offset


def offset() -> timedelta:
    """How far this process's clock stands ahead of the machine's."""
    return _offset


def set_offset(ahead: timedelta) -> None:
    """Let this process's clock stand so far ahead of the machine's; production never calls it."""
    global _offset, _settings  # noqa: PLW0603 - one process, one clock
    _offset = ahead
    _settings += 1


def settings() -> int:
    """How often it was set: what was read before the last time is out of date."""
    return _settings


def monotonic() -> float:
    """Seconds for measuring durations; not moved by the test clock."""
    return time.perf_counter()


def rfc3339(moment: datetime) -> str:
    """A moment as the API writes it: UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
