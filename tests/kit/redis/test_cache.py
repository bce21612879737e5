"""Caches: loaded once however many ask, and never older than the last change."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from prometheus_client import REGISTRY

from playerbase.kit.redis import Cache, Redis, open_redis
from playerbase.kit.redis import cache as the_cache
from tests.kit.redis.conftest import Mortal


class Source:
    """What is cached, and how often it was asked for."""

    def __init__(self) -> None:
        self.value = b"old"
        self.loads = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def load(self) -> bytes:
        self.loads += 1
        value = self.value
        await self.gate.wait()
        return value


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept in the process, so that each answer shows what Redis holds."""
    monkeypatch.setattr(the_cache, "LOCAL_SECONDS", -1.0)


def asker(cache: Cache, source: Source) -> Callable[[], Awaitable[bytes]]:
    return lambda: cache.get("board", "top", 300, source.load)


async def begun(source: Source, loads: int = 1) -> None:
    while source.loads < loads:
        await asyncio.wait([asyncio.ensure_future(asyncio.to_thread(lambda: None))])


async def test_however_many_ask_it_is_loaded_once(redis: Redis) -> None:
    cache, source = Cache(redis), Source()
    ask = asker(cache, source)
    assert await asyncio.gather(*[ask() for _ in range(50)]) == [b"old"] * 50
    assert source.loads == 1
    assert await asker(Cache(redis), source)() == b"old"
    assert source.loads == 1
    assert 0 < await redis.client.ttl("board:top") <= 300


async def test_a_drop_is_followed_everywhere(redis: Redis) -> None:
    here, there, source = Cache(redis), Cache(redis), Source()
    await asker(here, source)()
    source.value = b"new"
    await there.drop("board", "top", "bottom")
    assert await asker(here, source)() == b"new"


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_a_drop_beats_a_load_begun_earlier(
    redis: Redis, monkeypatch: pytest.MonkeyPatch, *, elsewhere: bool
) -> None:
    monkeypatch.setattr(the_cache, "LOCAL_SECONDS", 0.0 if elsewhere else 60.0)
    cache, source = Cache(redis), Source()
    ask = asker(cache, source)
    source.gate.clear()
    early = asyncio.ensure_future(ask())
    await begun(source)
    source.value = b"new"
    await (Cache(redis) if elsewhere else cache).drop("board", "top")
    source.gate.set()
    assert await early == b"old"  # Whoever asked before the change may hear of before.
    assert await ask() == b"new"
    assert await asker(Cache(redis), source)() == b"new"


async def test_who_asks_after_a_drop_does_not_join_a_load_from_before(redis: Redis) -> None:
    cache, source = Cache(redis), Source()
    ask = asker(cache, source)
    source.gate.clear()
    early = asyncio.ensure_future(ask())
    await begun(source)
    source.value = b"new"
    await cache.drop("board", "top")
    late = asyncio.ensure_future(ask())
    await begun(source, 2)
    source.gate.set()
    assert await late == b"new"
    assert await early == b"old"
    assert await ask() == b"new"


async def test_an_empty_value_is_a_value(redis: Redis) -> None:
    cache, source = Cache(redis), Source()
    source.value = b""
    assert await asker(cache, source)() == b""
    assert await asker(cache, source)() == b""
    assert source.loads == 1


async def test_a_fault_reaches_everyone_and_is_not_kept(redis: Redis) -> None:
    cache, source = Cache(redis), Source()

    async def fail() -> bytes:
        raise ValueError("away")

    outcomes = await asyncio.gather(*[cache.get("board", "top", 300, fail) for _ in range(3)], return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ValueError] * 3
    assert await asker(cache, source)() == b"old"


async def test_one_who_stops_waiting_hurts_nobody(redis: Redis) -> None:
    cache, source = Cache(redis), Source()
    source.gate.clear()
    tasks = [asyncio.ensure_future(asker(cache, source)()) for _ in range(3)]
    await begun(source)
    tasks[0].cancel()
    source.gate.set()
    assert await asyncio.gather(*tasks[1:]) == [b"old", b"old"]
    assert source.loads == 1


async def test_without_redis_answers_are_right(mortal: Mortal, monkeypatch: pytest.MonkeyPatch) -> None:
    redis = open_redis(mortal.engine.url)
    cache, source = Cache(redis), Source()
    ask = asker(cache, source)
    await ask()
    mortal.kill()
    source.value = b"new"
    assert await ask() == b"new"
    assert redis._silent_until > 0
    monkeypatch.setattr(redis, "_silent_until", float("inf"))
    monkeypatch.setattr(redis.client, "execute_command", None)
    for _ in range(20):
        assert await ask() == b"new", "known to be gone, it is not asked again for each"
    await cache.close()
    await redis.close()


async def test_what_was_dropped_while_redis_was_away_is_gone_when_it_is_back(mortal: Mortal) -> None:
    redis, other = open_redis(mortal.engine.url), open_redis(mortal.engine.url)
    cache, source = Cache(redis), Source()
    ask = asker(cache, source)
    await ask()
    # A machine under load may have been too slow to keep it, which is allowed; here it is to have been kept.
    await redis.client.set("board:top", b"vold")
    mortal.kill()
    source.value = b"new"
    await cache.drop("board", "top")
    mortal.revive()
    assert await other.client.get("board:top") == b"vold"  # It kept what it had.
    assert await ask() == b"new"  # At once, whether Redis is asked already or not.
    while await other.client.exists("board:top") and await other.client.get("board:top") != b"vnew":
        pass  # Until this process has told it, which it does by itself.
    assert await asker(Cache(other), source)() == b"new"
    await cache.close()
    for each in (redis, other):
        await each.close()


async def test_too_many_missed_changes_end_the_trust(mortal: Mortal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_cache, "OWED_MAX", 2)
    redis = open_redis(mortal.engine.url)
    cache, source = Cache(redis), Source()
    await asker(cache, source)()
    mortal.kill()
    source.value = b"new"
    await cache.drop("board", "top", "a", "b")
    mortal.revive()
    await redis.is_up()
    assert await asker(cache, source)() == b"new"
    await cache.close()
    await redis.close()


async def test_hits_are_counted_by_family(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    def counted(level: str) -> float:
        return REGISTRY.get_sample_value("cache_requests_total", {"family": "fruit", "level": level}) or 0.0

    monkeypatch.setattr(the_cache, "LOCAL_SECONDS", 60.0)
    cache, source = Cache(redis), Source()
    for each in (cache, cache, Cache(redis)):
        await each.get("fruit", "apple", 300, source.load)
    assert [counted(level) for level in ("loaded", "process", "redis")] == [1, 1, 1]


async def test_the_process_keeps_few(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_cache, "LOCAL_MAX", 3)
    cache, source = Cache(redis), Source()
    for name in "abcde":
        await cache.get("board", name, 300, source.load)
    assert list(cache._local) == ["board:c", "board:d", "board:e"]


async def test_the_process_keeps_so_many_bytes(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_cache, "LOCAL_BYTES_MAX", 10)
    cache, source = Cache(redis), Source()
    for name, value in {"a": b"1234", "b": b"123456", "c": b"1", "d": b"123", "e": b"too large for it"}.items():
        source.value = value
        await cache.get("board", name, 300, source.load)
        if name == "d":
            assert list(cache._local) == ["board:b", "board:c", "board:d"]
    assert (list(cache._local), cache._local_bytes) == ([], 0)


async def test_what_was_asked_for_last_goes_last(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_cache, "LOCAL_SECONDS", 60.0)
    monkeypatch.setattr(the_cache, "LOCAL_MAX", 2)
    cache, source = Cache(redis), Source()
    for name in "abac":
        await cache.get("board", name, 300, source.load)
    assert list(cache._local) == ["board:a", "board:c"]


async def test_a_state_is_looked_up_once_and_whatever_else_again(redis: Redis) -> None:
    cache, source = Cache(redis), Source()
    for is_state, expected in ((False, b"new"), (True, b"old")):
        name = f"states {is_state}"
        source.value = b"old"
        await cache.get("board", name, 300, source.load, is_state=is_state)
        await redis.client.set(f"board:{name}", b"vnew")
        assert await cache.get("board", name, 300, source.load, is_state=is_state) == expected
        await cache.drop("board", name)
        source.value = b"dropped"
        assert await cache.get("board", name, 300, source.load, is_state=is_state) == b"dropped"
        assert cache._local_bytes == sum(len(value) for _, value in cache._local.values())
