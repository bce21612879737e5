"""The connection to Redis, and what happens while there is none."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from playerbase.kit import log, metrics

PAUSE_SECONDS = 1.0  # After a fault nobody waits for Redis again for this long.
TIMEOUT_SECONDS = 0.5
CONNECTIONS_MAX = 20

T = TypeVar("T")
_log = log.get("redis")
_up = metrics.Gauge("redis_up", "Whether the last call to Redis was answered.")


class Away(Exception):
    """Redis cannot be reached at the moment."""


class Memory(NamedTuple):
    """How much memory is held, and how much may be: the server's own limit, or else all its machine has."""

    used_bytes: int
    max_bytes: int


class Script:
    """A Lua program, sent once and called by its digest; whoever calls it names the keys it touches."""

    def __init__(self, path: Path) -> None:
        self.text = path.read_text()
        self.digest = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()


class Redis:
    """One Redis or Redis Cluster (``?cluster=true``), asked only while it answers."""

    def __init__(self, url: str) -> None:
        options: dict[str, Any] = {
            "socket_timeout": TIMEOUT_SECONDS,
            "socket_connect_timeout": TIMEOUT_SECONDS,
            # Once, at once: a connection that died while it lay idle is no sign that the server has gone.
            "retry": Retry(NoBackoff(), 1),
        }
        address, is_cluster = _without_cluster(url)
        self.client: Any
        if is_cluster:
            self.client = redis.asyncio.RedisCluster.from_url(address, max_connections=CONNECTIONS_MAX, **options)
        else:
            self.client = redis.asyncio.Redis.from_url(address, max_connections=CONNECTIONS_MAX, **options)
        # Who comes when all connections are in use waits here: to the client the 21st caller would be a fault.
        self._turns = asyncio.Semaphore(CONNECTIONS_MAX)
        self._silent_until = 0.0
        self._was_up: bool | None = None

    @property
    def is_silent(self) -> bool:
        """Whether it is known to be gone, and not asked until the pause is over."""
        return time.monotonic() < self._silent_until

    async def ask(self, call: Awaitable[T]) -> T:
        """The answer to a call of the client; raises Away at once while Redis is known to be gone."""
        if self.is_silent:
            raise _away(call)
        try:
            async with self._turns:
                if self.is_silent:  # Since it began to wait: whoever was in front of it got no answer.
                    raise _away(call)
                answer = await call
        except (RedisError, OSError, TimeoutError) as fault:
            self._silent_until = time.monotonic() + PAUSE_SECONDS
            self._note(is_up=False, fault=str(fault))
            raise Away from fault
        if not self._was_up:
            self._note(is_up=True, fault="")
        return answer

    async def run(self, script: Script, keys: Sequence[str], *arguments: bytes | str | int) -> Any:
        """What a script returns; raises Away."""
        return await self.ask(self._run(script, keys, arguments))

    async def is_up(self) -> bool:
        """Whether it answers now."""
        self._silent_until = 0.0
        try:
            await self.ask(self.client.ping())
        except Away:
            return False
        return True

    async def memory(self) -> Memory | None:
        """What it holds, of how much; None while it is away. Of a cluster, one node is asked."""
        try:
            told = await self.ask(self.client.info("memory"))
        except Away:
            return None
        return Memory(told["used_memory"], told["maxmemory"] or told["total_system_memory"])

    async def close(self) -> None:
        """Close all connections."""
        await self.client.aclose()

    async def _run(self, script: Script, keys: Sequence[str], arguments: Sequence[bytes | str | int]) -> Any:
        try:
            return await self.client.evalsha(script.digest, len(keys), *keys, *arguments)
        except NoScriptError:
            return await self.client.eval(script.text, len(keys), *keys, *arguments)

    def _note(self, *, is_up: bool, fault: str) -> None:
        _up.set(is_up)
        if is_up and self._was_up is False:
            _log.info("redis is back")
        elif not is_up:
            _log.warning("redis is away", fault=fault)
        self._was_up = is_up


def open_redis(url: str) -> Redis:
    """A Redis by URL; connects when first asked, so that a start does not depend on it."""
    return Redis(url)


def _away(call: Awaitable[Any]) -> Away:
    """The refusal, with the call put away that nobody is going to wait for."""
    if hasattr(call, "close"):
        call.close()
    return Away()


def _without_cluster(url: str) -> tuple[str, bool]:
    for word in ("?cluster=true", "&cluster=true"):
        if url.endswith(word):
            return url.removesuffix(word), True
    return url, False
