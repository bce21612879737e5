"""Lanes: what arrives while a batch is under way makes the next; a busy row is locked and committed once for all."""

import asyncio
import math
from collections import deque
from collections.abc import Mapping
from contextvars import Context
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import asyncpg
import msgspec

from playerbase.kit import clock, metrics
from playerbase.kit.db.idempotency import Kept, Key, is_kept, keep, kept_refusal, replays
from playerbase.kit.db.pool import DatabaseAway, Pool, reading, transaction
from playerbase.kit.db.sql import Db, Tx
from playerbase.kit.errors import Refusal, Unavailable

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
Wanted = TypeVar("Wanted")
Found = TypeVar("Found")

TURNS = 4  # Of the loop between two batches: in the first the answers go out, in the next ones more requests come in.
TRIES_MAX = 3  # For a batch that lost to another process; it may win the next time.
LOST = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)

_sizes = metrics.Histogram(
    "lane_batch_items", "Items that shared a commit.", ["lane"], buckets=(1, 2, 5, 10, 20, 50, 100, 200)
)


class QueueFull(Unavailable):
    """Too many requests are waiting already; try again in a second."""


class Stopping(Unavailable):
    """This process is stopping; another one will answer."""


class Queue(NamedTuple):
    """One item, its idempotency key if it has one, and who waits for it."""

    item: Any
    key: Key | None
    answer: asyncio.Future[Any]


class Lane(Generic[Item, Outcome]):
    """One writer for many callers: each waits for its own outcome, and all share one commit.

    A subclass says in ``commit`` what becomes of a batch: one outcome per item, in order, a refusal as a value.
    """

    batch_max: ClassVar[int] = 200
    waiting_max: ClassVar[int] = 2_000  # About a second of work; whoever comes later is better told to come back.
    # How long a batch gathers where another was written just before; nobody who comes alone waits.
    gather_seconds: ClassVar[float] = 0
    status: ClassVar[int] = 200  # What a kept answer's success was.

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._waiting: deque[Queue] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._wrote_at = -math.inf
        self._observe = _sizes.labels(type(self).__name__).observe

    async def commit(self, tx: Tx, items: list[Item]) -> list[Outcome | Refusal]:
        """What became of each item; everything returned is true once the transaction has committed."""
        raise NotImplementedError

    async def put(self, item: Item) -> Outcome:
        """What became of the item, once committed; raises its own refusal."""
        outcome: Outcome = await self._enter(item, None)
        return outcome

    async def put_once(self, item: Item, key: Key) -> Kept:
        """The same under an idempotency key: the answer kept for the key, made now or earlier."""
        kept: Kept = await self._enter(item, key)
        return kept

    async def close(self) -> None:
        """Wait until everything accepted has been answered."""
        while self._writer is not None and not self._writer.done():
            await asyncio.wait([self._writer])

    def _enter(self, item: Item, key: Key | None) -> asyncio.Future[Any]:
        if len(self._waiting) >= self.waiting_max:
            raise QueueFull(retry_after=1)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(Queue(item, key, answer))
        if self._writer is None or self._writer.done():
            # In nobody's context: what is logged and told here is not the doing of whoever came first.
            self._writer = asyncio.create_task(self._write(), context=Context())
        return answer

    async def _write(self) -> None:
        # No timer: a batch is whatever gathered during the last commit, so a lone item never waits.
        batch: list[Queue] = []
        try:
            while self._waiting:
                if clock.monotonic() - self._wrote_at < self.gather_seconds and len(self._waiting) < self.batch_max:
                    await asyncio.sleep(self.gather_seconds)
                batch = self._next()
                await self._settle(batch)
                self._wrote_at = clock.monotonic()
                # Whoever is about to come gets in: their statements cost the same for two as for twenty. Where there
                # was but one, nobody is.
                for _ in range(TURNS if len(batch) > 1 else 1):
                    await asyncio.sleep(0)
        except BaseException:
            # Cancelled, as a loop does to its tasks when it ends: nobody may wait for ever.
            for entry in (*batch, *self._waiting):
                if not entry.answer.done():
                    entry.answer.set_exception(Stopping(retry_after=1))
            self._waiting.clear()
            raise

    def _next(self) -> list[Queue]:
        """The next batch: who still waits, and of two under one key the first; the second finds the answer kept."""
        batch: list[Queue] = []
        later: list[Queue] = []
        names: set[tuple[str, str]] = set()
        while self._waiting and len(batch) < self.batch_max:
            entry = self._waiting.popleft()
            if entry.answer.done():
                continue
            if entry.key is not None:
                name = (entry.key.scope, entry.key.key)
                if name in names:
                    later.append(entry)
                    continue
                names.add(name)
            batch.append(entry)
        self._waiting.extendleft(reversed(later))
        return batch

    async def _settle(self, batch: list[Queue]) -> None:
        if not batch:
            return
        try:
            outcomes = await self._transacted(batch)
        except Exception as fault:
            if len(batch) > 1 and not isinstance(fault, DatabaseAway):
                # One item's fault undoes the whole batch; halved until it stands alone, it is refused alone.
                middle = len(batch) // 2
                await self._settle(batch[:middle])
                await self._settle(batch[middle:])
                return
            outcomes = [fault] * len(batch)
        self._observe(len(batch))
        for entry, outcome in zip(batch, outcomes, strict=True):
            if entry.answer.done():
                continue
            if isinstance(outcome, Exception):
                entry.answer.set_exception(outcome)
            else:
                entry.answer.set_result(outcome)

    async def _transacted(self, batch: list[Queue]) -> list[Any]:
        for tries in range(1, TRIES_MAX + 1):
            try:
                async with transaction(self._pool) as tx:
                    return await self._outcomes(tx, batch)
            except LOST:
                if tries == TRIES_MAX:
                    raise
        raise AssertionError

    async def _outcomes(self, tx: Tx, batch: list[Queue]) -> list[Any]:
        keyed = [(at, entry.key) for at, entry in enumerate(batch) if entry.key is not None]
        if not keyed:
            return await self._committed(tx, batch)
        recalled = await replays(tx, [key for _, key in keyed])
        settled: dict[int, Any] = {keyed[position][0]: answer for position, answer in recalled.items()}
        fresh = [at for at in range(len(batch)) if at not in settled]
        outcomes = await self._committed(tx, [batch[at] for at in fresh]) if fresh else []
        keys: list[Key] = []
        answers: list[Kept] = []
        for at, outcome in zip(fresh, outcomes, strict=True):
            key = batch[at].key
            settled[at] = outcome
            if key is not None and is_kept(outcome):
                kept = kept_refusal(outcome) if isinstance(outcome, Refusal) else self._kept(outcome)
                settled[at] = kept
                keys.append(key)
                answers.append(kept)
        if keys:
            await keep(tx, keys, answers)
        return [settled[at] for at in range(len(batch))]

    async def _committed(self, tx: Tx, batch: list[Queue]) -> list[Outcome | Refusal]:
        outcomes = await self.commit(tx, [entry.item for entry in batch])
        assert len(outcomes) == len(batch)
        return outcomes

    def _kept(self, outcome: Outcome) -> Kept:
        # An outcome whose class names a status of its own is answered with that.
        return Kept(getattr(type(outcome), "http_status", self.status), msgspec.json.encode(outcome, enc_hook=str))


class Reading(Generic[Wanted, Found]):
    """Point reads that wait at the same moment become one query; what they read is never older than their asking."""

    batch_max: ClassVar[int] = 500

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._waiting: list[tuple[Wanted, asyncio.Future[Found | None]]] = []
        self._reader: asyncio.Task[None] | None = None

    async def fetch(self, db: Db, wanted: list[Wanted]) -> Mapping[Wanted, Found]:
        """What there is of these; absent ones are left out."""
        raise NotImplementedError

    async def get(self, wanted: Wanted) -> Found | None:
        """The one asked for, or None."""
        answer: asyncio.Future[Found | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, answer))
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
        return await answer

    async def _read(self) -> None:
        batch: list[tuple[Wanted, asyncio.Future[Found | None]]] = []
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self.batch_max], self._waiting[self.batch_max :]
                await self._answer([entry for entry in batch if not entry[1].done()])
        except BaseException:
            for _, answer in (*batch, *self._waiting):
                if not answer.done():
                    answer.set_exception(Stopping(retry_after=1))
            self._waiting = []
            raise

    async def _answer(self, batch: list[tuple[Wanted, asyncio.Future[Found | None]]]) -> None:
        if not batch:
            return
        try:
            found = await self._found(list({wanted for wanted, _ in batch}))
        except Exception as fault:
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(fault)
            return
        for wanted, answer in batch:
            if not answer.done():
                answer.set_result(found.get(wanted))

    async def _found(self, wanted: list[Wanted]) -> Mapping[Wanted, Found]:
        try:
            async with reading(self._pool) as db:
                return await self.fetch(db, wanted)
        except DatabaseAway:
            # The connection may have died while it lay idle, and a read may be asked twice.
            async with reading(self._pool) as db:
                return await self.fetch(db, wanted)
