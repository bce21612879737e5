"""Events end to end: told in one transaction, taken to their effect in another."""

import asyncio
import time
from typing import Any, ClassVar

from bench.installation import Installation
from bench.machine import cpu_seconds
from playerbase.kit.db import Pool, Tx, open_pool, transaction
from playerbase.kit.outbox import Event, emit, on, read, subscribe

EVENTS = 40_000
TOLD_AT_ONCE = 100


class Rang(Event, frozen=True):
    """A bell rang."""

    topic: ClassVar[str] = "bench.rang"
    number: int


@on(Rang)
async def note(tx: Tx, told: list[Rang]) -> None:
    """Write down each ring."""
    await tx.execute("insert into public.heard (number) select unnest($1::int[])", [rang.number for rang in told])


async def measure(there: Installation) -> dict[str, Any]:
    """Tell events from one task while another takes them to their effect; this process's own time counts too."""
    pool = await open_pool(there.dsn)
    await pool.execute("drop table if exists public.heard; create table public.heard (number int primary key)")
    await subscribe(pool, [note])
    before, mine, began = cpu_seconds(there.roots), time.process_time(), time.perf_counter()
    telling = asyncio.create_task(_tell(pool))
    while not telling.done() or await read(pool, note):
        await read(pool, note)
        await asyncio.sleep(0)
    took = time.perf_counter() - began
    cpu = cpu_seconds(there.roots)["postgres"] - before["postgres"] + time.process_time() - mine
    heard = await pool.fetchval("select count(*) from public.heard")
    await pool.execute("drop table public.heard; delete from kit.readers where handler = 'bench.note'")
    await pool.close()
    return {
        "cpu_us_per_event": round(cpu * 1e6 / EVENTS, 1),
        "events_per_second": round(EVENTS / took),
        "events": EVENTS,
        "errors": EVENTS - heard,
    }


async def _tell(pool: Pool) -> None:
    for first in range(0, EVENTS, TOLD_AT_ONCE):
        async with transaction(pool) as tx:
            await emit(tx, *(Rang(number=number) for number in range(first, first + TOLD_AT_ONCE)))
