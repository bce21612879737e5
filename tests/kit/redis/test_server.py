"""The connection to Redis: one fault is enough to leave it alone for a moment."""

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from playerbase.kit import engines
from playerbase.kit.engines import programs
from playerbase.kit.redis import Cache, Limit, Limits, Redis, open_redis, server
from playerbase.kit.redis.server import Away
from tests.kit.redis.conftest import Mortal


async def test_after_a_fault_it_is_left_alone_for_a_moment(mortal: Mortal) -> None:
    redis = open_redis(mortal.engine.url)
    assert await redis.is_up()
    mortal.kill()
    with pytest.raises(Away):
        await redis.ask(redis.client.ping())
    assert redis.is_silent
    mortal.revive()
    with pytest.raises(Away):
        await redis.ask(redis.client.ping())
    assert await redis.is_up()
    assert not redis.is_silent
    await redis.close()


async def test_connections_that_died_meanwhile_are_no_fault(mortal: Mortal) -> None:
    redis = open_redis(mortal.engine.url)
    await asyncio.gather(*[redis.ask(redis.client.ping()) for _ in range(10)])
    mortal.kill()
    mortal.revive()
    assert await asyncio.gather(*[redis.ask(redis.client.ping()) for _ in range(10)]) == [True] * 10
    await redis.close()


async def test_many_at_once_wait_for_a_connection(redis: Redis) -> None:
    assert await asyncio.gather(*[redis.ask(redis.client.ping()) for _ in range(300)]) == [True] * 300


async def test_who_waited_behind_a_fault_is_told_at_once(mortal: Mortal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "TIMEOUT_SECONDS", 0.5)
    redis, asked = open_redis(mortal.engine.url), 0
    assert await redis.is_up()
    assert mortal.engine.pid is not None

    async def ping() -> bool:
        nonlocal asked
        asked += 1
        return bool(await redis.client.ping())

    os.kill(mortal.engine.pid, signal.SIGSTOP)
    try:
        told = await asyncio.gather(*[redis.ask(ping()) for _ in range(300)], return_exceptions=True)
    finally:
        os.kill(mortal.engine.pid, signal.SIGCONT)
    assert [type(one) for one in told] == [Away] * 300
    assert asked == server.CONNECTIONS_MAX, "the rest did not wait for a timeout of their own"
    await redis.close()


def free_port() -> int:
    """A port whose neighbour 10,000 above, the cluster's own, exists and is free too."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port: int = listening.getsockname()[1]
        with suppress(OSError, OverflowError), socket.create_server(("127.0.0.1", port + 10_000)):
            return port


@pytest.fixture
async def cluster() -> AsyncIterator[Redis]:
    """A cluster of one node, which refuses what a cluster refuses."""
    with engines.throwaway_home() as home:
        who = programs.account(home)
        folder = programs.private_folder(home / "cluster", who)
        port = free_port()
        process = subprocess.Popen(
            [
                str(programs.redis_program(home, who)), "--port", str(port), "--cluster-enabled", "yes",
                "--save", "", "--dir", str(folder), "--bind", "127.0.0.1", "--daemonize", "no",
            ],
            stdout=subprocess.DEVNULL,
            **who.spawning,
        )  # fmt: skip
        plain = open_redis(f"redis://127.0.0.1:{port}")
        while not await plain.is_up():
            assert process.poll() is None
        await plain.client.execute_command("CLUSTER", "ADDSLOTS", *range(16_384))
        while b"cluster_state:ok" not in await plain.client.execute_command("CLUSTER", "INFO"):
            pass  # It takes a moment to believe in itself.
        await plain.close()
        redis = open_redis(f"redis://127.0.0.1:{port}?cluster=true")
        yield redis
        await redis.close()
        process.send_signal(signal.SIGTERM)
        process.wait()


async def test_limits_and_caches_work_on_a_cluster(cluster: Redis) -> None:
    limits = Limits(cluster)
    limits.change({"login": Limit(5, 60, "Five."), "game": Limit(200, 60, "By sum.")})
    taken = await asyncio.gather(*[limits.take("login", f"ip:{n % 10}") for n in range(100)])
    assert sum(each.allowed for each in taken) == 50
    assert (await limits.take("game", "a")).allowed
    assert not cluster.is_silent
    cache = Cache(cluster)

    async def load() -> bytes:
        return b"value"

    for n in range(20):
        assert await cache.get("board", str(n), 60, load) == b"value"
    assert await cluster.client.get("board:7") == b"vvalue"
    await cache.drop("board", *map(str, range(20)))
    assert await cluster.client.get("board:7") is None


def test_paths_of_sockets_may_be_odd(tmp_path: Path) -> None:
    assert open_redis(f"unix://{tmp_path}/redis.sock?db=3").client.connection_pool.connection_kwargs["db"] == 3
