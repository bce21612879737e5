"""The order of a board, held against Python's sort over all 64-bit scores, in PostgreSQL and Redis both."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
from redis.crc import key_slot

from playerbase.boards import rules, store
from playerbase.boards.actions.index import Index, keys_of
from playerbase.boards.model import SCORE_MAX, SCORE_MIN, Direction, Entry, EntryState
from playerbase.kit.db import Tx
from playerbase.kit.redis import open_redis

AT = datetime(2026, 11, 1, tzinfo=UTC)
EDGES = [
    SCORE_MIN, SCORE_MIN + 1, -(2**53) - 1, -(2**53), -(2**53) + 1, -2049, -2048, -1, 0, 1, 2047, 2048, 2049,
    2**53 - 1, 2**53, 2**53 + 1, 2**63 - 2048, SCORE_MAX - 1, SCORE_MAX,
]  # fmt: skip


def drawn(random: Random, direction: Direction, count: int = 400) -> list[Entry]:
    """Scores from everywhere, near and on one another; few moments and ids that differ in the last bit alone."""
    entries: list[Entry] = []
    for number in range(count):
        score = random.choice(EDGES) if number % 2 else random.randint(SCORE_MIN, SCORE_MAX)
        if entries and number % 3 == 0:
            near = random.choice(entries).score + random.randint(-1, 1)
            score = min(max(near, SCORE_MIN), SCORE_MAX)
        entries.append(
            Entry(
                RUN, UUID(int=random.getrandbits(100) << 20 | number), score, rules.place(score, direction),
                AT + timedelta(milliseconds=random.randint(0, 3)), "", 1, EntryState.SHOWN,
            )
        )  # fmt: skip
    return entries


RUN = uuid4()


def as_python_sorts(entries: list[Entry], direction: Direction) -> list[UUID]:
    sign = 1 if direction is Direction.ASC else -1
    return [each.player_id for each in sorted(entries, key=lambda e: (sign * e.score, e.reached_at, e.player_id))]


@pytest.fixture
async def index(redis_url: str) -> AsyncIterator[Index]:
    redis = open_redis(redis_url)
    yield Index(redis)
    await redis.close()


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("shards", [1, 3])
async def test_both_order_as_python_does(tx: Tx, index: Index, direction: Direction, shards: int) -> None:
    random = Random(direction.value + str(shards))
    entries = drawn(random, direction)
    expected = as_python_sorts(entries, direction)

    await store.save_entries(tx, entries, [])
    assert [each.player_id for each in await store.top_lines(tx, RUN, 1_000)] == expected

    assert await index.put(RUN, shards, 1, entries)
    found = await index.top(RUN, shards, 1_000)
    assert found is not None
    assert (found.size, found.version) == (len(entries), 1)
    lines = [rules.line(*row, direction) for row in found.rows]
    assert [each.player_id for each in lines] == expected
    known = {each.player_id: (each.score, each.reached_at) for each in entries}
    assert all((each.score, each.reached_at) == known[each.player_id] for each in lines)

    for rank in [0, 1, 4, 5, 200, 394, 398, 399]:
        near = await index.around(RUN, shards, expected[rank], 5)
        assert near is not None
        first = max(0, min(rank - 5, 389))
        shown = [rules.line(*row, direction).player_id for row in near.rows]
        assert (near.rank, near.first, shown) == (rank, first, expected[first : first + 11])
        above = await store.count_above(
            tx, RUN, *next((e.place, e.reached_at, e.player_id) for e in entries if e.player_id == expected[rank])
        )
        assert above == rank
    absent = await index.around(RUN, shards, uuid4(), 5)
    assert absent is not None
    assert absent.rank is None


@pytest.mark.parametrize("shards", [1, 7])
def test_a_script_touches_one_node_of_a_cluster(shards: int) -> None:
    for at in range(shards):
        assert len({key_slot(key.encode()) for key in keys_of(RUN, shards, at)}) == 1
    assert len({key_slot(keys_of(RUN, shards, at)[0].encode()) for at in range(shards)}) == shards


def entry(player: UUID, score: int, version: int, state: EntryState = EntryState.SHOWN) -> Entry:
    return Entry(RUN, player, score, rules.place(score, Direction.DESC), AT, "", version, state)


async def shown(index: Index, shards: int = 1) -> tuple[int, list[int]] | None:
    found = await index.top(RUN, shards, 100)
    return found and (found.version, [rules.line(*row, Direction.DESC).score for row in found.rows])


async def test_an_old_write_never_wins_and_a_missing_one_shows(index: Index) -> None:
    ann, bob, carol = (uuid4() for _ in range(3))
    await index.put(RUN, 1, 1, [entry(ann, 10, 1), entry(bob, 5, 1)])
    await index.put(RUN, 1, 3, [entry(ann, 30, 3)])
    assert await shown(index) == (1, [30, 5])  # The second is on its way.
    await index.put(RUN, 1, 2, [entry(ann, 20, 2), entry(carol, 7, 2)])
    assert await shown(index) == (3, [30, 7, 5])
    await index.put(RUN, 1, 4, [entry(ann, 30, 4, EntryState.HIDDEN)])
    await index.put(RUN, 1, 3, [entry(ann, 30, 3)])
    assert await shown(index) == (4, [7, 5])
    await index.put(RUN, 1, 5, [entry(ann, 31, 5)])
    assert await shown(index) == (5, [31, 7, 5])


async def test_an_index_that_lost_a_part_is_not_asked(index: Index) -> None:
    await index.put(RUN, 1, 1, [entry(uuid4(), 10, 1)])
    assert await shown(index) == (1, [10])
    await index._redis.client.delete(keys_of(RUN, 1, 0)[0])
    assert await shown(index) is None
    # What comes later does not make it whole again.
    await index.put(RUN, 1, 2, [entry(uuid4(), 11, 2)])
    assert await shown(index) is None


@pytest.mark.parametrize("shards", [1, 2])
async def test_what_is_built_beside_takes_in_what_is_written_meanwhile(index: Index, shards: int) -> None:
    players = [uuid4() for _ in range(4)]
    pieces = [
        store.Piece(player, rules.place(score, Direction.DESC), AT, 7, EntryState.SHOWN)
        for player, score in zip(players, [1, 2, 3, 4], strict=True)
    ]
    await index.begin(RUN, shards, b"first")
    await index.begin(RUN, shards, b"lease")
    assert not await index.load(RUN, shards, b"first", pieces)
    assert await index.load(RUN, shards, b"lease", pieces[:2])
    await index.put(RUN, shards, 9, [entry(players[0], 90, 9)])
    await index.put(RUN, shards, 8, [entry(players[3], 80, 8)])
    assert await index.load(RUN, shards, b"lease", pieces)
    assert await shown(index, shards) is None
    assert not await index.finish(RUN, shards, b"first", 7)
    assert await index.finish(RUN, shards, b"lease", 7)
    assert await shown(index, shards) == (9, [90, 80, 3, 2])
    await index.put(RUN, shards, 10, [entry(players[1], 100, 10)])
    assert await shown(index, shards) == (10, [100, 90, 80, 3])
    ttl = await index._redis.client.ttl(keys_of(RUN, shards, 0)[1])
    assert ttl == -1
