"""Opening, the fence, and the close: each told once, whatever is killed and however often it is tried."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import cast

import pytest

from playerbase import seasons
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.errors import Unavailable
from playerbase.seasons import State, actions
from playerbase.seasons.model import SeasonNotBegun, SeasonOver, SeasonRunning, SeasonsOverlap
from playerbase.seasons.pages import PAGE
from tests.commerce.test_crashes import Mortal
from tests.conftest import MovingClock
from tests.seasons.calendars import draft, planned, state, told

STATE = """
    select (select json_agg(each order by season_id)::text from seasons.seasons as each),
        (select json_agg(each order by season_id, part)::text from seasons.parts as each),
        (select count(*) from kit.events)
"""


async def test_the_clock_opens_and_closes(pool: Pool, clock: MovingClock) -> None:
    one, two = await planned(pool, draft(1, 10, settle_seconds=120), draft(10, 20))
    assert await seasons.turn(pool) == 0
    clock.forward(days=1)
    assert await seasons.turn(pool) == 1
    async with transaction(pool) as tx:
        assert (await seasons.current(tx, "arena")) == await seasons.season(tx, one.season_id)
    clock.forward(days=9, seconds=60)
    # Reports under way are waited for; players submit nothing more, and the next season waits.
    assert await seasons.turn(pool) == 0
    running = await seasons.season(cast("Tx", pool), one.season_id)
    assert running.state is State.ACTIVE
    assert not running.is_open_at(running.ends_at)
    clock.forward(seconds=61)
    await seasons.turn(pool)
    assert [await state(pool, each.season_id) for each in (one, two)] == ["closed", "active"]
    assert await told(pool, one.season_id) == ["planned", "started", "ended", "closed"]
    assert await told(pool, two.season_id) == ["planned", "started"]
    assert await seasons.turn(pool) == 0


async def test_what_was_missed_while_nobody_looked_is_made_up_for_in_order(pool: Pool, clock: MovingClock) -> None:
    one, two = await planned(pool, draft(1, 10), draft(10, 20))
    clock.forward(days=30)
    await asyncio.gather(*(seasons.turn(pool) for _ in range(4)))
    assert await told(pool, one.season_id) == ["planned", "started", "ended", "closed"]
    assert await told(pool, two.season_id) == ["planned", "started", "ended", "closed"]


async def test_a_close_waits_for_its_parts(pool: Pool, clock: MovingClock, parts: Callable[..., None]) -> None:
    parts("ladder", "boards")
    one, two = await planned(pool, draft(0, 10), draft(10, 20))
    await seasons.turn(pool)
    clock.forward(days=10)
    await seasons.turn(pool)
    parts("ladder", "boards", "battlepass")  # A module that came later does not hold up what has begun.
    async with transaction(pool) as tx:
        await seasons.note_part(tx, one.season_id, "ladder", done=3, of=10)
        (boards, ladder) = await seasons.parts(tx, one.season_id)
        assert (boards.part, boards.done, boards.total, boards.told_at) == ("boards", 0, 0, None)
        assert (ladder.done, ladder.total, ladder.finished_at) == (3, 10, None)
        await seasons.finish_part(tx, one.season_id, "battlepass")
    for _ in range(2):
        async with transaction(pool) as tx:
            assert (await seasons.finish_part(tx, one.season_id, "ladder")).state is State.CLOSING
    await seasons.turn(pool)
    assert await state(pool, two.season_id) == "planned"
    # Two who end at once: one of them is the last.
    async with transaction(pool) as tx:
        await tx.execute("update seasons.parts set finished_at = null")

    async def finish(part: str) -> State:
        async with transaction(pool) as tx:
            return (await seasons.finish_part(tx, one.season_id, part)).state

    ended = await asyncio.gather(*(finish(part) for part in ("ladder", "boards") * 3))
    assert 1 <= ended.count(State.CLOSING) <= 3
    assert ended.count(State.CLOSED) >= 3
    assert [await state(pool, each.season_id) for each in (one, two)] == ["closed", "active"]
    assert await told(pool, one.season_id) == ["planned", "started", "ended", "closed"]
    assert await told(pool, two.season_id) == ["planned", "started"]


async def test_the_fence_waits_for_who_writes_and_none_writes_after_it(pool: Pool, clock: MovingClock) -> None:
    (one,) = await planned(pool, draft(0, 10))
    await seasons.turn(pool)
    clock.forward(days=10)
    await pool.execute("create table written (at_state text)")
    holding, let_go = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with transaction(pool) as tx:
            found = (await seasons.hold(tx, [one.season_id]))[one.season_id]
            holding.set()
            await let_go.wait()
            await tx.execute("insert into written values ($1)", found.state.value)

    writer = asyncio.create_task(write())
    await holding.wait()
    fence = asyncio.create_task(seasons.turn(pool))
    await _blocked(pool)
    late = asyncio.create_task(write())  # Comes after the fence, waits for it, and sees it.
    assert await state(pool, one.season_id) == "active"
    let_go.set()
    await asyncio.gather(writer, fence, late)
    assert await state(pool, one.season_id) == "closed"
    assert {row[0] for row in await pool.fetch("select at_state from written")} == {"active", "closed"}


async def _blocked(pool: Pool) -> None:
    waiting = """
        select count(*) from pg_locks join pg_database as it on it.oid = database
        where locktype = 'advisory' and not granted and it.datname = current_database()
    """
    while not await pool.fetchval(waiting):
        pass


async def test_many_hold_at_once_and_none_is_lost_at_the_fence(pool: Pool, clock: MovingClock) -> None:
    (one,) = await planned(pool, draft(0, 10))
    await seasons.turn(pool)
    clock.forward(days=10)
    await pool.execute("create table written (is_fenced bool, after_fence bool)")

    async def write() -> None:
        async with transaction(pool) as tx:
            found = (await seasons.hold(tx, [one.season_id]))[one.season_id]
            if not found.is_fenced:
                await tx.execute(
                    "insert into written select false, exists (select from seasons.seasons where state = 'closed')"
                )  # fmt: skip

    await asyncio.gather(*(write() for _ in range(20)), seasons.turn(pool), *(write() for _ in range(20)))
    assert not await pool.fetchval("select bool_or(after_fence) from written")
    assert await state(pool, one.season_id) == "closed"


async def test_an_operator_opens_early_and_closes_early(pool: Pool, clock: MovingClock) -> None:
    one, two = await planned(pool, draft(5, 10, settle_seconds=60), draft(10, 20, gap_seconds=86_400))
    async with transaction(pool) as tx:
        with pytest.raises(SeasonNotBegun):
            await seasons.close(tx, one.season_id)
        with pytest.raises(SeasonsOverlap):
            await seasons.activate(tx, two.season_id)
    for _ in range(2):
        async with transaction(pool) as tx:
            opened = await seasons.activate(tx, one.season_id)
            assert opened.state is State.ACTIVE
            with pytest.raises(SeasonRunning):
                await seasons.activate(tx, two.season_id)
    clock.forward(days=1)
    for _ in range(2):
        async with transaction(pool) as tx:
            ended = await seasons.close(tx, one.season_id)
            assert ended.state is State.ACTIVE
            assert ended.starts_at < ended.ends_at < one.ends_at
    clock.forward(seconds=61)
    for _ in range(2):
        async with transaction(pool) as tx:
            assert (await seasons.close(tx, one.season_id)).state is State.CLOSED
            with pytest.raises(SeasonOver):
                await seasons.activate(tx, one.season_id)
    assert await told(pool, one.season_id) == ["planned", "started", "changed", "ended", "closed"]
    async with transaction(pool) as tx:
        assert (await seasons.activate(tx, two.season_id)).state is State.ACTIVE


async def test_a_close_killed_at_any_statement_is_done_once(
    pool: Pool, clock: MovingClock, parts: Callable[..., None]
) -> None:
    parts("ladder", "boards")
    one, two = await planned(pool, draft(0, 10), draft(10, 20))
    clock.forward(days=10)

    async def turning(tx: Tx) -> object:
        return await actions.turning.step(tx, "arena")

    def finishing(part: str) -> Callable[[Tx], Awaitable[object]]:
        return lambda tx: seasons.finish_part(tx, one.season_id, part)

    steps = [turning, turning, finishing("boards"), finishing("ladder")]
    for act in steps:
        for dies_at in count(1):
            before = await pool.fetch(STATE)
            try:
                async with transaction(pool) as tx:
                    await act(cast("Tx", Mortal(tx, dies_at, after=dies_at % 2 == 0)))
            except Unavailable:
                assert await pool.fetch(STATE) == before, dies_at
                continue
            break
        assert dies_at > 4
        for _ in range(2):  # And once more, as if the answer had been lost.
            if act is not turning:
                async with transaction(pool) as tx:
                    await act(tx)
    assert [await state(pool, each.season_id) for each in (one, two)] == ["closed", "active"]
    assert await told(pool, one.season_id) == ["planned", "started", "ended", "closed"]
    assert await told(pool, two.season_id) == ["planned", "started"]


async def test_the_memory_of_a_process_follows_within_a_second(
    pool: Pool, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = seasons.Seasons(pool)
    moment = 0.0
    monkeypatch.setattr("playerbase.kit.clock.monotonic", lambda: moment)
    assert await kept.current("arena") is None
    (one,) = await planned(pool, draft(0, 10))
    await seasons.turn(pool)
    assert await kept.current("arena") is None
    moment += 2
    found = await kept.current("arena")
    assert found is not None
    assert found.season_id == one.season_id
    assert await kept.at("arena", one.ends_at) is None
    clock.forward(days=11)
    await seasons.turn(pool)
    assert await kept.current("arena") is None  # A clock that was moved is followed at once.


async def test_a_close_that_takes_long_is_somebodys_work(
    pool: Pool, clock: MovingClock, parts: Callable[..., None]
) -> None:
    parts("boards")
    (one,) = await planned(pool, draft(0, 10))
    await seasons.turn(pool)

    async def needed() -> tuple[list[str], int]:
        async with transaction(pool) as tx:
            found = await PAGE.needs(tx) if PAGE.needs is not None else []
            return [each.title for each in found], await seasons.overdue(tx)

    assert await needed() == (["Arena has no season after Embers"], 0)
    clock.forward(days=10)
    await seasons.turn(pool)
    assert await needed() == ([], 0)
    clock.forward(seconds=901)
    assert await needed() == (["Season 1 of Arena is not closed"], 1)
    async with transaction(pool) as tx:
        await seasons.finish_part(tx, one.season_id, "boards")
    assert await needed() == ([], 0)
