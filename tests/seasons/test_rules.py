"""What makes a calendar sound, and what is due in it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from playerbase.seasons import Calendar, Reset, Season, State, rules
from playerbase.seasons.model import (
    NumbersOutOfOrder,
    OffSeasonTooShort,
    SeasonEndsTooEarly,
    SeasonNumberTaken,
    SeasonsOverlap,
)

START = datetime(2026, 1, 1, tzinfo=UTC)


def day(count: float) -> datetime:
    return START + timedelta(days=count)


def season(number: int, begins: float, ends: float, state: State = State.PLANNED, *, gap: int = 0) -> Season:
    begun = None if state is State.PLANNED else day(begins)
    fenced = day(ends) if state in {State.CLOSING, State.CLOSED} else None
    return Season(
        uuid4(), "arena", number, f"Season {number}", "", day(begins), day(ends), state, Reset.SOFT, 0.6, 120, gap, 1,
        begun, fenced, day(ends) if state is State.CLOSED else None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (season(3, 20, 30), None),
        (season(3, 25, 30), None),
        (season(3, 19.9, 30), SeasonsOverlap),
        (season(3, 12, 13), SeasonsOverlap),
        (season(3, 5, 40), SeasonsOverlap),
        (season(3, -5, 0), NumbersOutOfOrder),
        (season(1, 20, 30), SeasonNumberTaken),
        (season(3, 30, 30), SeasonEndsTooEarly),
        (season(3, 30, 29), SeasonEndsTooEarly),
    ],
)
def test_a_calendar_stays_sound(wanted: Season, refusal: type[Exception] | None) -> None:
    calendar = [season(1, 0, 10), season(2, 10, 20)]
    found = rules.unsound(calendar, wanted)
    assert type(found) is (refusal or type(None))


def test_an_off_season_is_kept_on_both_sides() -> None:
    calendar = [season(1, 0, 10, gap=86_400), season(4, 30, 40)]
    assert isinstance(rules.unsound(calendar, season(2, 10.5, 20)), OffSeasonTooShort)
    assert rules.unsound(calendar, season(2, 11, 20)) is None
    assert isinstance(rules.unsound(calendar, season(2, 11, 29.5, gap=86_400)), OffSeasonTooShort)
    assert rules.unsound(calendar, season(2, 10.5, 20), gaps=False) is None


def test_a_season_may_be_moved_over_where_it_was_itself() -> None:
    calendar = [season(1, 0, 10), season(2, 10, 20)]
    assert rules.unsound(calendar, msgspec.structs.replace(calendar[1], starts_at=day(12), ends_at=day(25))) is None


def test_a_moment_belongs_to_the_span_it_lies_in() -> None:
    calendar = Calendar("arena", [season(1, 0, 10, State.CLOSED), season(2, 12, 20)])
    of = [found.number if (found := calendar.at(day(at))) else None for at in (-0.1, 0, 9.99, 10, 11.9, 12, 19.9, 20)]
    assert of == [None, 1, 1, None, None, 2, 2, None]


def test_what_is_due_is_one_step_at_a_time() -> None:
    one, two = season(1, 0, 10), season(2, 10, 20)
    assert rules.due(Calendar("arena", [one, two]), day(-1)) is None
    assert rules.due(Calendar("arena", [one, two]), day(0)) is one
    running = rules.opened(one, day(0))
    settled = running.ends_at + timedelta(seconds=120)
    assert rules.due(Calendar("arena", [running, two]), settled - timedelta(microseconds=1)) is None
    assert rules.due(Calendar("arena", [running, two]), settled) is running
    closing = rules.fenced(running, settled)
    assert rules.due(Calendar("arena", [closing, two]), day(15)) is None
    assert rules.due(Calendar("arena", [rules.closed(closing, settled), two]), settled) is two
