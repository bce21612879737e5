"""The figures that lie in the database, read for whoever scrapes."""

import asyncio
from datetime import UTC, datetime, timedelta

from playerbase import (
    audit,
    commerce,
    federation,
    fulfilment,
    identity,
    ledger,
    matches,
    orders,
    rewards,
    schema,
    seasons,
)
from playerbase.kit import clock, jobs, log, outbox
from playerbase.kit.db import Db, Pool, broken, reading
from playerbase.kit.redis import Redis
from playerbase.platform import store
from playerbase.platform.actions import figures
from playerbase.platform.actions.answering import ANSWER_SECONDS

FRESH_SECONDS = 10.0  # Less than the pause between two scrapes, so that each process asks once for all who scrape it.
BUSINESS_SECONDS = 60.0
INVARIANTS_SECONDS = 600.0  # Each asks whole tables.
BACKLOG_MAX = 10_000  # Counted no further: beyond this the number no longer matters.
ALIVE = timedelta(seconds=30)  # Workers say so every ten.
DAY_SECONDS = 86_400
POOLS_MAX = 100  # Beyond this the number no longer matters.
LATE = timedelta(hours=1)  # No transaction reports a match this long after it began.
EPOCH = datetime.fromtimestamp(0, UTC)

_log = log.get("platform")


class Observer:
    """Fills the gauges of what lies in the database: one question at a time, however many scrape."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._begun: dict[str, float] = {}
        self._asked: asyncio.Task[None] | None = None
        self._closed = (EPOCH, 0)

    async def observe(self, redis: Redis) -> None:
        """Fill them anew unless that was done a moment ago; waits no longer than ANSWER_SECONDS.

        What could not be read in time keeps its last value, and ``database_up`` says so.
        """
        if (self._asked is None or self._asked.done()) and self._is_due("all", FRESH_SECONDS):
            self._asked = asyncio.create_task(self._observe(redis))
        if self._asked is not None:
            await asyncio.wait({self._asked}, timeout=ANSWER_SECONDS)
            figures.database_up.set(self._asked.done() and self._asked.exception() is None)

    async def _observe(self, redis: Redis) -> None:
        await _observe_redis(redis)
        try:
            async with reading(self._pool) as db:
                await _observe_outbox(db)
                await _observe_jobs(db)
                await _observe_audit(db)
                await _observe_fulfilment(db)
                await _observe_commerce(db)
                await _observe_orders(db)
                await _observe_play(db)
                if self._is_due("business", BUSINESS_SECONDS):
                    await self._observe_business(db)
                    await _observe_grants(db)
        except Exception as fault:
            _log.warning("the figures cannot be read", fault=repr(fault))
            raise
        if self._is_due("invariants", INVARIANTS_SECONDS):
            await self._observe_invariants()

    def _is_due(self, what: str, seconds: float) -> bool:
        now = clock.monotonic()
        if what in self._begun and now - self._begun[what] < seconds:
            return False
        self._begun[what] = now
        return True

    async def _observe_business(self, db: Db) -> None:
        now = clock.now()
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        players = await identity.tally_since(db, today)
        figures.players_active.set(players.active)
        figures.players_registered.set(players.registered)
        until, count = self._closed if self._closed[0] <= today else (EPOCH, 0)
        # Days that are over are counted once in the life of a process.
        days = {slot.at: slot.count for slot in await matches.tally_since(db, until, DAY_SECONDS)}
        over = {day: matches for day, matches in days.items() if day + timedelta(days=1) + LATE <= now}
        if over:
            self._closed = (max(over) + timedelta(days=1), count + sum(over.values()))
        figures.matches_today.set(days.get(today, 0))
        figures.matches_total.set(count + sum(days.values()))
        figures.ledger_months_ahead.set(await ledger.months_ahead(db))
        for asset, owed in (await ledger.debts(db)).items():
            figures.ledger_debt.labels(asset).set(owed)

    async def _observe_invariants(self) -> None:
        for name, query in schema.INVARIANTS.items():
            try:
                async with reading(self._pool) as db:
                    wrong = await broken(db, {name: query})
            except Exception as fault:
                # One that takes too long must not keep the others from being asked.
                _log.warning("an invariant cannot be checked", invariant=name, fault=repr(fault))
                figures.invariant_unchecked.labels(name).set(1)
                continue
            figures.invariant_unchecked.labels(name).set(0)
            figures.invariant_broken.labels(name).set(len(wrong))
            if wrong:
                _log.error("an invariant is broken", invariant=name)


async def _observe_redis(redis: Redis) -> None:
    memory = await redis.memory()
    if memory is not None:
        figures.redis_memory_used.set(memory.used_bytes)
        figures.redis_memory_max.set(memory.max_bytes)


async def _observe_outbox(db: Db) -> None:
    for reader in await outbox.backlog(db, BACKLOG_MAX):
        figures.outbox_waiting.labels(reader.handler).set(reader.waiting)
        figures.outbox_lag.labels(reader.handler).set(_age(reader.oldest_at))
    letters = await outbox.open_letters(db)
    for state in ("retry", "held", "dead"):
        found = letters.get(state)
        figures.letters.labels(state).set(found.count if found else 0)
        figures.letters_age.labels(state).set(_age(found.oldest_at if found else None))
    figures.oldest_writing.set(await store.oldest_writing_transaction(db))


async def _observe_jobs(db: Db) -> None:
    found = {(each.lane, each.state): each for each in await jobs.tally_jobs(db)}
    for lane in jobs.PRIORITIES:
        for state in ("ready", "running", "dead"):
            tally = found.get((lane, state))
            figures.jobs.labels(lane, state).set(tally.count if tally else 0)
            figures.jobs_age.labels(lane, state).set(_age(tally.oldest_at if tally else None))
    workers = await jobs.workers(db)
    figures.workers_alive.set(sum(clock.now() - worker.seen_at < ALIVE for worker in workers))


async def _observe_audit(db: Db) -> None:
    watched = await audit.watched(db)
    figures.audit_findings.set(len(watched.verdict.findings) if watched else 0)
    figures.audit_age.set(_age(watched.verdict.ended_at if watched else None))
    figures.ledger_findings.set(await ledger.count_findings(db))


async def _observe_fulfilment(db: Db) -> None:
    tallies = await fulfilment.tally(db)
    figures.deliveries_failed.set(sum(each.count for each in tallies if each.state == "failed"))
    for waits_for in ("address", "codes"):
        waiting = sum(each.count for each in tallies if each.waits_for == waits_for)
        figures.deliveries_waiting.labels(waits_for).set(waiting)
    figures.pools_short.set(len(await fulfilment.short_pools(db, POOLS_MAX)))


async def _observe_commerce(db: Db) -> None:
    for kind, count in (await commerce.open_exceptions(db)).items():
        figures.purchase_exceptions.labels(kind).set(count)


async def _observe_grants(db: Db) -> None:
    grants, _ = await federation.standing(db)
    figures.twitch_grants.set(grants.kept)
    figures.twitch_grants_late.set(grants.late)


def _age(since: datetime | None) -> float:
    """Seconds since then; 0 for never and for what is still to come."""
    return 0.0 if since is None else max(0.0, (clock.now() - since).total_seconds())


async def _observe_play(db: Db) -> None:
    figures.seasons_overdue.set(await seasons.overdue(db))
    figures.rewards_unpaid.set(await rewards.count_withheld(db))


async def _observe_orders(db: Db) -> None:
    waiting = await orders.waiting(db)
    figures.orders_waiting.set(waiting.count if waiting else 0)
    figures.orders_waiting_age.set(_age(waiting.oldest_at if waiting else None))
    figures.orders_differing.set(len(await orders.findings(db)))
