"""Moments as others write them."""

from datetime import UTC, datetime


def moment(said: str | None) -> datetime | None:
    """A moment in UTC, which one without an offset is meant in; None where none is said; raises ValueError."""
    if not said:
        return None
    found = datetime.fromisoformat(said)
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        raise ValueError("beyond all time") from None
