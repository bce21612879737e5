"""Jobs and schedules: what they are, how one is made, and what an operator may do about one."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

import msgspec

from playerbase.kit import clock, ids, tracing
from playerbase.kit.db import Db, Pool, Tx, sql
from playerbase.kit.errors import NotFound


class Job(msgspec.Struct, frozen=True):
    """A kind of work: its name, its priority, what runs it, and how long one run may take.

    ``run`` gets the pool and its arguments, and may be run twice if a worker dies at the wrong moment: its effect in
    the database must be idempotent, and whatever leaves the process must carry the job's own id.
    """

    name: str
    lane: str
    args: type[msgspec.Struct]
    run: Callable[[Pool, Any], Awaitable[None]]
    attempts_max: int
    seconds_max: int
    pauses_seconds: tuple[int, ...] = (30, 300)  # Before the second attempt, the third, and the last for all others.


class Every(msgspec.Struct, frozen=True):
    """A job made once for each slot of time, however many workers run."""

    job: Job
    period: timedelta


class Queued(msgspec.Struct, frozen=True):
    """A job as an operator sees it."""

    id: UUID
    name: str
    args: str
    lane: str
    state: str
    run_at: datetime
    attempts: int
    lease_until: datetime | None
    fault: str
    made_at: datetime
    ended_at: datetime | None


class JobTally(msgspec.Struct, frozen=True):
    """How many jobs of a priority are in a state, and since when the oldest is due."""

    state: str
    lane: str
    count: int
    oldest_at: datetime


class Slot(msgspec.Struct, frozen=True):
    """The last period of a schedule whose job was made."""

    name: str
    slot: datetime


class NoArgs(msgspec.Struct, frozen=True):
    """Nothing needs to be said."""


class Hopeless(Exception):
    """Raised by a job that knows that trying again cannot help: it is dead at once."""


class JobDone(NotFound):
    """There is no such job to act on: it is running, was done or was discarded."""


@sql
async def put(
    tx: Tx,
    id: UUID,  # noqa: A002
    name: str,
    args: str,
    lane: str,
    once_key: str | None,
    run_at: datetime,
    traceparent: str,
    now: datetime,
) -> UUID | None: ...
@sql
async def page(db: Db, state: str, before: UUID | None, count: int) -> list[Queued]: ...
@sql
async def find(db: Db, id: UUID) -> Queued | None: ...  # noqa: A002
@sql
async def slots(db: Db) -> list[Slot]: ...
@sql
async def tally_jobs(db: Db) -> list[JobTally]: ...
@sql
async def revive(tx: Tx, id: UUID, now: datetime) -> bool | None: ...  # noqa: A002
@sql
async def drop(tx: Tx, id: UUID) -> bool | None: ...  # noqa: A002


def job(
    *,
    lane: str = "medium",
    attempts_max: int = 3,
    seconds_max: int = 60,
    pauses_seconds: tuple[int, ...] = (30, 300),
) -> Callable[[Callable[[Pool, Any], Awaitable[None]]], Job]:
    """Make a function of the pool and an argument struct a kind of work; lane is high, medium, low or shopify."""

    def kind(run: Callable[[Pool, Any], Awaitable[None]]) -> Job:
        module = run.__module__.removeprefix("playerbase.").split(".")[0]
        _, args = list(run.__annotations__.items())[1]
        return Job(f"{module}.{run.__name__}", lane, args, run, attempts_max, seconds_max, pauses_seconds)

    return kind


def every(
    period: timedelta, *, lane: str = "low", seconds_max: int = 60
) -> Callable[[Callable[[Pool], Awaitable[None]]], Every]:
    """Make a function of the pool a job of each period."""

    def kind(run: Callable[[Pool], Awaitable[None]]) -> Every:
        async def without_args(pool: Pool, _: NoArgs) -> None:
            await run(pool)

        module = run.__module__.removeprefix("playerbase.").split(".")[0]
        return Every(Job(f"{module}.{run.__name__}", lane, NoArgs, without_args, 3, seconds_max), period)

    return kind


def jobs_in(*modules: ModuleType) -> tuple[list[Job], list[Every]]:
    """The kinds of work and the schedules these modules define."""
    things = [thing for module in modules for thing in vars(module).values()]
    schedules = [thing for thing in things if isinstance(thing, Every)]
    return [thing for thing in things if isinstance(thing, Job)] + [each.job for each in schedules], schedules


async def enqueue(
    tx: Tx,
    kind: Job,
    args: msgspec.Struct,
    *,
    run_at: datetime | None = None,
    once: str | None = None,
    job_id: UUID | None = None,
) -> UUID | None:
    """Have it done if this transaction commits; ``once`` names it, and None is returned if it was asked for before.

    ``job_id``, new and by ``ids.uuid7``, is for arguments that are sealed under the id of their own job.
    """
    assert isinstance(args, kind.args)
    now = clock.now()
    body = msgspec.json.encode(args).decode()
    made = job_id or ids.uuid7()
    return await put(tx, made, kind.name, body, kind.lane, once, run_at or now, tracing.current(), now)


async def list_jobs(db: Db, *, state: str = "", before: UUID | None = None, count: int = 50) -> list[Queued]:
    """Jobs, newest first, in one state or all."""
    return await page(db, state, before, count)


async def find_job(db: Db, id: UUID) -> Queued:  # noqa: A002
    """One job; raises JobDone."""
    found = await find(db, id)
    if found is None:
        raise JobDone
    return found


async def rerun(tx: Tx, id: UUID) -> None:  # noqa: A002
    """Give a dead job its attempts anew; raises JobDone."""
    if not await revive(tx, id, clock.now()):
        raise JobDone


async def discard_job(tx: Tx, id: UUID) -> None:  # noqa: A002
    """Let a job go that is not running; raises JobDone."""
    if not await drop(tx, id):
        raise JobDone
