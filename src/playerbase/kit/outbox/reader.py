"""Readers: each reaction's place in the log, moved in the same transaction as the reaction's effects.

What is killed half-way has moved neither; what committed has moved both. So a delivery takes effect once.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from playerbase.kit import clock, log, metrics, tracing
from playerbase.kit.db import Db, Pool, Tx, after_commit, promised, sql, take_back, transaction
from playerbase.kit.db.pool import is_gone
from playerbase.kit.outbox.event import Event, Reaction, fact
from playerbase.kit.outbox.letters import Failed, Hopeless, blocked_of, close, due, failed, file, held, note

BATCH_MAX = 500  # One commit's worth: larger batches gained nothing and delay every other reader's horizon.
BATCH_SECONDS = 10  # A list that is being halved commits what it has after this, for the same reason.
HANDLER_SECONDS = 25  # Below the database's own limit for a statement.
DEATHS_MAX = 3  # A lone event that ended its process this often is set aside.
BESIDE_SECONDS = 5  # For the second connection; if the pool has none to spare, the batch is tried again.
NO_WORD = "The process died, or the commit failed, each time this event was handled."
NOBODYS_FAULT = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.InsufficientResourcesError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)

_log = log.get("outbox")
_handled = metrics.Counter("events_handled", "Events whose effect was committed.", ["handler"])
_failed = metrics.Counter("events_failed", "Deliveries that failed.", ["handler"])


class Standing(msgspec.Struct, frozen=True):
    """Suspects among the next events, how often a lone one was begun, letters, and how far the log is complete."""

    suspects: int
    deaths: int
    letters_open: bool
    letters_due: bool
    complete_until: int


class Told(msgspec.Struct, frozen=True):
    """An event as it lies in the log."""

    id: int
    topic: str
    body: str
    traceparent: str


class Entry(msgspec.Struct, frozen=True):
    """An event as the reaction will get it; or why it cannot be understood."""

    told: Told
    fact: Event | None
    keys: tuple[str, ...]
    fault: Exception | None


class Stirring(msgspec.Struct, frozen=True):
    """A reader with something to do; one under suspicion of ending processes had better run alone."""

    handler: str
    alone: bool


class Reader(msgspec.Struct, frozen=True):
    """How far behind a reader is; the count ends at the number asked for."""

    handler: str
    read_at: datetime | None
    waiting: int
    oldest_at: datetime | None


@sql
async def place(tx: Tx, handler: str, topics: list[str], now: datetime) -> None: ...
@sql
async def see(tx: Tx, handlers: list[str], now: datetime) -> None: ...
@sql
async def stirring(db: Db, handlers: list[str], now: datetime) -> list[Stirring]: ...
@sql
async def lock(tx: Tx, handler: str, topics: list[str]) -> int | None: ...
@sql
async def standing(tx: Tx, handler: str, now: datetime) -> Standing: ...
@sql
async def next_events(db: Db, topics: list[str], after: int, until: int, count: int) -> list[Told]: ...
@sql
async def advance(tx: Tx, handler: str, read_id: int, suspects: int, now: datetime) -> None: ...
@sql
async def mark(tx: Tx, handler: str, suspects: int, deaths: int) -> None: ...
@sql
async def begin_attempt(tx: Tx) -> None: ...
@sql
async def keep_attempt(tx: Tx) -> None: ...
@sql
async def undo_attempt(tx: Tx) -> None: ...
@sql
async def backlog(db: Db, most: int) -> list[Reader]: ...
@sql
async def purge(tx: Tx, before: datetime, before_carried: datetime, now: datetime, count: int) -> list[int]: ...


async def subscribe(pool: Pool, reactions: Sequence[Reaction]) -> None:
    """Give each reaction its place; to be done before anything is told that it must not miss."""
    async with transaction(pool) as tx:
        for reaction in sorted(reactions, key=lambda each: each.name):
            await place(tx, reaction.name, reaction.topics, clock.now())


async def read(pool: Pool, reaction: Reaction, *, batch_max: int = BATCH_MAX) -> int:
    """Hand the reaction a letter that is due, and then what is new; returns how many events were looked at.

    Any number of workers may call this at once: one does the work, the others find the reader held and return 0.
    A second connection of the pool is used for a moment.
    """
    handled = 0
    for letters_first in (True, False):
        async with transaction(pool) as tx:
            read_id = await lock(tx, reaction.name, reaction.topics)
            if read_id is None:
                break
            state = await standing(tx, reaction.name, clock.now())
            if not (letters_first and state.letters_due):
                return handled + await _deliver_next(pool, tx, reaction, read_id, state, batch_max)
            handled += await _deliver_letter(pool, tx, reaction)
    return handled


async def _deliver_next(pool: Pool, tx: Tx, reaction: Reaction, after: int, state: Standing, batch_max: int) -> int:
    # One of the suspects ends processes: each batch that commits clears some, each that does not leaves half as many.
    count = max(1, state.suspects // 2) if state.suspects else batch_max
    told = await next_events(tx, reaction.topics, after, state.complete_until, count)
    if not told:
        return 0
    entries = [_entry(reaction, each) for each in told]
    if state.suspects == 1 and state.deaths >= DEATHS_MAX:
        handled = await _set_aside(tx, reaction, entries[0])
    else:
        handled = await _hand_over(pool, tx, reaction, entries, state)
    is_all = handled == len(told) < count
    reached = state.complete_until if is_all else told[handled - 1].id
    await advance(tx, reaction.name, reached, max(0, state.suspects - handled), clock.now())
    after_commit(tx, lambda: _handled.labels(reaction.name).inc(handled))
    return handled


async def _hand_over(pool: Pool, tx: Tx, reaction: Reaction, entries: list[Entry], state: Standing) -> int:
    await _mark(pool, reaction.name, len(entries), state.deaths + 1 if len(entries) == 1 else 0)
    blocked: set[str] = set()
    if state.letters_open:
        blocked.update(await blocked_of(tx, reaction.name, list({key for each in entries for key in each.keys})))
    try:
        handled, outcomes = await _walk(tx, reaction, entries, blocked)
    except NOBODYS_FAULT:
        # Taken back before the reader is let go, lest it fall on whoever holds it next.
        await _mark(pool, reaction.name, state.suspects, state.deaths)
        raise
    if outcomes:
        await file(tx, reaction.name, outcomes, clock.now())
    return handled


async def _walk(tx: Tx, reaction: Reaction, entries: list[Entry], blocked: set[str]) -> tuple[int, list[Failed]]:
    """Run the list; if it fails, halve it until the culprit stands alone.

    Returns how many were settled, which are the first, and those of them that failed or are held.
    """
    until = clock.monotonic() + BATCH_SECONDS
    parts, settled, outcomes = [entries], 0, list[Failed]()
    while parts and (settled == 0 or clock.monotonic() < until):
        part = parts.pop()
        free, behind = _parted(part, blocked)
        fault = await _attempt(tx, reaction, free) if free else None
        if fault is not None and len(part) > 1:
            middle = len(part) // 2
            parts += [part[middle:], part[:middle]]
            continue
        for entry in behind if fault is None else part:
            # Held in turn, it holds back those behind it.
            blocked.update(entry.keys)
            outcomes.append(_outcome(reaction, entry, fault or entry.fault))
        settled += len(part)
    return settled, outcomes


def _parted(part: list[Entry], blocked: set[str]) -> tuple[list[Entry], list[Entry]]:
    """Those that may run, and those that are held behind a letter or cannot be understood."""
    free, behind, closed = list[Entry](), list[Entry](), set[str]()
    for entry in part:
        if entry.fault is not None or not (blocked.isdisjoint(entry.keys) and closed.isdisjoint(entry.keys)):
            closed.update(entry.keys)
            behind.append(entry)
        else:
            free.append(entry)
    return free, behind


def _outcome(reaction: Reaction, entry: Entry, fault: Exception | None) -> Failed:
    if fault is None:
        return held(entry.told.id, entry.keys, clock.now())
    _failed.labels(reaction.name).inc()
    with tracing.within(entry.told.traceparent):
        _log.error("a reaction failed", handler=reaction.name, event_number=entry.told.id, exc_info=fault)
    return failed(entry.told.id, 1, fault, clock.now(), entry.keys)


async def _set_aside(tx: Tx, reaction: Reaction, entry: Entry) -> int:
    blocked = await blocked_of(tx, reaction.name, list(entry.keys))
    outcome = held(entry.told.id, entry.keys, clock.now()) if blocked else _outcome(reaction, entry, Hopeless(NO_WORD))
    await file(tx, reaction.name, [outcome], clock.now())
    return 1


async def _attempt(tx: Tx, reaction: Reaction, entries: list[Entry]) -> Exception | None:
    """Run the reaction in a savepoint; what it raised, if that may be the events' fault."""
    await begin_attempt(tx)
    before = promised(tx)
    try:
        traces = [entry.told.traceparent for entry in entries]
        with tracing.span(reaction.name, traces[0], also=traces[1:], events=len(entries)):
            async with asyncio.timeout(HANDLER_SECONDS):
                await reaction.run(tx, [entry.fact for entry in entries])
        await keep_attempt(tx)
    except Exception as fault:
        if isinstance(fault, NOBODYS_FAULT) or is_gone(tx):
            raise
        await undo_attempt(tx)
        await keep_attempt(tx)
        take_back(tx, before)
        return fault
    return None


async def _deliver_letter(pool: Pool, tx: Tx, reaction: Reaction) -> int:
    waiting = await due(tx, reaction.name, clock.now())
    if waiting is None:
        return 0
    entry = _entry(reaction, Told(waiting.event, waiting.topic, waiting.body, waiting.traceparent))
    attempts = waiting.attempts + 1
    # The attempt is spent, and committed, before it is made, so that an event which ends processes runs out of them.
    await _note(pool, reaction.name, failed(waiting.event, attempts, NO_WORD, clock.now()))
    try:
        fault = entry.fault or await _attempt(tx, reaction, [entry])
    except NOBODYS_FAULT:
        refund = Failed(waiting.event, "retry", waiting.attempts, waiting.due_at, waiting.fault)
        await _note(pool, reaction.name, refund)
        raise
    if fault is None:
        await close(tx, reaction.name, waiting.event, clock.now())
        after_commit(tx, _handled.labels(reaction.name).inc)
    else:
        _failed.labels(reaction.name).inc()
        with tracing.within(waiting.traceparent):
            _log.error("a reaction failed again", handler=reaction.name, event_number=waiting.event, exc_info=fault)
        await note(tx, reaction.name, failed(waiting.event, attempts, fault, clock.now()))
    return 1


async def _mark(pool: Pool, handler: str, suspects: int, deaths: int) -> None:
    async with asyncio.timeout(BESIDE_SECONDS), transaction(pool) as beside:
        await mark(beside, handler, suspects, deaths)


async def _note(pool: Pool, handler: str, outcome: Failed) -> None:
    async with asyncio.timeout(BESIDE_SECONDS), transaction(pool) as beside:
        await note(beside, handler, outcome)


def _entry(reaction: Reaction, told: Told) -> Entry:
    try:
        event = fact(reaction, told.topic, told.body)
        return Entry(told, event, tuple(dict.fromkeys(event.keys())), None)
    except Exception as fault:
        return Entry(told, None, (), Hopeless(f"The event cannot be understood: {fault}"))
