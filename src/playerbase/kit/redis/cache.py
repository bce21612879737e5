"""Caches: a moment in the process, minutes in Redis, the truth in PostgreSQL; without Redis right, but slower."""

import asyncio
import os
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from playerbase.kit import log, metrics
from playerbase.kit.redis.server import PAUSE_SECONDS, Away, Redis, Script

LOCAL_SECONDS = 1.0  # How old an answer from the process may be: shorter than anyone notices on a board.
LOCAL_MAX = 2_000
LOCAL_BYTES_MAX = 64 * 2**20  # In one process: some seven hundred lists of two hundred things.
LEASE_SECONDS = 60  # Longer than any statement may run; a load that outlives it is just not kept.
OWED_MAX = 100_000  # Some 10 MB of keys to be dropped once Redis is back.
_VALUE, _LEASE = b"v", b"l"  # The first byte tells a value from the lease of who is loading it.
_FOLDER = Path(__file__).parent
_LEASE_SCRIPT, _KEEP_SCRIPT = Script(_FOLDER / "cache_lease.lua"), Script(_FOLDER / "cache_keep.lua")

_log = log.get("cache")
_asked = metrics.Counter("cache_requests", "Look-ups by key family and where they were answered.", ["family", "level"])


class Cache:
    """Bytes by ``family:id``, loaded once however many ask at the same moment."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._local: OrderedDict[str, tuple[float, bytes]] = OrderedDict()  # Last asked for last.
        self._local_bytes = 0
        self._loading: dict[str, asyncio.Task[bytes]] = {}
        self._owed: dict[
            str, object
        ] = {}  # Dropped, and Redis not told yet; oldest first, each with a mark of its own.
        self._is_trusted = True  # Whether everything dropped is known to be gone from Redis, or owed.
        self._paying: asyncio.Task[None] | None = None

    async def get(
        self,
        family: str,
        id: str,  # noqa: A002
        seconds: int,
        load: Callable[[], Awaitable[bytes]],
        *,
        is_state: bool = False,
    ) -> bytes:
        """What is kept, or what ``load`` returns, kept for so many seconds from then.

        With ``is_state`` the id names one state of what is kept, and a change makes another id: the process need not
        look again after a moment, and keeps it while there is room.
        """
        key = f"{family}:{id}"
        kept = self._local.get(key)
        if kept is not None and kept[0] > time.monotonic():
            self._local.move_to_end(key)
            _counter(family, "process")()
            return kept[1]
        loading = self._loading.get(key)
        if loading is None:
            local = seconds if is_state else LOCAL_SECONDS
            loading = self._loading[key] = asyncio.create_task(self._load(family, key, seconds, local, load))
            loading.add_done_callback(lambda task: self._ended(key, task))
        return await asyncio.shield(loading)

    async def drop(self, family: str, *ids: str) -> None:
        """Forget these everywhere, loads under way included; call it after the change was committed.

        Other processes follow within a second. What Redis cannot be told while it is away it is told before this
        process believes it again, and within a second of its return.
        """
        keys = [f"{family}:{id_}" for id_ in ids]
        for key in keys:
            self._forget(key)
            self._loading.pop(key, None)  # Who waits for it asked before the change; who asks from now on loads anew.
            self._owed[key] = object()
        await self._pay()

    async def close(self) -> None:
        """Stop waiting for Redis to come back."""
        if self._paying is not None:
            self._paying.cancel()
            await asyncio.wait([self._paying])

    async def _load(
        self, family: str, key: str, seconds: int, local: float, load: Callable[[], Awaitable[bytes]]
    ) -> bytes:
        lease = _LEASE + os.urandom(12)
        kept = await self._leased(key, lease)
        if kept is not None and kept.startswith(_VALUE):
            _counter(family, "redis")()
            value = kept[1:]
        else:
            _counter(family, "loaded")()
            value = await load()
            if kept is None and self._loading.get(key) is asyncio.current_task():
                with suppress(Away):
                    await self._redis.run(_KEEP_SCRIPT, [key], lease, _VALUE + value, seconds)
        if self._loading.get(key) is asyncio.current_task():
            self._forget(key)
            self._local[key] = (time.monotonic() + local, value)
            self._local_bytes += len(value)
            while len(self._local) > LOCAL_MAX or self._local_bytes > LOCAL_BYTES_MAX:
                self._forget(next(iter(self._local)))
        return value

    def _forget(self, key: str) -> None:
        kept = self._local.pop(key, None)
        if kept is not None:
            self._local_bytes -= len(kept[1])

    async def _leased(self, key: str, lease: bytes) -> bytes | None:
        """What Redis holds; None if nothing, and then our lease does, or Redis is not to be asked."""
        await self._pay()
        if self._owed or not self._is_trusted:
            return None
        try:
            kept: bytes | None = await self._redis.run(_LEASE_SCRIPT, [key], lease, LEASE_SECONDS)
        except Away:
            return None
        return kept

    async def _pay(self) -> None:
        """Tell Redis what it has missed."""
        while self._owed:
            key, mark = next(iter(self._owed.items()))
            try:
                await self._redis.ask(self._redis.client.delete(key))
            except Away:
                break
            if self._owed.get(key) is mark:  # Dropped once more while Redis was told, it is owed once more.
                del self._owed[key]
        if len(self._owed) > OWED_MAX:
            self._owed.clear()
            self._is_trusted = False
            _log.error("redis missed too many changes: not asked again by this process; empty it and restart")
        if self._owed and (self._paying is None or self._paying.done()):
            self._paying = asyncio.create_task(self._pay_later())

    async def _pay_later(self) -> None:
        while self._owed:
            await asyncio.sleep(PAUSE_SECONDS / 2)
            await self._pay()

    def _ended(self, key: str, task: asyncio.Task[bytes]) -> None:
        if self._loading.get(key) is task:
            del self._loading[key]
        if not task.cancelled():
            task.exception()  # Whoever waited has it; when nobody waits any more, it is nobody's.


@cache
def _counter(family: str, level: str) -> Callable[[], None]:
    return _asked.labels(family, level).inc
