"""Lanes: one commit for all who wait, each with an outcome of its own."""

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest

from playerbase.kit.db import Db, Key, Lane, Pool, QueueFull, Reading, Tx
from playerbase.kit.db.lane import Stopping
from playerbase.kit.errors import Conflict, Refusal, Unavailable


class NotToday(Conflict):
    """Not today."""


class Soon(Unavailable):
    """Soon."""


class Names(Lane[str, str]):
    """Names, in one commit."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self.batches: list[list[str]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.deadlocks = 0

    async def commit(self, tx: Tx, items: list[str]) -> list[str | Refusal]:
        self.batches.append(items)
        await self.gate.wait()
        if self.deadlocks:
            self.deadlocks -= 1
            raise asyncpg.DeadlockDetectedError("the other one won")
        if "bug" in items:
            raise ValueError("a bug in one item")
        await tx.executemany("insert into things (name) values ($1)", [(item,) for item in items])
        answers: dict[str, Refusal] = {"not today": NotToday(), "soon": Soon(retry_after=1)}
        return [answers.get(item, item.upper()) for item in items]


class Small(Names):
    waiting_max = 3


async def written(pool: Pool) -> list[str]:
    return [row[0] for row in await pool.fetch("select name from things order by number")]


def key(name: str, fingerprint: bytes = b"f") -> Key:
    return Key("scope", name, fingerprint)


async def test_a_lone_item_goes_at_once_and_later_ones_share(things: Pool) -> None:
    lane = Names(things)
    lane.gate.clear()
    first = asyncio.ensure_future(lane.put("a"))
    while not lane.batches:
        await asyncio.wait([first], timeout=0.01)
    rest = [asyncio.ensure_future(lane.put(name)) for name in "bcd"]
    lane.gate.set()
    assert await asyncio.gather(first, *rest) == ["A", "B", "C", "D"]
    assert lane.batches == [["a"], ["b", "c", "d"]]
    assert await written(things) == ["a", "b", "c", "d"]


async def test_a_refused_item_is_refused_alone(things: Pool) -> None:
    lane = Names(things)
    outcomes = await asyncio.gather(*map(lane.put, ["a", "not today", "b"]), return_exceptions=True)
    assert outcomes[0] == "A"
    assert isinstance(outcomes[1], NotToday)
    assert outcomes[2] == "B"
    assert len(lane.batches) == 1


@pytest.mark.parametrize("bad", ["bug", "a\0b", "\ud800"])
async def test_a_bad_item_fails_alone(things: Pool, bad: str) -> None:
    lane = Names(things)
    names = [*"abcdefgh", bad, *"ijklmnop"]
    outcomes = await asyncio.gather(*map(lane.put, names), return_exceptions=True)
    assert [outcome for outcome in outcomes if isinstance(outcome, str)] == [*"ABCDEFGHIJKLMNOP"]
    assert isinstance(outcomes[8], Exception)
    assert not isinstance(outcomes[8], Refusal)
    assert sorted(await written(things)) == [*"abcdefghijklmnop"]


async def test_a_batch_that_lost_to_another_process_is_tried_again(things: Pool) -> None:
    lane = Names(things)
    lane.deadlocks = 2
    assert await asyncio.gather(*map(lane.put, "ab")) == ["A", "B"]
    assert lane.batches == [["a", "b"]] * 3
    assert await written(things) == ["a", "b"]


async def test_who_finds_the_lane_full_is_told_to_come_back(things: Pool) -> None:
    lane = Small(things)
    lane.gate.clear()
    first = asyncio.ensure_future(lane.put("a"))
    while not lane.batches:
        await asyncio.wait([first], timeout=0.01)
    waiting = [asyncio.ensure_future(lane.put(name)) for name in "bcd"]
    await asyncio.wait(waiting, timeout=0)  # Begun, so that they stand in line.
    with pytest.raises(QueueFull) as refused:
        await lane.put("e")
    assert refused.value.members == {"retry_after": 1}
    lane.gate.set()
    assert await asyncio.gather(first, *waiting) == ["A", "B", "C", "D"]


async def test_closing_answers_who_waits(things: Pool) -> None:
    lane = Names(things)
    lane.gate.clear()
    waiting = [asyncio.ensure_future(lane.put(name)) for name in "ab"]
    await asyncio.wait(waiting, timeout=0)
    closing = asyncio.create_task(lane.close())
    lane.gate.set()
    await closing
    assert [each.result() for each in waiting] == ["A", "B"]


async def test_a_lane_that_is_cancelled_leaves_nobody_waiting(things: Pool) -> None:
    lane = Names(things)
    lane.gate.clear()
    first = asyncio.ensure_future(lane.put("a"))
    while not lane.batches:
        await asyncio.wait([first], timeout=0.01)
    second = asyncio.ensure_future(lane.put("b"))
    await asyncio.wait([second], timeout=0)
    assert lane._writer is not None
    lane._writer.cancel()
    outcomes = await asyncio.wait_for(asyncio.gather(first, second, return_exceptions=True), 60)
    assert all(isinstance(outcome, Stopping) for outcome in outcomes)
    assert await written(things) == []


async def test_one_who_stops_waiting_hurts_nobody(things: Pool) -> None:
    lane = Names(things)
    lane.gate.clear()
    tasks = [asyncio.ensure_future(lane.put(name)) for name in "abc"]
    while not lane.batches:
        await asyncio.wait(tasks, timeout=0.01)
    tasks[1].cancel()
    lane.gate.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert outcomes[0] == "A"
    assert isinstance(outcomes[1], asyncio.CancelledError)
    assert outcomes[2] == "C"


async def test_of_two_under_one_key_the_second_hears_the_first_ones_answer(things: Pool) -> None:
    lane = Names(things)
    kept = await asyncio.gather(*[lane.put_once("a", key("k")) for _ in range(5)], lane.put_once("b", key("other")))
    assert [each.replayed for each in kept] == [False, True, True, True, True, False]
    assert {each.body for each in kept[:5]} == {b'"A"'}
    assert sorted(await written(things)) == ["a", "b"]


async def test_a_key_for_another_request_is_refused(things: Pool) -> None:
    lane = Names(things)
    await lane.put_once("a", key("k"))
    with pytest.raises(Refusal, match="different request"):
        await lane.put_once("b", key("k", b"other"))
    assert await written(things) == ["a"]


async def test_a_refusal_is_kept_unless_it_says_to_come_back(things: Pool) -> None:
    lane = Names(things)
    for replayed in (False, True):
        kept = await lane.put_once("not today", key("k"))
        assert (kept.status, kept.is_refusal, kept.replayed) == (409, True, replayed)
    for _ in range(2):
        with pytest.raises(Soon):
            await lane.put_once("soon", key("l"))
    assert [name for batch in lane.batches for name in batch] == ["not today", "soon", "soon"]


async def test_while_another_process_works_under_the_key_it_is_said_to_run(things: Pool) -> None:
    one, other = Names(things), Names(things)
    one.gate.clear()
    first = asyncio.ensure_future(one.put_once("a", key("k")))
    while not one.batches:
        await asyncio.wait([first], timeout=0.01)
    with pytest.raises(Refusal, match="still running"):
        await other.put_once("a", key("k"))
    one.gate.set()
    assert not (await first).replayed
    assert (await other.put_once("a", key("k"))).replayed
    assert await written(things) == ["a"]


class Counts(Reading[str, int]):
    """How often each name stands in the table."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self.asked: list[set[str]] = []
        self.fault: Exception | None = None

    async def fetch(self, db: Db, wanted: list[str]) -> Mapping[str, int]:
        self.asked.append(set(wanted))
        if self.fault is not None:
            raise self.fault
        query = "select name, count(*)::int from things where name = any($1) group by name"
        return {row[0]: row[1] for row in await db.fetch(query, wanted)}


async def test_reads_of_one_moment_become_one(things: Pool) -> None:
    await things.execute("insert into things (name) values ('a'), ('a'), ('b')")
    counts = Counts(things)
    assert await asyncio.gather(*map(counts.get, ["a", "b", "c", "a"])) == [2, 1, None, 2]
    assert counts.asked == [{"a", "b", "c"}]


async def test_a_read_is_never_older_than_its_asking(things: Pool) -> None:
    counts = Counts(things)

    async def write_and_read(number: int) -> tuple[int, int | None]:
        await things.execute("insert into things (name) values ($1)", f"n{number}")
        return number, await counts.get(f"n{number}")

    assert {found for _, found in await asyncio.gather(*map(write_and_read, range(200)))} == {1}


async def test_a_fault_reaches_everyone_and_then_is_over(things: Pool) -> None:
    counts = Counts(things)
    counts.fault = ValueError("a bug")
    outcomes: list[Any] = await asyncio.gather(*map(counts.get, "abc"), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ValueError] * 3
    counts.fault = None
    assert await counts.get("a") is None


async def test_a_reader_who_stops_waiting_hurts_nobody(things: Pool) -> None:
    counts = Counts(things)
    tasks = [asyncio.ensure_future(counts.get(name)) for name in "abc"]
    await asyncio.wait(tasks, timeout=0)
    tasks[0].cancel()
    assert await asyncio.gather(*tasks[1:]) == [None, None]
