"""What ends by the clock ends once, and what is set aside outlives its end until it is free."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from playerbase import identity, ledger
from playerbase.kit import clock as the_clock
from playerbase.kit.db import Pool, transaction
from playerbase.ledger import GiveFree, Posting, actions
from tests.conftest import MovingClock
from tests.ledger.conftest import capturing, holding, moving


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


async def test_what_is_set_aside_are_the_units_that_end_first(pool: Pool, saver: UUID, clock: MovingClock) -> None:
    now, hold = the_clock.now(), uuid4()
    await put(
        pool, moving("earn", saver, 10, asset="points", expires_at=now + timedelta(days=2)),
        moving("earn", saver, 10, asset="points", expires_at=now + timedelta(days=90)),
        holding(saver, 6, now + timedelta(days=5), asset="points", hold_id=hold),
    )  # fmt: skip
    clock.forward(days=3)
    assert await actions.expire_lots(pool) == 1
    assert await left(pool) == [6, 10], "nobody loses what was set aside while it would have been spent first"
    assert await actions.expire_lots(pool) == 0
    assert (await ledger.prove(pool)).findings == ()
    clock.forward(days=1)
    assert (await ledger.prove(pool)).findings == (), "they are late, and not too late"
    await put(pool, capturing(saver, hold, 4, asset="points"))
    assert await left(pool) == [2, 10]
    clock.forward(days=2)
    await actions.end_holds(pool)
    assert await actions.expire_lots(pool) == 1
    assert await left(pool) == [0, 10]
    assert (await ledger.prove(pool)).findings == ()


async def test_those_with_units_set_aside_keep_nobody_elses(pool: Pool, clock: MovingClock) -> None:
    now = the_clock.now()
    async with transaction(pool) as tx:
        savers = [await identity.create(tx) for _ in range(203)]
    soon = [moving("earn", each, 5, asset="points", expires_at=now + timedelta(days=2)) for each in savers]
    await put(pool, *soon, *[moving("earn", each, 5, asset="points") for each in savers])
    await put(pool, *[holding(each, 5, now + timedelta(days=9), asset="points") for each in savers[:-2]])
    clock.forward(days=3)
    assert await actions.expire_lots(pool) == 2


async def test_units_that_are_spent_at_that_moment_take_no_others_with_them(
    pool: Pool, saver: UUID, clock: MovingClock
) -> None:
    now = the_clock.now()
    await put(
        pool, moving("earn", saver, 5, asset="points", expires_at=now + timedelta(days=2)),
        moving("earn", saver, 100, asset="points", expires_at=now + timedelta(days=90)),
    )  # fmt: skip
    clock.forward(days=3)
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    async with transaction(pool) as tx:
        await ledger.post(tx, [moving("spend", saver, 5, asset="points")])
        sweeping = asyncio.create_task(actions.expire_lots(pool))
        while not await pool.fetchval(waiting):  # noqa: ASYNC110 - the server says so and nobody tells us
            await asyncio.sleep(0)
    assert await sweeping == 0
    assert await left(pool) == [0, 100]


async def test_what_nobody_took_away_is_found(pool: Pool, saver: UUID, clock: MovingClock) -> None:
    now = the_clock.now()
    await put(
        pool, moving("earn", saver, 10, asset="points", expires_at=now + timedelta(days=2)),
        holding(saver, 4, now + timedelta(days=9), asset="points"),
    )  # fmt: skip
    clock.forward(days=4)
    assert [finding.flaw for finding in (await ledger.prove(pool)).findings] == ["lot_late"]
    await actions.expire_lots(pool)
    assert (await ledger.prove(pool)).findings == ()
