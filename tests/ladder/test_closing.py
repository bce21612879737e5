"""The ladder at the end of a season: archived as it stood, reset once each, whoever dies on the way."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

import pytest

from playerbase import games, ladder, profiles, seasons
from playerbase.identity import create as new_player
from playerbase.kit import clock as the_clock
from playerbase.kit.db import Pool, Tx, broken, reading, transaction
from playerbase.ladder import actions
from playerbase.ladder.actions import closing
from playerbase.ladder.model import NotArchived
from playerbase.ladder.reactions import begin_close, follow_matches
from playerbase.matches import MatchCompleted, MatchVoided
from playerbase.schema import INVARIANTS
from playerbase.seasons import Draft, Reset, SeasonEnded
from tests.ladder.test_ladder import a_match

DAY = timedelta(days=1)
PLAYERS = 30
# Of each who was archived: what matches did to the rating between the end and the reset, and since.
RESETS = """
    select archive.player_id, archive.rating, rating_after,
        coalesce(sum(after - before) filter (where reset_at is null or settled_at < reset_at), 0) as between,
        coalesce(sum(after - before) filter (where settled_at > reset_at), 0) as since
    from ladder.archive as archive
        left join ladder.moves as moves on moves.player_id = archive.player_id and played_at > $1
    where season_id = $2
    group by archive.player_id, archive.rating, rating_after
"""


@pytest.fixture(autouse=True)
async def _parts() -> AsyncIterator[None]:
    yield
    seasons.use_parts(("ladder",))


async def ended(tx: Tx, reset: Reset, factor: float = 0.5) -> SeasonEnded:
    """A season of the game that ended a moment ago, and is being closed."""
    now = the_clock.now()
    seasons.use_parts(("ladder",))
    season = await seasons.plan(
        tx, "demo",
        Draft(
            name="Frost", starts_at=now, ends_at=now + DAY, reset=reset, reset_factor=factor, settle_seconds=0,
            gap_seconds=0,
        ),
    )  # fmt: skip
    await seasons.activate(tx, season.season_id)
    closed = await seasons.close(tx, season.season_id)
    return SeasonEnded(
        season_id=season.season_id, game="demo", number=season.number, name="Frost", theme="",
        starts_at=closed.starts_at, ends_at=closed.ends_at,
    )  # fmt: skip


async def played(tx: Tx, players: list[UUID], count: int = 120) -> list[MatchCompleted]:
    dice, found = Random(5), []
    for number in range(count):
        one, other = dice.sample(players, 2)
        at = the_clock.now() - timedelta(hours=5) + timedelta(seconds=number)
        found.append(a_match(one, other, winner=dice.choice([one, one, other, None]), at=at))
    await actions.settle(tx, found)
    return found


async def standing(tx: Tx, players: list[UUID]) -> dict[UUID, tuple[int, int | None]]:
    return {each: (found[0].rating, found[1]) for each in players if (found := await ladder.standing(tx, "demo", each))}


@pytest.mark.parametrize(("reset", "kept"), [(Reset.NONE, 1.0), (Reset.SOFT, 0.5), (Reset.HARD, 0.0)])
async def test_everybody_is_archived_as_they_stood_and_reset_once(
    tx: Tx, reset: Reset, kept: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "AT_ONCE", 7)
    await games.create(tx, slug="demo", name="Demo")
    players = [uuid4() for _ in range(PLAYERS)]
    told = await played(tx, players)
    before = await standing(tx, players)
    event = await ended(tx, reset)

    await begin_close.run(tx, [event])
    steps = 0
    while not await actions.step(tx, event.season_id):
        steps += 1
        # What comes in between moves ratings as ever, and in no archive.
        one, other = players[steps % PLAYERS], players[(steps + 1) % PLAYERS]
        await actions.settle(tx, [a_match(one, other, winner=one, at=the_clock.now())])
        await begin_close.run(tx, [event])
    assert steps == (1 if kept == 1 else 2 + -(-PLAYERS // 7) - 1)

    _, final = await actions.standings(tx, "demo", event.number, 0, 100)
    assert [(each.player_id, each.rating, each.rank) for each in final] == sorted(
        ((each, rating, rank) for each, (rating, rank) in before.items() if rank), key=lambda row: row[2]
    )
    assert (await seasons.season(tx, event.season_id)).state is seasons.State.CLOSED
    for row in await tx.fetch(RESETS, event.ends_at, event.season_id):
        now = (await ladder.standing(tx, "demo", row["player_id"]))[0].rating
        if kept == 1:
            assert (row["rating_after"], now) == (None, row["rating"] + row["between"] + row["since"])
        else:
            assert row["rating_after"] == round(1200 + kept * (row["rating"] + row["between"] - 1200))
            assert now == row["rating_after"] + row["since"]

    # What a match of the season did is taken back as far as the reset left it.
    void = told[-1]
    one, other = (each.player_id for each in void.players)
    was = await standing(tx, [one, other])
    rows = await tx.fetch("select player_id, after - before from ladder.moves where match_id = $1", void.match_id)
    did = {row[0]: row[1] for row in rows}
    await follow_matches.run(
        tx, [MatchVoided(match_id=void.match_id, game="demo", player_ids=[one, other], reason="a cheat")]
    )
    for each in (one, other):
        assert (await ladder.standing(tx, "demo", each))[0].rating == was[each][0] - round(kept * did[each])


async def test_a_close_that_dies_at_any_step_goes_on_where_it_was(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "AT_ONCE", 4)
    async with transaction(pool) as tx:
        await games.create(tx, slug="demo", name="Demo")
        players = [uuid4() for _ in range(12)]
        await played(tx, players)
        before = await standing(tx, players)
        event = await ended(tx, Reset.SOFT)
        await begin_close.run(tx, [event])

    done = False
    while not done:
        with pytest.raises(Killed):
            await _killed(pool, event.season_id)
        # Two at once do each step once.
        done = all(await asyncio.gather(*(_step(pool, event.season_id) for _ in range(2))))
    await actions.resume(pool)

    async with reading(pool) as db:
        for each, (rating, _) in before.items():
            assert (await ladder.standing(db, "demo", each))[0].rating == round(1200 + 0.5 * (rating - 1200))
        assert await broken(db, INVARIANTS) == []
        assert (await seasons.season(db, event.season_id)).state is seasons.State.CLOSED


class Killed(Exception):
    """Whoever did the step died before its commit."""


async def _killed(pool: Pool, season_id: UUID) -> None:
    async with transaction(pool) as tx:
        await actions.step(tx, season_id)
        raise Killed


async def _step(pool: Pool, season_id: UUID) -> bool:
    async with transaction(pool) as tx:
        return await actions.step(tx, season_id)


async def test_a_season_that_is_not_over_has_no_final_ranks(tx: Tx) -> None:
    await games.create(tx, slug="demo", name="Demo")
    with pytest.raises(NotArchived):
        await actions.standings(tx, "demo", 1, 0, 10)
    now = the_clock.now()
    season = await seasons.plan(tx, "demo", Draft(name="Frost", starts_at=now, ends_at=now + DAY))
    await seasons.activate(tx, season.season_id)
    await played(tx, [uuid4() for _ in range(6)])

    found, ranks = await actions.standings(tx, "demo", season.number, 2, 3)

    assert isinstance(found, seasons.Season)
    assert [each.rank for each in ranks] == [3, 4, 5]


async def test_a_region_has_a_ladder_of_its_own_and_follows_the_profile(tx: Tx) -> None:
    dice, players = Random(2), list[UUID]()
    for country in ["PT", "FR", "BR", None] * 7:
        player_id = await new_player(tx)
        await profiles.create(tx, player_id, f"Player {len(players)}", country)
        players.append(player_id)
    for number in range(100):
        one, other = dice.sample(players, 2)
        at = the_clock.now() - timedelta(hours=1) + timedelta(seconds=number // 3)
        await actions.settle(tx, [a_match(one, other, winner=one, at=at)])
    everybody = (await ladder.top(tx, "demo")).items
    european = [rank for rank in everybody if players.index(rank.player_id) % 4 < 2]

    found = (await actions.regional(tx, "demo", "europe")).items
    assert [each.player_id for each in found] == [each.player_id for each in european]
    for rank in found:
        near = await ladder.around(tx, "demo", rank.player_id)
        assert (near.region, near.region_rank) == ("europe", rank.rank)
        assert near.region_nearby == found[max(rank.rank - 6, 0) : rank.rank + 5]
    nowhere = await ladder.around(tx, "demo", players[3])
    assert (nowhere.region, nowhere.region_rank, nowhere.region_nearby) == (None, None, [])

    mover, other = players[0], players[1]
    await tx.execute("update profiles.profiles set country = 'JP' where player_id = $1", mover)
    match = a_match(mover, other, winner=mover, at=the_clock.now())
    await actions.settle(tx, [match])
    assert (await ladder.around(tx, "demo", mover)).region == "asia"
    await actions.take_back(
        tx, [MatchVoided(match_id=match.match_id, game="demo", player_ids=[mover, other], reason="a cheat")]
    )
    assert [each.player_id for each in (await actions.regional(tx, "demo", "asia")).items] == [mover]
