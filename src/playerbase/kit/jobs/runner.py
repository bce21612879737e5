"""What a worker does: claims a job under a lease, runs it, says how it ended; and makes the jobs of schedules."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import uniform
from uuid import UUID, uuid4

import msgspec

from playerbase.kit import clock, log, metrics, tracing
from playerbase.kit.db import Pool, Tx, sql, transaction
from playerbase.kit.jobs.job import Every, Hopeless, Job, NoArgs, enqueue

PRIORITIES = ("high", "medium", "low", "shopify")
LEASE_SECONDS = 60  # Renewed every ten while a job runs: so soon is the job of a dead worker taken up by another.
RECLAIM_MAX = 100
FAULT_CHARACTERS_MAX = 2_000

_log = log.get("jobs")
_ended = metrics.Counter("jobs_ended", "Runs of jobs.", ["name", "state"])


class Claimed(msgspec.Struct, frozen=True):
    """A job this worker holds."""

    id: UUID
    name: str
    args: str
    attempts: int
    traceparent: str


@sql
async def claim(
    tx: Tx, lanes: list[str], names: list[str], lease: UUID, seconds: float, now: datetime
) -> Claimed | None: ...
@sql
async def renew(tx: Tx, leases: list[UUID], seconds: float, now: datetime) -> None: ...
@sql
async def reclaim(tx: Tx, now: datetime, count: int) -> list[UUID]: ...
@sql
async def finish(
    tx: Tx,
    id: UUID,  # noqa: A002
    lease: UUID,
    state: str,
    fault: str,
    run_at: datetime,
    now: datetime,
) -> bool | None: ...
@sql
async def take_slots(tx: Tx, names: list[str], slots: list[datetime]) -> list[str]: ...
@sql
async def forget_done(tx: Tx, before: datetime, count: int) -> list[UUID]: ...


class Leases:
    """The leases one worker holds, kept alive together."""

    def __init__(self) -> None:
        self._held: set[UUID] = set()

    def begin(self) -> UUID:
        """A new lease, renewed until it ends."""
        lease = uuid4()
        self._held.add(lease)
        return lease

    def end(self, lease: UUID) -> None:
        """Renew it no more."""
        self._held.discard(lease)

    async def renew(self, tx: Tx) -> None:
        """Keep what is held for another LEASE_SECONDS."""
        if self._held:
            await renew(tx, list(self._held), float(LEASE_SECONDS), clock.now())


async def run_due(
    pool: Pool, kinds: Mapping[str, Job], lanes: Sequence[str] = PRIORITIES, *, leases: Leases | None = None
) -> bool:
    """Run the most urgent job that is due, if there is one; lanes come in order of urgency."""
    held = leases or Leases()
    lease = held.begin()
    try:
        async with transaction(pool) as tx:
            claimed = await claim(tx, list(lanes), list(kinds), lease, float(LEASE_SECONDS), clock.now())
        if claimed is None:
            return False
        state, fault, run_at = await _run(pool, kinds[claimed.name], claimed)
        async with transaction(pool) as tx:
            ours = await finish(tx, claimed.id, lease, state, fault, run_at, clock.now())
    finally:
        held.end(lease)
    if not ours:
        _log.warning("a job outlived its lease and is run again", job=claimed.name, id=str(claimed.id))
    _ended.labels(claimed.name, state).inc()
    return True


async def reclaim_lost(pool: Pool) -> int:
    """Make ready again what dead workers held; returns how many jobs."""
    async with transaction(pool) as tx:
        return len(await reclaim(tx, clock.now(), RECLAIM_MAX))


async def tick(pool: Pool, schedules: Sequence[Every]) -> None:
    """Make the job of each schedule's present slot, once in all workers together; slots nobody saw are not made up."""
    if not schedules:
        return
    by_name = {each.job.name: each for each in schedules}
    slots = {each.job.name: slot(each, clock.now()) for each in schedules}
    async with transaction(pool) as tx:
        for name in await take_slots(tx, list(slots), list(slots.values())):
            await enqueue(tx, by_name[name].job, NoArgs(), once=slots[name].isoformat())


def slot(schedule: Every, now: datetime) -> datetime:
    """The latest moment at or before now that is a whole number of periods after 1970."""
    period = schedule.period.total_seconds()
    return datetime.fromtimestamp(now.timestamp() // period * period, UTC)


async def _run(pool: Pool, kind: Job, claimed: Claimed) -> tuple[str, str, datetime]:
    """Its next state, what went wrong, and when it is due again."""
    fault: Exception | None = None
    if claimed.attempts > kind.attempts_max:
        fault = Hopeless("The worker died each time it ran this job.")
    else:
        try:
            with tracing.span(kind.name, claimed.traceparent):
                async with asyncio.timeout(kind.seconds_max):
                    await kind.run(pool, msgspec.json.decode(claimed.args, type=kind.args))
        except Exception as raised:
            fault = raised
    now = clock.now()
    if fault is None:
        return "done", "", now
    with tracing.within(claimed.traceparent):
        _log.error("a job failed", job=kind.name, id=str(claimed.id), attempt=claimed.attempts, exc_info=fault)
    said = f"{type(fault).__name__}: {fault}"[:FAULT_CHARACTERS_MAX]
    if claimed.attempts >= kind.attempts_max or isinstance(fault, Hopeless):
        return "dead", said, now
    pause = kind.pauses_seconds[min(claimed.attempts, len(kind.pauses_seconds)) - 1]
    return "ready", said, now + timedelta(seconds=pause * uniform(0.5, 1.5))  # noqa: S311 - jitter
