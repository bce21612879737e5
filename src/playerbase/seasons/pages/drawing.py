"""The calendar as a drawing: a row for each game, a bar for each season, and a line where today is."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from playerbase.seasons.model import Calendar, State

WIDE = 560.0
ROW = 46.0
HEAD = 22.0
MARKS_MAX = 7
BEHIND, AHEAD = timedelta(days=120), timedelta(days=240)  # Shown around today, as far as there is something.
MARGIN = timedelta(days=2)


class Bar(msgspec.Struct, frozen=True):
    """A season: where it begins and how long it is, in the drawing's units."""

    x: float
    width: float
    label: str
    title: str
    state: State
    path: str


class Row(msgspec.Struct, frozen=True):
    """A game's seasons."""

    name: str
    y: float
    bars: list[Bar]


class Drawing(msgspec.Struct, frozen=True):
    """Everything that is drawn."""

    wide: float
    high: float
    today: float
    rows: list[Row]
    marks: list[tuple[float, str]]


def drawn(calendars: Sequence[Calendar], names: Mapping[str, str], now: datetime, here: str) -> Drawing | None:
    """The calendar around today; None if there is nothing to draw."""
    shown = [season for each in calendars for season in each.seasons if season.ends_at > now - BEHIND]
    shown = [season for season in shown if season.starts_at < now + AHEAD]
    if not shown:
        return None
    first = max(min(now, *(each.starts_at for each in shown)) - MARGIN, now - BEHIND)
    last = min(max(now, *(each.ends_at for each in shown)) + MARGIN, now + AHEAD)
    scale = WIDE / (last - first).total_seconds()

    def at(moment: datetime) -> float:
        return round((min(max(moment, first), last) - first).total_seconds() * scale, 1)

    rows: list[Row] = []
    for calendar in calendars:
        bars = [
            Bar(
                at(each.starts_at), max(round(at(each.ends_at) - at(each.starts_at), 1), 2.0), f"S{each.number}",
                f"Season {each.number}, {each.name}: {each.starts_at:%d %b %Y} to {each.ends_at:%d %b %Y}, "
                f"{each.state}",
                each.state, f"{here}/{each.season_id}",
            )
            for each in calendar.seasons
            if each in shown
        ]  # fmt: skip
        if bars:
            rows.append(Row(names.get(calendar.game, calendar.game), HEAD + ROW * len(rows), bars))
    return Drawing(WIDE, HEAD + ROW * len(rows) + 4, at(now), rows, _marks(first, last, at))


def _marks(first: datetime, last: datetime, at: Callable[[datetime], float]) -> list[tuple[float, str]]:
    """The first days of months, as many as have room."""
    months = []
    year, month = first.year, first.month
    while (day := datetime(year, month, 1, tzinfo=first.tzinfo)) < last:
        if day > first:
            months.append(day)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004 - months of a year
    step = max(1, -(-len(months) // MARKS_MAX))
    return [(at(day), f"{day:%b}") for day in months[::step] if at(day) < WIDE - 30]
