import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import pytest

from playerbase import games, identity, ladder, matches, profiles
from playerbase.kit.db import Db, Pool, Tx, broken, reading, transaction
from playerbase.kit.outbox import read, subscribe
from playerbase.ladder import actions
from playerbase.ladder.reactions import follow_matches
from playerbase.ladder.rules import newcomer
from playerbase.matches import MatchCompleted, MatchVoided, Performance
from playerbase.schema import INVARIANTS

AT = datetime(2026, 11, 1, 18, tzinfo=UTC)


def a_match(*players: UUID, winner: UUID | None = None, at: datetime = AT, game: str = "demo") -> MatchCompleted:
    return MatchCompleted(
        match_id=uuid4(), game=game, mode="duel", map="pier", started_at=at, duration_seconds=60, winner_id=winner,
        players=[Performance(player_id=player) for player in players],
    )  # fmt: skip


async def ratings(db: Db, *players: UUID) -> list[int]:
    return [(await ladder.standing(db, "demo", player))[0].rating for player in players]


async def test_a_win_moves_both_and_is_told(tx: Tx) -> None:
    ann, bob = uuid4(), uuid4()
    await actions.settle(tx, [a_match(ann, bob, winner=ann)])

    assert await ratings(tx, ann, bob) == [1216, 1184]
    assert await tx.fetchval("select array_agg(topic) from kit.events") == ["ladder.settled"]


async def test_a_delivery_that_comes_again_moves_nothing(tx: Tx) -> None:
    ann, bob = uuid4(), uuid4()
    match = a_match(ann, bob, winner=ann)

    await actions.settle(tx, [match, match])
    await actions.settle(tx, [match])

    assert await ratings(tx, ann, bob) == [1216, 1184]
    assert (await ladder.standing(tx, "demo", ann))[0].played == 1


async def test_only_matches_of_two_move_ratings(tx: Tx) -> None:
    ann, bob, carol = uuid4(), uuid4(), uuid4()
    await actions.settle(tx, [a_match(ann, bob, carol, winner=ann), a_match(ann)])
    assert await ratings(tx, ann, bob, carol) == [1200] * 3


async def test_each_game_has_a_ladder_of_its_own(tx: Tx) -> None:
    ann, bob = uuid4(), uuid4()
    await actions.settle(tx, [a_match(ann, bob, winner=ann), a_match(ann, bob, winner=bob, game="other")])
    assert (await ladder.standing(tx, "demo", ann))[0].rating == 1216
    assert (await ladder.standing(tx, "other", ann))[0].rating == 1184


async def test_of_equals_who_was_first_stands_above(tx: Tx) -> None:
    late, early, loser, other = (uuid4() for _ in range(4))
    await actions.settle(
        tx,
        [
            a_match(late, loser, winner=late, at=AT + timedelta(hours=1)),
            a_match(early, other, winner=early, at=AT),
        ],
    )

    top = await ladder.top(tx, "demo")

    assert [rank.player_id for rank in top.items[:2]] == [early, late]
    assert [rank.rank for rank in top.items] == [1, 2, 3, 4]
    assert (await ladder.standing(tx, "demo", late))[1] == 2


async def test_around_me_agrees_with_the_list_for_everybody(tx: Tx) -> None:
    random = Random(7)
    everybody = [uuid4() for _ in range(40)]
    for number in range(300):
        a, b = random.sample(everybody, 2)
        winner = random.choice([a, b, None])
        await actions.settle(tx, [a_match(a, b, winner=winner, at=AT + timedelta(seconds=number // 3))])
    ranks = (await ladder.top(tx, "demo")).items

    for rank in ranks:
        around = await ladder.around(tx, "demo", rank.player_id)
        assert around.rank == rank.rank
        assert around.nearby == ranks[max(rank.rank - 6, 0) : rank.rank + 5]


async def test_who_never_played_has_no_rank(tx: Tx) -> None:
    around = await ladder.around(tx, "demo", uuid4())
    assert (around.rank, around.rating, around.tier, around.nearby) == (None, 1200, ladder.Tier.GOLD, [])


async def test_names_stand_beside_ranks(tx: Tx) -> None:
    ann, bob = await identity.create(tx), uuid4()
    await profiles.create(tx, ann, "Ann Marlow")
    await actions.settle(tx, [a_match(ann, bob, winner=ann)])
    assert [rank.display_name for rank in (await ladder.top(tx, "demo")).items] == ["Ann Marlow", ""]


async def test_a_void_match_leaves_the_height_of_the_others(tx: Tx) -> None:
    ann, bob = uuid4(), uuid4()
    first, second = a_match(ann, bob, winner=ann), a_match(ann, bob, winner=ann)
    void = MatchVoided(match_id=second.match_id, game="demo", player_ids=[ann, bob], reason="a cheat")

    await follow_matches.run(tx, [first, second, void])

    rating, rank = await ladder.standing(tx, "demo", ann)
    assert (rating.rating, rating.peak, rating.played, rank) == (1216, 1216, 1, 1)


async def test_a_void_match_is_taken_back_once(tx: Tx) -> None:
    ann, bob = uuid4(), uuid4()
    match = a_match(ann, bob, winner=ann)
    void = MatchVoided(match_id=match.match_id, game="demo", player_ids=[ann, bob], reason="a cheat")

    await follow_matches.run(tx, [match, void, void])

    assert await ratings(tx, ann, bob) == [1200, 1200]
    assert await ladder.standing(tx, "demo", ann) == (newcomer(ann), None)
    assert (await ladder.top(tx, "demo")).items == []
    await follow_matches.run(tx, [match])
    assert await ratings(tx, ann, bob) == [1200, 1200]


@pytest.fixture
async def everybody(pool: Pool) -> Sequence[UUID]:
    async with transaction(pool) as tx:
        await games.create(tx, slug="demo", name="Demo")
        players = [await identity.create(tx) for _ in range(8)]
    await subscribe(pool, [follow_matches])
    return players


async def test_matches_reported_at_once_all_count_with_many_workers(pool: Pool, everybody: Sequence[UUID]) -> None:
    """Everyone against everyone, reported in parallel, while four workers compete to settle."""

    async def report(a: UUID, b: UUID) -> None:
        report = matches.Report(
            match_id=uuid4(), game="demo", started_at=AT, duration_seconds=1, winner_id=a,
            players=[Performance(player_id=a), Performance(player_id=b)],
        )  # fmt: skip
        async with transaction(pool) as tx:
            await matches.report(tx, [matches.actions.Intake(report, "k:test", "demo")])

    pairs = [(a, b) for a in everybody for b in everybody if a != b] * 3
    reporting = asyncio.gather(*(report(*pair) for pair in pairs))
    while not reporting.done():
        await asyncio.gather(*(read(pool, follow_matches, batch_max=7) for _ in range(4)))
    await reporting
    while await read(pool, follow_matches):
        pass

    async with reading(pool) as db:
        played = [rank.played for rank in (await ladder.top(db, "demo")).items]
        assert played == [42] * 8
        assert await broken(db, INVARIANTS) == []
