"""The scheduled verification: an hour's new rows each hour, every row once a day; and what it last found."""

from datetime import datetime, timedelta

import msgspec

from playerbase.audit import store
from playerbase.audit.actions.configured import configured
from playerbase.audit.actions.verifying import verify
from playerbase.audit.model import Finding, Kept, Link, Verdict
from playerbase.kit import clock, ids, log
from playerbase.kit.db import Db, Pool, reading, transaction

SWEEP = timedelta(days=1)
KEPT = timedelta(days=90)
RUN_SECONDS_MAX = 45  # Of the minute a job has; what is left is left to the next run.

_log = log.get("audit")


class Watched(msgspec.Struct, frozen=True):
    """The last verdict, and since when its sweep has been going on."""

    sweep_at: datetime
    verdict: Verdict


async def watch(pool: Pool) -> Verdict:
    """Verify on from where the last run came to; from the first rows again a day after that was last begun.

    What it keeps can be written by whoever can write the log: it spares work and informs the console. Evidence is a
    run of ``playerbase audit verify``, which believes none of it.
    """
    keys, anchors = configured().keys, configured().anchors
    async with reading(pool) as db:
        last = await watched(db)
    # A sweep too long for its day is ended before the next begins: else its last rows were never reached.
    goes_on = (
        last is not None
        and last.verdict.holds
        and (clock.now() - last.sweep_at < SWEEP or not last.verdict.is_complete)
    )
    since = last.verdict.reached if last is not None and goes_on else ()
    verdict = await verify(pool, keys, anchors, since=since, seconds_max=RUN_SECONDS_MAX)
    sweep_at = last.sweep_at if last is not None and goes_on else verdict.began_at
    async with transaction(pool) as tx:
        await store.keep_verdict(tx, ids.uuid7(), _kept(sweep_at, verdict))
        await store.forget_verdicts(tx, clock.now() - KEPT, 1_000)
    if not verdict.holds:
        _log.error("the audit log does not hold", findings=msgspec.to_builtins(verdict.findings))
    return verdict


async def watched(db: Db) -> Watched | None:
    """What the scheduled verification last found; None before the first."""
    kept = await store.last_verdict(db)
    if kept is None:
        return None
    findings = msgspec.json.decode(kept.findings, type=tuple[Finding, ...])
    reached = msgspec.json.decode(kept.reached, type=tuple[Link, ...])
    verdict = Verdict(kept.began_at, kept.ended_at, kept.rows_checked, kept.is_complete, findings, reached)
    return Watched(kept.sweep_at, verdict)


def _kept(sweep_at: datetime, verdict: Verdict) -> Kept:
    findings, reached = (msgspec.json.encode(part).decode() for part in (verdict.findings, verdict.reached))
    return Kept(
        sweep_at, verdict.began_at, verdict.ended_at, verdict.rows_checked, verdict.is_complete, findings, reached
    )
