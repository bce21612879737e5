"""What is forgotten with time, on schedules: events, kept answers, jobs and workers long past."""

from collections.abc import Awaitable, Callable, Sized
from datetime import timedelta

from playerbase.kit import clock
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.db.idempotency import KEPT_DAYS, forget_kept
from playerbase.kit.jobs.job import every
from playerbase.kit.jobs.runner import forget_done
from playerbase.kit.jobs.worker import forget_workers
from playerbase.kit.outbox import purge

SLICE = 5_000  # One commit's worth, so that no transaction grows long enough to hold events back.
EVENTS_KEPT_DAYS = 7
# A carrier may have to fill a NATS stream anew with all its database still has; copies are remembered for longer than
# that, so that none is taken for new.
CARRIED_KEPT_DAYS = 14
JOBS_KEPT_DAYS = 7


@every(timedelta(hours=1), seconds_max=1_800)
async def forget_events(pool: Pool) -> None:
    """Events that are old, that every reader has passed, and that no letter holds."""
    now = clock.now()
    before, before_carried = now - timedelta(days=EVENTS_KEPT_DAYS), now - timedelta(days=CARRIED_KEPT_DAYS)
    await _in_slices(pool, lambda tx: purge(tx, before, before_carried, now, SLICE))


@every(timedelta(hours=1), seconds_max=1_800)
async def forget_answers(pool: Pool) -> None:
    """Idempotency keys older than a client may come back with."""
    before = clock.now() - timedelta(days=KEPT_DAYS)
    await _in_slices(pool, lambda tx: forget_kept(tx, before, SLICE))


@every(timedelta(hours=1), seconds_max=1_800)
async def forget_jobs(pool: Pool) -> None:
    """Jobs done long ago; dead ones stay until somebody decides."""
    before = clock.now() - timedelta(days=JOBS_KEPT_DAYS)
    await _in_slices(pool, lambda tx: forget_done(tx, before, SLICE))


@every(timedelta(hours=1))
async def forget_silent_workers(pool: Pool) -> None:
    """Workers that have not been heard of for a day."""
    async with transaction(pool) as tx:
        await forget_workers(tx, clock.now() - timedelta(days=1))


async def _in_slices(pool: Pool, forget: Callable[[Tx], Awaitable[Sized]]) -> None:
    forgotten = SLICE
    while forgotten == SLICE:
        async with transaction(pool) as tx:
            forgotten = len(await forget(tx))
