"""The timeline of a player, put together from what every module knows: nothing is left out, nothing comes twice."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from playerbase.kit.http import Happening
from playerbase.profiles.pages import merged

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
COUNT = 5


def line(minute: int, kind: str, text: str) -> Happening:
    return Happening(BEGIN + timedelta(minutes=minute), "audit", kind, text)


PART = st.lists(st.integers(0, 10_000), max_size=30, unique=True)


def told(lines: list[Happening], before: datetime) -> list[Happening]:
    """What a module answers: its latest lines from before a time, one more than fit."""
    return sorted((each for each in lines if each.at < before), key=lambda each: each.at, reverse=True)[: COUNT + 1]


@given(st.lists(PART, max_size=4), st.sampled_from(["", "a", "b"]))
def test_page_by_page_everything_is_told_once_and_in_order(minutes: list[list[int]], kind: str) -> None:
    parts = [
        [line(minute, "ab"[minute % 2], f"{part} {minute}") for minute in each] for part, each in enumerate(minutes)
    ]
    before: datetime | None = BEGIN + timedelta(days=30)
    seen: list[Happening] = []
    for _ in range(200):
        if before is None:
            break
        shown, before = merged([told(part, before) for part in parts], kind, COUNT, before)
        seen += shown
    assert before is None
    wanted = [each for part in parts for each in part if kind in {"", each.kind}]
    assert [each.at for each in seen] == sorted((each.at for each in wanted), reverse=True)
    assert {each.text for each in seen} == {each.text for each in wanted}


def test_more_of_one_moment_than_fit_do_not_hold_the_pages_up() -> None:
    crowd = [line(7, "a", str(each)) for each in range(20)]
    before: datetime | None = BEGIN + timedelta(days=30)
    for _ in range(5):
        if before is not None:
            _, before = merged([told([*crowd, line(3, "a", "last")], before)], "", COUNT, before)
    assert before is None
