"""When a provider is asked again."""

from datetime import UTC, datetime, timedelta

import pytest

from playerbase.accounts import rules


@pytest.mark.parametrize("dice", [0.0, 0.5, 1.0])
def test_a_check_is_early_and_never_late(dice: float) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for minutes in (30, 60):
        due = rules.next_check(now, minutes, dice)
        # The schedule comes round every three minutes.
        assert timedelta(minutes=minutes * 0.7) < due - now <= timedelta(minutes=minutes - 3)
    assert rules.next_try(now, 7, dice) - now >= timedelta(seconds=60)
    assert rules.next_try(now, 3_600, dice) - now >= timedelta(seconds=3_600)
