"""Jobs: done once asked for, the urgent first, again when they fail, by another worker when theirs dies."""

import asyncio
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from playerbase.kit import clock as the_clock
from playerbase.kit import jobs
from playerbase.kit.db import Pool, reading, transaction
from playerbase.kit.jobs import Job
from playerbase.kit.jobs.job import Queued
from tests.conftest import MovingClock
from tests.kit.outbox.stage import CannotMove, effects, write


class Number(msgspec.Struct, frozen=True):
    number: int


@jobs.job()
async def medium(pool: Pool, args: Number) -> None:
    async with transaction(pool) as tx:
        await write(tx, "job", [args.number])


@jobs.job(lane="high")
async def high(pool: Pool, args: Number) -> None:
    await medium.run(pool, args)


@jobs.job(lane="low")
async def low(pool: Pool, args: Number) -> None:
    await medium.run(pool, args)


@jobs.job(lane="shopify")
async def shop(pool: Pool, args: Number) -> None:
    await medium.run(pool, args)


@jobs.job()
async def failing(_: Pool, args: Number) -> None:
    raise CannotMove(args.number)


@jobs.job()
async def hopeless(_: Pool, __: Number) -> None:
    raise jobs.Hopeless("No use.")


@jobs.job(seconds_max=0)
async def slow(_: Pool, __: Number) -> None:
    await asyncio.Event().wait()


KINDS = {kind.name: kind for kind in (medium, high, low, shop, failing, hopeless, slow)}


async def ask(pool: Pool, kind: Job, number: int, *, once: str | None = None) -> UUID | None:
    async with transaction(pool) as tx:
        return await jobs.enqueue(tx, kind, Number(number), once=once)


async def finish(pool: Pool) -> None:
    while await jobs.run_due(pool, KINDS):
        pass


async def only_job(pool: Pool) -> Queued:
    async with reading(pool) as db:
        (found,) = await jobs.list_jobs(db)
    return found


async def test_the_urgent_come_first_and_then_the_oldest(stage: Pool) -> None:
    for number, kind in enumerate((shop, low, medium, high, high, medium, low, shop)):
        await ask(stage, kind, number)
    await finish(stage)
    assert await effects(stage, "job") == [3, 4, 2, 5, 1, 6, 0, 7]


async def test_what_is_rolled_back_was_never_asked_for(stage: Pool) -> None:
    async def change_ones_mind() -> None:
        async with transaction(stage) as tx:
            await jobs.enqueue(tx, medium, Number(1))
            raise CannotMove

    with pytest.raises(CannotMove):
        await change_ones_mind()
    assert not await jobs.run_due(stage, KINDS)


async def test_a_job_with_a_name_of_its_own_is_made_once(stage: Pool) -> None:
    made = await asyncio.gather(*[ask(stage, medium, number, once="the same") for number in range(8)])
    assert sum(each is not None for each in made) == 1
    await finish(stage)
    assert len(await effects(stage, "job")) == 1


async def test_a_job_waits_for_its_time(stage: Pool, clock: MovingClock) -> None:
    async with transaction(stage) as tx:
        await jobs.enqueue(tx, medium, Number(1), run_at=the_clock.now() + timedelta(minutes=5))
    assert not await jobs.run_due(stage, KINDS)
    clock.forward(minutes=5, seconds=1)
    assert await jobs.run_due(stage, KINDS)


async def test_many_workers_run_each_job_once(stage: Pool) -> None:
    for number in range(60):
        await ask(stage, medium, number)
    await asyncio.gather(*[finish(stage) for _ in range(4)])
    assert sorted(await effects(stage, "job")) == list(range(60))


async def test_three_attempts_and_it_is_dead_until_somebody_decides(stage: Pool, clock: MovingClock) -> None:
    job_id = await ask(stage, failing, 7)
    assert job_id is not None
    for wait in ({"seconds": 46}, {"seconds": 451}):
        assert await jobs.run_due(stage, KINDS)
        assert (await only_job(stage)).state == "ready"
        assert not await jobs.run_due(stage, KINDS)
        clock.forward(**wait)
    assert await jobs.run_due(stage, KINDS)
    dead = await only_job(stage)
    assert (dead.state, dead.attempts, dead.fault) == ("dead", 3, "CannotMove: 7")
    clock.forward(days=1)
    assert not await jobs.run_due(stage, KINDS)
    async with transaction(stage) as tx:
        await jobs.rerun(tx, job_id)
    assert await jobs.run_due(stage, KINDS)
    async with transaction(stage) as tx:
        await jobs.discard_job(tx, job_id)
    async with transaction(stage) as tx:
        with pytest.raises(jobs.JobDone):
            await jobs.rerun(tx, job_id)


async def test_the_pauses_are_half_a_minute_and_five_give_or_take_half(stage: Pool, clock: MovingClock) -> None:
    await ask(stage, failing, 1)
    for low_seconds, high_seconds in ((15, 45), (150, 450)):
        await jobs.run_due(stage, KINDS)
        wait = (await only_job(stage)).run_at - the_clock.now()
        assert low_seconds - 1 <= wait.total_seconds() <= high_seconds
        clock.forward(seconds=high_seconds + 1)


async def test_a_hopeless_job_is_dead_at_once(stage: Pool) -> None:
    await ask(stage, hopeless, 1)
    await jobs.run_due(stage, KINDS)
    assert (await only_job(stage)).state == "dead"


async def test_a_job_that_takes_too_long_has_failed(stage: Pool) -> None:
    await ask(stage, slow, 1)
    await jobs.run_due(stage, KINDS)
    found = await only_job(stage)
    assert (found.state, found.fault) == ("ready", "TimeoutError: ")


async def test_the_job_of_a_dead_worker_is_anothers_and_the_dead_has_no_say_any_more(
    stage: Pool, clock: MovingClock
) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    @jobs.job()
    async def stuck(_: Pool, __: Number) -> None:
        begun.set()
        await go.wait()

    kinds = {stuck.name: stuck}
    await ask(stage, stuck, 1)
    first = asyncio.create_task(jobs.run_due(stage, kinds))
    await begun.wait()
    assert not await jobs.run_due(stage, kinds)
    assert await jobs.reclaim_lost(stage) == 0
    clock.forward(seconds=61)
    assert await jobs.reclaim_lost(stage) == 1
    begun.clear()
    second = asyncio.create_task(jobs.run_due(stage, kinds))
    await begun.wait()
    first.cancel()
    await asyncio.wait([first])
    assert ((await only_job(stage)).state, (await only_job(stage)).attempts) == ("running", 2)
    go.set()
    assert await second
    assert (await only_job(stage)).state == "done"


async def test_a_late_end_does_not_undo_what_another_worker_began(stage: Pool, clock: MovingClock) -> None:
    gates = [asyncio.Event(), asyncio.Event()]
    begun: asyncio.Queue[int] = asyncio.Queue()

    @jobs.job()
    async def gated(_: Pool, __: Number) -> None:
        at = 2 - len(gates)
        gate = gates.pop(0)
        begun.put_nowait(at)
        await gate.wait()

    first_gate, second_gate = gates
    kinds = {gated.name: gated}
    await ask(stage, gated, 1)
    first = asyncio.create_task(jobs.run_due(stage, kinds))
    await begun.get()
    clock.forward(seconds=61)
    await jobs.reclaim_lost(stage)
    second = asyncio.create_task(jobs.run_due(stage, kinds))
    await begun.get()
    first_gate.set()
    await first
    assert (await only_job(stage)).state == "running"
    second_gate.set()
    await second
    assert (await only_job(stage)).state == "done"


async def test_a_job_that_kills_its_worker_runs_out_of_attempts(stage: Pool, clock: MovingClock) -> None:
    await ask(stage, medium, 1)
    for _ in range(3):
        async with transaction(stage) as tx:
            claimed = await jobs.runner.claim(tx, ["medium"], [medium.name], UUID(int=1), 60.0, the_clock.now())
        assert claimed is not None
        clock.forward(seconds=61)
        assert await jobs.reclaim_lost(stage) == 1
    assert await jobs.run_due(stage, KINDS)
    dead = await only_job(stage)
    assert dead.state == "dead"
    assert "died" in dead.fault
    assert await effects(stage, "job") == []


async def test_a_schedule_makes_one_job_for_each_slot_however_many_workers(stage: Pool, clock: MovingClock) -> None:
    @jobs.every(timedelta(minutes=10))
    async def often(pool: Pool) -> None:
        async with transaction(pool) as tx:
            await write(tx, "often", [1])

    kinds = {often.job.name: often.job}
    await asyncio.gather(*[jobs.tick(stage, [often]) for _ in range(5)])
    await asyncio.gather(*[jobs.run_due(stage, kinds) for _ in range(5)])
    assert await effects(stage, "often") == [1]
    clock.forward(minutes=10)
    await asyncio.gather(*[jobs.tick(stage, [often]) for _ in range(5)])
    await asyncio.gather(*[jobs.run_due(stage, kinds) for _ in range(5)])
    assert await effects(stage, "often") == [1, 1]
    clock.forward(minutes=-10)
    await jobs.tick(stage, [often])
    assert not await jobs.run_due(stage, kinds)


async def test_jobs_are_counted_by_state_and_lane(stage: Pool) -> None:
    await ask(stage, medium, 1)
    await ask(stage, shop, 2)
    await ask(stage, hopeless, 3)
    await ask(stage, high, 4)
    for name in (hopeless.name, high.name):
        assert await jobs.run_due(stage, {name: KINDS[name]})
    async with reading(stage) as db:
        counted = {(each.state, each.lane): each.count for each in await jobs.tally_jobs(db)}
    assert counted == {("ready", "medium"): 1, ("ready", "shopify"): 1, ("dead", "medium"): 1}
