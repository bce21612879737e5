"""Rate limits: exact in any order, in Redis and without it, and never open."""

import asyncio
from typing import Any

import pytest

from playerbase.kit.redis import Limit, Limits, Redis, open_redis
from playerbase.kit.redis import limits as the_limits
from playerbase.kit.redis.limits import Here
from tests.kit.redis.conftest import Mortal

FIVE = {"login": Limit(5, 60, "Five.")}
MANY = {"game": Limit(200, 60, "By sum.")}


@pytest.mark.parametrize(("category", "numbers", "count"), [("login", FIVE, 5), ("game", MANY, 200)])
async def test_as_many_pass_as_may_however_many_try_at_once(
    redis: Redis, category: str, numbers: dict[str, Limit], count: int
) -> None:
    limits = [Limits(redis) for _ in range(3)]
    for each in limits:
        each.change(numbers)
    taken = await asyncio.gather(*[limits[n % 3].take(category, "ip:1") for n in range(count + 50)])
    assert sum(each.allowed for each in taken) == count
    assert sorted((each.remaining for each in taken if each.allowed), reverse=True) == [*range(count - 1, -1, -1)]
    assert all(1 <= each.reset_ms <= 120_000 for each in taken)
    assert (await limits[0].take(category, "ip:2")).allowed


async def test_after_the_wait_it_named_one_more_fits_and_no_more(redis: Redis) -> None:
    limits = Limits(redis)
    limits.change({"login": Limit(5, 1, "Five a second.")})
    taken = [await limits.take("login", "a") for _ in range(6)]
    assert [each.allowed for each in taken] == [True] * 5 + [False]
    assert 1 <= taken[5].reset_ms <= 1_000
    # Time passes for the key: what it remembers is as much older.
    await age(redis, taken[5].reset_ms)
    assert (await limits.take("login", "a")).allowed


async def age(redis: Redis, milliseconds: int) -> None:
    """Let everything counted have happened so much earlier."""
    for key in await redis.client.keys("{limits}:log:*"):
        moments = await redis.client.lrange(key, 0, -1)
        await redis.client.delete(key)
        await redis.client.rpush(key, *[int(moment) - milliseconds for moment in moments])


async def test_the_window_slides(redis: Redis) -> None:
    limits = Limits(redis)
    limits.change(FIVE)
    for _ in range(4):
        await limits.take("login", "a")
    await age(redis, 55_000)
    assert (await limits.take("login", "a")).allowed
    assert not (await limits.take("login", "a")).allowed
    await age(redis, 5_001)  # The first four have left, the fifth has not.
    assert [(await limits.take("login", "a")).allowed for _ in range(5)] == [True] * 4 + [False]


async def test_who_straddles_a_boundary_gets_no_second_helping(redis: Redis) -> None:
    seconds, _ = await redis.client.time()
    # A window so long that now is the middle of its second turn.
    limits = Limits(redis)
    limits.change({"game": Limit(200, seconds * 2 // 3, "By sum.")})
    assert (await limits.take("game", "a")).allowed
    (key,) = await redis.client.keys("{limits}:sum:*")
    await redis.client.hset(key, mapping={"s": 0, "c": 200, "p": 0})
    taken = await asyncio.gather(*[limits.take("game", "a") for _ in range(210)])
    assert sum(each.allowed for each in taken) in {99, 100}, "half of the last turn's still count"


async def test_numbers_change_while_it_runs(redis: Redis) -> None:
    limits = Limits(redis)
    limits.change({"login": Limit(2, 60, "Two.")})
    assert [(await limits.take("login", "a")).allowed for _ in range(3)] == [True, True, False]
    limits.change({"login": Limit(4, 60, "Four.")})
    assert [(await limits.take("login", "a")).allowed for _ in range(3)] == [True, True, False]
    limits.change({"login": Limit(1, 60, "One.")})
    refused = await limits.take("login", "a")
    assert not refused.allowed
    assert refused.limit.count == 1
    limits.change({"login": Limit(500, 60, "By sum.")})
    assert (await limits.take("login", "a")).allowed
    limits.change({})
    assert limits.numbers["login"].count == 5


async def test_a_counter_leaves_redis_when_nobody_comes(redis: Redis) -> None:
    limits = Limits(redis)
    await limits.take("login", "a")
    await limits.take("game", "a")
    lives = [await redis.client.pttl(key) for key in await redis.client.keys("*")]
    assert len(lives) == 2
    assert all(0 < life <= 120_000 for life in lives)


async def test_without_redis_each_process_counts_by_itself(mortal: Mortal) -> None:
    redis = open_redis(mortal.engine.url)
    limits = Limits(redis)
    limits.change(FIVE)
    assert [(await limits.take("login", "a")).allowed for _ in range(3)] == [True] * 3
    mortal.kill()
    taken = await asyncio.gather(*[limits.take("login", "a") for _ in range(50)])
    assert sum(each.allowed for each in taken) == 5  # Never open; it does not know what Redis counted.
    assert not (await limits.take("login", "a")).allowed
    mortal.revive()
    assert await redis.is_up()
    assert [(await limits.take("login", "a")).allowed for _ in range(3)] == [True, True, False]
    await redis.close()


async def test_a_fault_of_ours_does_not_open_it_either(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(redis)
    limits.change(FIVE)
    monkeypatch.setattr(the_limits, "_unpack", lambda _: 1 / 0)
    assert [(await limits.take("login", "a")).allowed for _ in range(6)] == [True] * 5 + [False]


async def test_who_stops_waiting_hurts_nobody(redis: Redis) -> None:
    limits = Limits(redis)
    takes = [limits.take("login", f"ip:{n}") for n in range(3)]
    takes[1].cancel()
    assert (await takes[0]).allowed
    assert (await takes[2]).allowed


@pytest.mark.parametrize("limit", [Limit(5, 60, ""), Limit(200, 60, "")], ids=["log", "sum"])
def test_the_process_counts_as_the_script_does(limit: Limit, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 120_000_000_000_000  # The beginning of a window.
    monkeypatch.setattr("time.monotonic_ns", lambda: now)
    here = Here()
    taken: list[Any] = [here.count("a", limit) for _ in range(limit.count + 1)]
    assert [each[0] for each in taken] == [1] * limit.count + [0]
    now += (taken[-1][2] - 1) * 1_000_000
    assert here.count("a", limit)[0] == 0
    now += 1_000_000
    assert [here.count("a", limit)[0] for _ in range(2)] == ([1] * 2 if limit.count == 5 else [1, 0])


def test_the_process_forgets_the_oldest_counters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_limits, "LOCAL_MAX", 3)
    here = Here()
    for key in "abcd":
        here.count(key, Limit(5, 60, ""))
    assert list(here._logs) == ["b", "c", "d"]
