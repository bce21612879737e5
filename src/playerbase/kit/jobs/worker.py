"""A worker process: hands events to reactions, runs jobs, keeps the schedules, and says that it is alive."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import msgspec

from playerbase.kit import clock, log, outbox
from playerbase.kit.db import Db, Pool, Tx, reading, sql, transaction
from playerbase.kit.errors import Unavailable
from playerbase.kit.jobs.job import Every, Job
from playerbase.kit.jobs.runner import PRIORITIES, Leases, reclaim_lost, run_due, slot, tick
from playerbase.kit.outbox import Reaction
from playerbase.kit.outbox.reader import BATCH_MAX

# A reader without a full batch is left alone for a moment: a batch costs the same for five facts as for fifty.
REST_SECONDS = 0.1
READERS_PAUSE_SECONDS = 0.2  # What a fact waits for its effect at most, when nothing else is to do.
JOBS_PAUSE_SECONDS = 0.5
FAULT_PAUSE_SECONDS = 1.0
RECLAIM_SECONDS, REPORT_SECONDS = 5, 10
STOP_SECONDS = 20  # A job still running then is cancelled, and another worker's once its lease runs out.
BATCHES_MAX = 10  # After so many full batches the next reader has its turn.
WORKERS_MAX = 1_000

_log = log.get("worker")


class Worker(msgspec.Struct, frozen=True):
    """A worker process, and when it was last heard of."""

    worker_id: UUID
    host: str
    pid: int
    started_at: datetime
    seen_at: datetime


@sql
async def report(tx: Tx, worker_id: UUID, host: str, pid: int, now: datetime) -> None: ...
@sql
async def sign_off(tx: Tx, worker_id: UUID) -> None: ...
@sql
async def page_workers(db: Db, count: int) -> list[Worker]: ...
@sql
async def forget_workers(tx: Tx, before: datetime) -> None: ...
@sql
async def is_due(db: Db, lanes: list[str], names: list[str], now: datetime) -> bool: ...


async def workers(db: Db) -> list[Worker]:
    """The workers, longest at work first; one that has not been seen for a minute is gone or stuck."""
    return await page_workers(db, WORKERS_MAX)


async def work(
    pool: Pool,
    reactions: Sequence[Reaction],
    kinds: Sequence[Job],
    schedules: Sequence[Every],
    *,
    stop: asyncio.Event,
    slots: int = 4,
) -> None:
    """Do a worker's work until told to stop, and then end what is under way.

    At most ``slots`` reactions and as many jobs run at a time, and no more than the pool has connections for.
    """
    # A reader takes two connections and a job at least one; a few are left for everything else.
    slots = min(slots, max(1, (pool.get_max_size() - 2) // 4))
    await outbox.subscribe(pool, reactions)
    leases = Leases()
    worker_id = uuid4()
    beating = asyncio.create_task(_beat(pool, worker_id, reactions, schedules, leases))
    try:
        await asyncio.gather(
            _react(pool, {each.name: each for each in reactions}, slots, stop),
            _do_jobs(pool, {each.name: each for each in kinds}, _lanes(slots), leases, stop),
        )
    finally:
        # Only now, because leases are renewed until the last job has ended.
        await _ended([beating], 0)
        with suppress(Unavailable):  # Then its silence tells the same, a little later.
            async with transaction(pool) as tx:
                await sign_off(tx, worker_id)


async def _react(pool: Pool, reactions: Mapping[str, Reaction], slots: int, stop: asyncio.Event) -> None:
    running: dict[str, asyncio.Task[bool]] = {}
    rests_until: dict[str, float] = {}

    async def look() -> bool:
        for handler in [handler for handler, task in running.items() if task.done()]:
            goes_on = running.pop(handler).result()
            rests_until[handler] = 0 if goes_on else clock.monotonic() + REST_SECONDS
        async with reading(pool) as db:
            found = await outbox.stirring(db, list(reactions), clock.now())
        # What is suspected of ending processes runs with no neighbour that could be blamed for it.
        if suspicious := [each.handler for each in found if each.alone]:
            await _ended(running.values())
            for handler in suspicious:
                await _read(pool, reactions[handler], stop)
            return True
        now = clock.monotonic()
        rested = [each for each in found if rests_until.get(each.handler, 0) <= now]
        for each in rested:
            if each.handler not in running and len(running) < slots:
                running[each.handler] = asyncio.create_task(_read(pool, reactions[each.handler], stop))
        if running:
            await asyncio.wait(running.values(), timeout=READERS_PAUSE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        elif found:
            await _pause(min(rests_until[each.handler] for each in found) - now, stop)
        return bool(found)

    try:
        await _repeat(look, READERS_PAUSE_SECONDS, stop)
    finally:
        await _ended(running.values())


async def _read(pool: Pool, reaction: Reaction, stop: asyncio.Event) -> bool:
    """Hand over what there is, for a while; whether there is more."""
    try:
        for _ in range(BATCHES_MAX):
            if await outbox.read(pool, reaction) < BATCH_MAX or stop.is_set():
                return False
    except Exception as fault:
        _log.warning("a batch was lost and will be read again", handler=reaction.name, exc_info=fault)
        await _pause(FAULT_PAUSE_SECONDS, stop)
    return True


async def _do_jobs(
    pool: Pool, kinds: Mapping[str, Job], lanes: Sequence[Sequence[str]], leases: Leases, stop: asyncio.Event
) -> None:
    running: dict[int, asyncio.Task[None]] = {}

    async def run(lanes: Sequence[str]) -> None:
        while not stop.is_set() and await run_due(pool, kinds, lanes, leases=leases):
            pass

    async def look() -> bool:
        for at in [at for at, task in running.items() if task.done()]:
            running.pop(at).result()
        free = [at for at in range(len(lanes)) if at not in running]
        wanted = sorted({lane for at in free for lane in lanes[at]})
        async with reading(pool) as db:
            if not (wanted and await is_due(db, wanted, list(kinds), clock.now())):
                return False
        for at in free:
            running[at] = asyncio.create_task(run(lanes[at]))
        await asyncio.wait(running.values(), timeout=JOBS_PAUSE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        return True

    try:
        await _repeat(look, JOBS_PAUSE_SECONDS, stop)
    finally:
        await _ended(running.values(), STOP_SECONDS)


def _lanes(slots: int) -> list[tuple[str, ...]]:
    """What each slot takes, the most urgent first: one is kept from slow work, one looks after the shop first."""
    if slots == 1:
        return [PRIORITIES]
    return [("high", "medium"), *[PRIORITIES] * (slots - 2), ("shopify", "high", "medium", "low")]


async def _beat(
    pool: Pool, worker_id: UUID, reactions: Sequence[Reaction], schedules: Sequence[Every], leases: Leases
) -> None:
    made: dict[str, datetime] = {}
    for second in count():
        try:
            slots = {each.job.name: slot(each, clock.now()) for each in schedules}
            if slots != made:
                await tick(pool, schedules)
                made = slots
            if second % RECLAIM_SECONDS == 0:
                await reclaim_lost(pool)
            if second % REPORT_SECONDS == 0:
                async with transaction(pool) as tx:
                    await report(tx, worker_id, socket.gethostname(), os.getpid(), clock.now())
                    await outbox.see(tx, [each.name for each in reactions], clock.now())
                    await leases.renew(tx)
        except Exception as fault:
            _log.warning("the worker's heart skipped a beat", exc_info=fault)
        await asyncio.sleep(1)


async def _repeat(look: Callable[[], Awaitable[bool]], pause_seconds: float, stop: asyncio.Event) -> None:
    """Look, at once again while there is something to do."""
    while not stop.is_set():
        try:
            busy = await look()
        except Exception as fault:
            _log.warning("the worker stumbled and goes on", exc_info=fault)
            await _pause(FAULT_PAUSE_SECONDS, stop)
        else:
            if not busy:
                await _pause(pause_seconds, stop)


async def _pause(seconds: float, stop: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def _ended(tasks: Iterable[asyncio.Task[Any]], patience_seconds: float | None = None) -> None:
    """Wait for all of them; who has not ended after so long is cancelled."""
    if waiting := set(tasks):
        _, late = await asyncio.wait(waiting, timeout=patience_seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)
