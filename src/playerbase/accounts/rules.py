"""What of an account its own pages show, and when a provider is asked again."""

from datetime import datetime, timedelta
from typing import Final

HIDDEN: Final = "•••"


def masked(email: str) -> str:
    """An address as its owner knows it again and nobody else learns it: first letters, and the last label.

    What is hidden is of one length, so that it does not tell how long the address is.
    """
    local, _, domain = email.rpartition("@")
    host, _, last = domain.rpartition(".")
    return f"{local[:1]}{HIDDEN}@{host[:1]}{HIDDEN}.{last}" if host else f"{local[:1]}{HIDDEN}@{domain[:1]}{HIDDEN}"


def next_check(now: datetime, minutes: int, dice: float) -> datetime:
    """When tokens that hold now are asked about again: early rather than late, and not all at once.

    ``dice`` lies between 0 and 1. What is left of the time, a tenth at least, is for the schedule to come round.
    """
    return now + timedelta(minutes=minutes * (0.75 + 0.15 * dice))


def next_try(now: datetime, wait_seconds: float, dice: float) -> datetime:
    """When a provider that could not be asked is tried again: after what it wants, and then not all at once."""
    return now + timedelta(seconds=max(wait_seconds, 60.0) * (1 + dice))
