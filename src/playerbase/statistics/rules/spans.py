"""Which spans a moment lies in. Days and weeks are of UTC; weeks begin on Mondays."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from playerbase.statistics.model import Period

DAY_ZERO = date(1970, 1, 1)
_ZERO_ORDINAL = DAY_ZERO.toordinal()
_THURSDAY = 3  # The first of January 1970.


def day_of(moment: datetime) -> int:
    """The day, counted from 1970."""
    return moment.astimezone(UTC).toordinal() - _ZERO_ORDINAL


def week_of(day: int) -> int:
    """The Monday of a day's week, counted from 1970."""
    return day - (day + _THURSDAY) % 7


def slots_of(day: int, season: int | None, *, days_from: int, weeks_from: int) -> Iterator[tuple[Period, int]]:
    """The spans a day of a season lies in; days and weeks only from those on that are still kept."""
    yield Period.LIFETIME, 0
    if season is not None:
        yield Period.SEASON, season
    if (week := week_of(day)) >= weeks_from:
        yield Period.WEEK, week
    if day >= days_from:
        yield Period.DAY, day


def span_of(period: Period, slot: int) -> tuple[datetime | None, datetime | None]:
    """From when and until when; a lifetime has neither, and a season's are in its calendar."""
    if period not in {Period.WEEK, Period.DAY}:
        return None, None
    begins = datetime.combine(DAY_ZERO + timedelta(days=slot), time(), UTC)
    return begins, begins + timedelta(days=7 if period is Period.WEEK else 1)


def is_kept(period: int, slot: int, *, days_from: int, weeks_from: int) -> bool:
    """Whether a span is still counted one by one."""
    return slot >= {Period.WEEK: weeks_from, Period.DAY: days_from}.get(Period(period), slot)
