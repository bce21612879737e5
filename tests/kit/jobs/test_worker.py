"""The worker: everything at once, whatever goes wrong, until it is told to stop."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from playerbase.kit import jobs, outbox
from playerbase.kit.db import Pool, Tx, open_pool, reading, transaction
from playerbase.kit.jobs import Every, Job
from playerbase.kit.jobs.runner import Leases
from playerbase.kit.outbox import Reaction
from tests.conftest import MovingClock
from tests.kit.outbox.stage import Moved, Rested, effects, in_time, moves, tell, write, writer


class Number(msgspec.Struct, frozen=True):
    number: int


@jobs.job()
async def note_down(pool: Pool, args: Number) -> None:
    async with transaction(pool) as tx:
        await write(tx, "job", [args.number])


@asynccontextmanager
async def working(
    pool: Pool, reactions: Sequence[Reaction] = (), kinds: Sequence[Job] = (), schedules: Sequence[Every] = ()
) -> AsyncIterator[asyncio.Event]:
    await outbox.subscribe(pool, reactions)
    stop = asyncio.Event()
    task = asyncio.create_task(jobs.work(pool, reactions, kinds, schedules, stop=stop))
    try:
        yield stop
    finally:
        stop.set()
        await task


async def test_events_jobs_and_schedules_are_looked_after(stage: Pool) -> None:
    @jobs.every(timedelta(days=1))
    async def daily(pool: Pool) -> None:
        async with transaction(pool) as tx:
            await write(tx, "daily", [1])

    reactions = [writer(name) for name in "abcdef"]
    async with working(stage, reactions, [note_down, daily.job], [daily]):
        for number in range(50):
            await moves(stage, number)
            async with transaction(stage) as tx:
                await jobs.enqueue(tx, note_down, Number(number))
        for reaction in reactions:
            assert await in_time(stage, 50, reaction.name) == list(range(50))
        assert sorted(await in_time(stage, 50, "job")) == list(range(50))
        assert await in_time(stage, 1, "daily") == [1]


async def test_two_workers_do_everything_once(stage: Pool, dsn: str) -> None:
    other = await open_pool(dsn)
    reactions = [writer(name) for name in "abc"]
    async with working(stage, reactions, [note_down]), working(other, reactions, [note_down]):
        for number in range(100):
            async with transaction(stage) as tx:
                await outbox.emit(tx, Moved(number=number))
                await jobs.enqueue(tx, note_down, Number(number))
        for reaction in reactions:
            assert await in_time(stage, 100, reaction.name) == list(range(100))
        assert sorted(await in_time(stage, 100, "job")) == list(range(100))
    await other.close()


async def test_a_worker_says_that_it_lives_and_signs_off(stage: Pool) -> None:
    async with working(stage, [writer()]):
        await moves(stage, 1)
        await in_time(stage, 1)
        async with reading(stage) as db:
            (worker,) = await jobs.workers(db)
        assert worker.pid == os.getpid()
    async with reading(stage) as db:
        assert await jobs.workers(db) == []


async def test_a_worker_ends_what_it_has_begun(stage: Pool) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def run(tx: Tx, moves: list[Moved]) -> None:
        begun.set()
        await go.wait()
        await write(tx, "writer", [move.number for move in moves])

    async with working(stage, [Reaction("writer", (Moved,), run)]) as stop:
        await moves(stage, 1)
        await begun.wait()
        stop.set()
        go.set()
    assert await effects(stage) == [1]


async def test_a_worker_survives_the_loss_of_every_connection(stage: Pool, dsn: str) -> None:
    reaction = writer()
    async with working(stage, [reaction], [note_down]):
        await moves(stage, 1)
        await in_time(stage, 1)
        outside = await asyncpg.connect(dsn)
        await outside.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> $1",
            outside.get_server_pid(),
        )
        await outside.close()
        async with transaction(stage) as tx:
            await outbox.emit(tx, Moved(number=2))
            await jobs.enqueue(tx, note_down, Number(3))
        assert await in_time(stage, 2) == [1, 2]
        assert await in_time(stage, 1, "job") == [3]


async def test_who_is_suspected_of_ending_processes_runs_alone(stage: Pool) -> None:
    running: set[str] = set()
    together: list[set[str]] = []
    busy, go, suspect_ran = asyncio.Barrier(3), asyncio.Event(), asyncio.Event()

    def watched(name: str) -> Reaction:
        async def run(tx: Tx, moves: list[Moved]) -> None:
            running.add(name)
            together.append(set(running))
            if name == "c":
                suspect_ran.set()
            elif not go.is_set():
                await busy.wait()
                await go.wait()
            await write(tx, name, [move.number for move in moves])
            running.discard(name)

        return Reaction(name, (Moved,) if name == "c" else (Rested,), run)

    reactions = [watched(name) for name in "abc"]
    async with working(stage, reactions):
        await tell(stage, Rested(number=0))
        await busy.wait()
        async with stage.acquire() as connection:
            await connection.execute("update kit.marks set suspects = 8 where handler = 'c'")
        await moves(stage, *range(8))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(suspect_ran.wait(), 0.5)  # The worker looks every fifth of a second.
        go.set()
        assert await in_time(stage, 8, "c") == list(range(8))
    assert [each for each in together if "c" in each] == [{"c"}] * 4


async def test_a_job_keeps_its_lease_for_as_long_as_it_runs(stage: Pool, clock: MovingClock) -> None:
    leases = Leases()
    begun, go = asyncio.Event(), asyncio.Event()

    @jobs.job(seconds_max=600)
    async def long_one(_: Pool, __: Number) -> None:
        begun.set()
        await go.wait()

    async with transaction(stage) as tx:
        await jobs.enqueue(tx, long_one, Number(1))
    run = asyncio.create_task(jobs.run_due(stage, {long_one.name: long_one}, leases=leases))
    await begun.wait()
    for _ in range(5):
        clock.forward(seconds=50)
        async with transaction(stage) as tx:
            await leases.renew(tx)
        assert await jobs.reclaim_lost(stage) == 0
    go.set()
    assert await run
    async with reading(stage) as db:
        assert [each.state for each in await jobs.list_jobs(db)] == ["done"]
