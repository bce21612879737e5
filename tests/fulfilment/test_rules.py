"""The rules of fulfilment, which ask nobody; and what a new secret leaves of what is sealed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerbase import fulfilment
from playerbase.fulfilment import Kind, State
from playerbase.fulfilment.actions.sealing import hash_code, open_addressed
from playerbase.fulfilment.model import Outcome, Settings
from playerbase.fulfilment.rules import codes, steps
from playerbase.fulfilment.store import deliveries, vouchers
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool, reading, transaction
from tests.conftest import SECRET
from tests.fulfilment.lines import HOME, begun, line, player, stock

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
DICE = st.floats(0, 1)


@given(st.integers(1, 20), DICE, st.builds(Settings, pause_seconds=st.integers(1, 86_400)))
def test_pauses_grow_and_differ_by_a_quarter(tried: int, dice: float, settings: Settings) -> None:
    exact = steps.pause(settings, tried, 0.5).total_seconds()
    assert 0.749 * exact <= steps.pause(settings, tried, dice).total_seconds() <= 1.251 * exact
    assert exact <= steps.pause(settings, tried + 1, 0.5).total_seconds() <= 7 * 86_400


@pytest.mark.parametrize(
    ("outcome", "tried", "state", "is_spent"),
    [
        (Outcome.FAILED, 1, State.PENDING, True), (Outcome.FAILED, 2, State.PENDING, True),
        (Outcome.FAILED, 3, State.FAILED, True), (Outcome.UNKNOWN, 2, State.PENDING, True),
        (Outcome.UNKNOWN, 3, State.FAILED, True), (Outcome.REFUSED, 1, State.FAILED, True),
        (Outcome.PUT_OFF, 3, State.PENDING, False), (Outcome.PUT_OFF, 1, State.PENDING, False),
    ],
)  # fmt: skip
def test_what_follows_an_attempt(outcome: Outcome, tried: int, state: State, is_spent: bool) -> None:  # noqa: FBT001 - a table
    step = steps.after(outcome, Settings(), tried=tried, now=NOW, dice=0.5)
    assert (step.state, step.is_spent) == (state, is_spent)
    assert (step.due_at is None) == (state is State.FAILED)


def test_a_shop_that_says_when_is_asked_no_sooner() -> None:
    step = steps.after(Outcome.PUT_OFF, Settings(), tried=1, now=NOW, dice=0, retry_after=900)
    assert step.due_at == NOW + timedelta(seconds=900)


@given(st.lists(st.text("ABCDEF0123456789-", min_size=1, max_size=20), min_size=1, max_size=30))
def test_every_line_is_a_code_or_a_fault(lines: list[str]) -> None:
    found, faults = codes.read("\r\n".join(lines))
    assert [code for _, code in found] == list(dict.fromkeys(lines))
    assert len(found) + len(faults) == len(lines)
    assert all(lines[number - 1] == code for number, code in found)


@given(st.text(max_size=30))
def test_a_mask_shows_the_end_of_a_long_code_alone(code: str) -> None:
    shown = codes.masked(code).removeprefix("••••")
    assert shown == (code[-4:] if len(code) > 8 else "")


async def test_a_new_secret_opens_what_the_former_sealed(pool: Pool) -> None:
    async with transaction(pool) as tx:
        (code,) = await stock(tx, 1)
        ada = await player(tx)
    (delivery_id,) = await begun(pool, line(ada, Kind.SHOPIFY))
    fresh = Keys.derive(bytes(32), [SECRET])
    assert await fulfilment.reseal(pool, fresh) == (2, 0)
    assert await fulfilment.reseal(pool, fresh) == (0, 0)
    fulfilment.use_keys(Keys.derive(bytes(32)))
    async with reading(pool) as db:
        assert open_addressed(delivery_id, await deliveries.sealed_of(db, delivery_id)).address == HOME
        assert [each.pool for each in await vouchers.known(db, [hash_code(code)])] == ["steam-10"]
