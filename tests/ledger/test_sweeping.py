"""What ends by the clock ends once, and what is set aside outlives its end until it is free."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from playerbase import identity, ledger
from playerbase.kit import clock as the_clock
from playerbase.kit.db import Pool, transaction
from playerbase.ledger import GiveFree, Posting, actions
from tests.conftest import MovingClock
from tests.ledger.conftest import holding, moving


@pytest.fixture
async def saver(pool: Pool) -> UUID:
    async with transaction(pool) as tx:
        return await identity.create(tx)


async def put(pool: Pool, *postings: Posting) -> None:
    async with transaction(pool) as tx:
        assert all(isinstance(outcome, ledger.Posted) for outcome in await ledger.post(tx, postings))


async def left(pool: Pool) -> list[int]:
    return [row[0] for row in await pool.fetch("select remaining from ledger.lots order by expires_at")]


async def test_units_go_when_they_expire_and_no_others(pool: Pool, saver: UUID, clock: MovingClock) -> None:
    now = the_clock.now()
    await put(
        pool, moving("earn", saver, 10, asset="points", expires_at=now + timedelta(days=2)),
        moving("earn", saver, 7, asset="points", expires_at=now + timedelta(days=9)),
        moving("spend", saver, 4, asset="points"),
    )  # fmt: skip
    assert await actions.expire_lots(pool) == 0
    clock.forward(days=3)
    assert await actions.expire_lots(pool) == 1
    assert await left(pool) == [0, 7]
    assert await actions.expire_lots(pool) == 0


async def test_what_is_set_aside_stays_until_it_is_free(pool: Pool, saver: UUID, clock: MovingClock) -> None:
    now = the_clock.now()
    hold = uuid4()
    await put(
        pool, moving("earn", saver, 10, asset="points", expires_at=now + timedelta(days=2)),
        holding(saver, 6, now + timedelta(days=5), asset="points", hold_id=hold),
    )  # fmt: skip
    clock.forward(days=3)
    await actions.expire_lots(pool)
    assert await left(pool) == [6]
    free = GiveFree(hold, saver, "points", "voided")
    await put(pool, Posting(scope="test", key="void", kind="void", hold=free))
    assert await actions.expire_lots(pool) == 1
    assert await left(pool) == [0]


async def test_hundreds_of_holds_end_in_slices(pool: Pool, saver: UUID, clock: MovingClock) -> None:
    soon = the_clock.now() + timedelta(minutes=5)
    await put(pool, moving("earn", saver, 1_000), *[holding(saver, 1, soon) for _ in range(450)])
    clock.forward(minutes=6)
    assert await actions.end_holds(pool) == 450
    assert await pool.fetchval("select sum(held) from ledger.balances") == 0
