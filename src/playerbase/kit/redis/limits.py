"""Rate limits: sliding windows in Redis, all of one moment in one call; in this process alone while Redis is away."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from playerbase.kit import log
from playerbase.kit.errors import Exhausted
from playerbase.kit.redis.server import Away, Redis, Script

BATCH_MAX = 200
LOCAL_MAX = 50_000  # Counters kept in the process while Redis is away; the oldest go first.
EXACT_MAX = 100  # Up to this count every hit is remembered, some 700 bytes a caller; above it two sums are.
_SCRIPT = Script(Path(__file__).with_suffix(".lua"))
_log = log.get("limits")


class Limit(msgspec.Struct, frozen=True):
    """So many in so many seconds, and why."""

    count: int
    window_seconds: int
    reason: str


# What applies until an operator changes it; per caller, or per address (/32, or /64 of IPv6) for who has none.
DEFAULTS: Mapping[str, Limit] = {
    "auth": Limit(10, 60, "Signing in is rare; guessing is not."),
    "login": Limit(5, 60, "Each attempt costs a password hash; five typing errors a minute are plenty."),
    "recovery": Limit(5, 60, "Each may write to somebody or try a secret; counted per address and per account."),
    "letters": Limit(
        20, 3_600, "Letters that anybody may cause to one mailbox; more would be a nuisance to its owner."
    ),
    "token": Limit(60, 60, "A server asks once in a quarter of an hour; a data centre behind one address, together."),
    "server_login": Limit(6_000, 60, "A game server lets in a whole lobby at once; counted per key."),
    "game": Limit(1_000, 60, "A client in play, with room for bursts."),
    "server": Limit(60_000, 60, "One game server reporting for thousands of players; counted per key."),
    "leaderboard": Limit(100, 60, "A board changes slower than eyes move."),
    "score": Limit(30, 120, "A game that is worth a score takes longer than four seconds."),
    "store": Limit(100, 60, "A shop is looked at page by page; faster is a machine copying it."),
    "purchase": Limit(10, 60, "Nobody decides on more than ten purchases a minute; a basket holds many things."),
    "upload": Limit(10, 60, "Each upload costs scanning."),
    "default": Limit(100, 60, "What a person does in a minute, generously."),
    "console": Limit(600, 60, "An operator at work, pages and live rows included."),
    "webhook": Limit(3_000, 60, "A platform tells of a busy hour's purchases from few addresses; each is checked."),
    "open": Limit(300, 60, "Health, discovery and documents, per address."),
    "refused": Limit(60, 60, "Wrong keys and tokens per address, before anything else is done for it."),
}


class TooManyRequests(Exhausted):
    """Too many requests; wait as long as Retry-After says."""


class Taken(NamedTuple):
    """What a counter said: whether there was room, how much is left, and in how many milliseconds one more fits."""

    allowed: bool
    category: str
    limit: Limit
    remaining: int
    reset_ms: int


class Waiting(NamedTuple):
    """One request to be counted, and who waits for the answer."""

    key: str
    category: str
    limit: Limit
    answer: asyncio.Future[Taken]


class Limits:
    """The counters of all processes, and the numbers they are held to."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self.numbers: dict[str, Limit] = dict(DEFAULTS)
        self._waiting: list[Waiting] = []
        self._sender: asyncio.Task[None] | None = None
        self._here = Here()

    def change(self, numbers: Mapping[str, Limit]) -> None:
        """Hold callers to these numbers where given, to the defaults elsewhere."""
        self.numbers = {**DEFAULTS, **numbers}

    def take(self, category: str, subject: str) -> asyncio.Future[Taken]:
        """Count one request of this subject, if there is room for it."""
        limit = self.numbers[category]
        # One hash tag for all: a script must find its keys on one node of a cluster, and one node counts faster than
        # any number of API processes ask. The word after it tells the script how to count.
        key = f"{{limits}}:{'log' if limit.count <= EXACT_MAX else 'sum'}:{category}:{subject}"
        answer: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(key, category, limit, answer))
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send())
        return answer

    async def _send(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH_MAX], self._waiting[BATCH_MAX:]
            try:
                numbers = await self._counted(batch)
            except Exception as fault:
                # Never open: each process counts by itself until Redis is back.
                if not isinstance(fault, Away):
                    _log.exception("the limits could not be counted")
                numbers = [part for entry in batch for part in self._here.count(entry.key, entry.limit)]
            for at, (_, category, limit, answer) in enumerate(batch):
                if not answer.done():
                    allowed, remaining, reset_ms = numbers[3 * at : 3 * at + 3]
                    answer.set_result(Taken(allowed == 1, category, limit, remaining, reset_ms))

    async def _counted(self, batch: Sequence[Waiting]) -> list[int]:
        numbers = [number for entry in batch for number in (entry.limit.count, entry.limit.window_seconds * 1000)]
        # Packed both ways: Python reads one string in the time it takes to read one of 600 numbers.
        packed = await self._redis.run(_SCRIPT, [entry.key for entry in batch], msgspec.msgpack.encode(numbers))
        return _unpack(packed)


_unpack = msgspec.msgpack.Decoder(list[int]).decode


class Here:
    """The same counting as the script's, in this process."""

    def __init__(self) -> None:
        self._logs: dict[str, deque[int]] = {}
        self._sums: dict[str, tuple[int, int, int]] = {}

    def count(self, key: str, limit: Limit) -> tuple[int, int, int]:
        """Whether there is room (1 or 0), how much is left, and the milliseconds until one more fits."""
        window, now = limit.window_seconds * 1000, time.monotonic_ns() // 1_000_000
        return (self._by_log if limit.count <= EXACT_MAX else self._by_sum)(key, limit.count, window, now)

    def _by_log(self, key: str, count: int, window: int, now: int) -> tuple[int, int, int]:
        hits = self._logs.pop(key, None) or deque()
        self._logs[key] = hits
        _shrink(self._logs)
        while hits and hits[0] <= now - window:
            hits.popleft()
        if len(hits) < count:
            hits.append(now)
            return 1, count - len(hits), hits[0] + window - now
        return 0, 0, max(1, hits[-count] + window - now)

    def _by_sum(self, key: str, count: int, window: int, now: int) -> tuple[int, int, int]:
        slot, passed = divmod(now, window)
        kept_slot, kept_current, kept_previous = self._sums.pop(key, (slot, 0, 0))
        current = kept_current if kept_slot == slot else 0
        previous = kept_previous if kept_slot == slot else kept_current if kept_slot == slot - 1 else 0
        used = current + previous * (window - passed) / window
        allowed = used + 1 <= count
        self._sums[key] = (slot, current + allowed, previous)
        _shrink(self._sums)
        if allowed:
            return 1, math.floor(count - used - 1), window - passed
        if current + 1 <= count:
            wait = window - (count - 1 - current) * window / previous - passed
        else:
            wait = window - passed + window - (count - 1) * window / current
        return 0, 0, max(1, math.ceil(wait))


def _shrink(counters: dict[str, deque[int]] | dict[str, tuple[int, int, int]]) -> None:
    if len(counters) > LOCAL_MAX:
        del counters[next(iter(counters))]
