"""The live tail: who is concerned hears it within a moment, comes back without a gap, and costs nothing when gone."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from playerbase.kit.db import Pool
from playerbase.kit.outbox import STAFF, Live, Stream
from playerbase.kit.outbox.live import STEP_MAX, WAITING_MAX, Pushed
from tests.kit.outbox.stage import Moved, Rested, moves, tell


@pytest.fixture
async def live(stage: Pool) -> AsyncIterator[Live]:
    made = Live(stage, [Moved])
    yield made
    await made.close()


async def heard(stream: Stream, count: int) -> list[Pushed]:
    found = []
    for _ in range(count):
        pushed = await stream.next(10)
        assert isinstance(pushed, Pushed)
        found.append(pushed)
    return found


async def forget(live: Live, stream: Stream) -> None:
    """The last one leaves, and the tail ends."""
    live.leave(stream)
    assert live._follower is not None
    async with asyncio.timeout(10):
        await live._follower


def numbers(pushed: list[Pushed]) -> list[int]:
    return [int(each.body.split(":")[1].split(",")[0]) for each in pushed]


async def test_each_hears_what_concerns_them_and_staff_hear_all(stage: Pool, live: Live) -> None:
    staff = await live.join(frozenset({STAFF}))
    ann = await live.join(frozenset({"player:ann"}))
    bob = await live.join(frozenset({"player:bob", "player:zoe"}))
    await moves(stage, 1, who=("ann",))
    await moves(stage, 2, who=("bob", "ann"))
    await tell(stage, Rested(number=3))  # Not among the events of this tail.
    await moves(stage, 4)
    assert numbers(await heard(staff, 3)) == [1, 2, 4]
    assert numbers(await heard(ann, 2)) == [1, 2]
    assert numbers(await heard(bob, 1)) == [2]
    assert await ann.next(0) is False


async def test_who_comes_back_misses_nothing_and_hears_nothing_twice(stage: Pool, live: Live) -> None:
    stays = await live.join(frozenset({STAFF}))
    first = await live.join(frozenset({"player:ann"}))
    await moves(stage, 1, 2, who=("ann",))
    last_id = (await heard(first, 2))[0].id
    live.leave(first)
    await moves(stage, 3, who=("bob",))
    await moves(stage, 4, who=("ann",))
    await heard(stays, 4)
    again = await live.join(frozenset({"player:ann"}), after=last_id)
    await moves(stage, 5, who=("ann",))
    assert numbers(await heard(again, 3)) == [2, 4, 5]


async def test_who_comes_back_to_another_process_misses_nothing(stage: Pool, live: Live) -> None:
    first = await live.join(frozenset({STAFF}))
    await moves(stage, 1, 2)
    last_id = (await heard(first, 2))[0].id
    elsewhere = Live(stage, [Moved])
    again = await elsewhere.join(frozenset({STAFF}), after=last_id)
    assert numbers(await heard(again, 1)) == [2]
    await elsewhere.close()


async def test_who_missed_too_much_is_told_to_begin_anew(stage: Pool, live: Live) -> None:
    first = await live.join(frozenset({STAFF}))
    await moves(stage, 0)
    (seen,) = await heard(first, 1)
    await forget(live, first)
    await moves(stage, *range(STEP_MAX))
    again = await live.join(frozenset({STAFF}), after=seen.id)
    (reset,) = await heard(again, 1)
    assert (reset.topic, reset.body) == ("reset", "{}")


@pytest.mark.parametrize("after", ["", "x", "-1", "1.5", "9" * 40, "1-2-3"])
async def test_an_id_that_is_none_begins_at_the_present(stage: Pool, live: Live, after: str) -> None:
    await moves(stage, 1)
    stream = await live.join(frozenset({STAFF}), after=after)
    await moves(stage, 2)
    assert numbers(await heard(stream, 1)) == [2]


async def test_who_does_not_keep_up_is_cut_off(stage: Pool, live: Live) -> None:
    slow, quick = await live.join(frozenset({STAFF})), await live.join(frozenset({STAFF}))
    for number in range(0, 2 * WAITING_MAX, 50):
        await moves(stage, *range(number, number + 50))
        assert numbers(await heard(quick, 50)) == list(range(number, number + 50))
    assert await slow.next(0) is None


async def test_nothing_is_asked_while_nobody_listens(stage: Pool, live: Live) -> None:
    stream = await live.join(frozenset({STAFF}))
    await forget(live, stream)
    await moves(stage, 1)
    again = await live.join(frozenset({STAFF}))
    await moves(stage, 2)
    assert numbers(await heard(again, 1)) == [2]


async def test_the_tail_survives_the_loss_of_its_connection(stage: Pool, dsn: str, live: Live) -> None:
    stream = await live.join(frozenset({STAFF}))
    async with stage.acquire() as connection:
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()",
            dsn.rsplit("/", 1)[1].split("?", maxsplit=1)[0],
        )
    await moves(stage, 1)
    assert numbers(await heard(stream, 1)) == [1]


async def test_the_end_of_the_process_ends_every_stream(live: Live) -> None:
    streams = [await live.join(frozenset({STAFF})) for _ in range(3)]
    await live.close()
    assert [await stream.next(0) for stream in streams] == [None] * 3
