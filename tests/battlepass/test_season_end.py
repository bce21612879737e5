"""The end of a season: everybody gets what they earned, in steps that can die anywhere; premium bought late."""

from itertools import count
from typing import cast
from uuid import UUID

import pytest

from playerbase import app, battlepass, inventory, seasons
from playerbase.battlepass import actions, reactions
from playerbase.battlepass.actions import claiming
from playerbase.kit import outbox
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.errors import Unavailable
from tests.battlepass.passes import a_season, gained, has, player, premium, running, told
from tests.commerce.test_crashes import Mortal
from tests.conftest import MovingClock

MINE = [reactions.follow_premium, reactions.end_season]
TABLES = """
    select (select count(*) from battlepass.claims), (select count(*) from rewards.gifts),
        (select count(*) from ledger.entries), (select count(*) from inventory.entitlements),
        (select count(*) from kit.events), (select json_agg(each)::text from battlepass.closings as each),
        (select json_agg(each order by season_id)::text from seasons.seasons as each)
"""


@pytest.fixture(autouse=True)
def parts() -> None:
    seasons.use_parts([battlepass.PART])


async def crowd(pool: Pool, size: int) -> tuple[UUID, list[UUID]]:
    """A season with so many players; every other one has premium, and all went beyond the last tier."""
    await outbox.subscribe(pool, MINE)
    async with transaction(pool) as tx:
        season_id = (await running(tx)).season_id
        people = [await player(tx, f"Player {number}") for number in range(size)]
        for number, each in enumerate(people):
            await gained(tx, each, 5_450)
            if number % 2:
                await premium(tx, each)
    await work(pool)
    return season_id, people


async def work(pool: Pool) -> None:
    """What a worker does about things and seasons."""
    for each in MINE:
        while await outbox.read(pool, each):
            pass


EVERYBODY = [{"coins": 252, "cup": 1}, {"coins": 252, "cup": 1, "gems": 600, "embers_pass": 1}]


async def test_a_close_that_dies_at_every_statement_gives_everybody_everything_once(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claiming, "STEP_PLAYERS", 2)
    season_id, people = await crowd(pool, 5)
    async with transaction(pool) as tx:
        await seasons.close(tx, season_id)
    await work(pool)
    steps, died = 0, 0
    is_going_on = True
    while is_going_on:
        for dies_at in count(1):
            before = await pool.fetch(TABLES)
            try:
                async with transaction(pool) as tx:
                    mortal = cast("Tx", Mortal(tx, dies_at, after=dies_at % 2 == 0))
                    is_going_on = await actions.close_step(mortal, season_id)
            except Unavailable:
                died += 1
                assert await pool.fetch(TABLES) == before, dies_at
                continue
            break
        steps += 1
    assert (steps, died > 30) == (4, True)
    async with transaction(pool) as tx:
        assert [await has(tx, each) for each in people] == [EVERYBODY[number % 2] for number in range(5)]
        assert (await seasons.season(tx, season_id)).state is seasons.State.CLOSED
        assert not await actions.close_step(tx, season_id)


async def test_premium_bought_late_gives_what_was_reached_and_only_in_the_grace(pool: Pool, clock: MovingClock) -> None:
    season_id, people = await crowd(pool, 3)
    async with transaction(pool) as tx:
        await seasons.close(tx, season_id)
    await work(pool)
    await actions.close_season(pool, season_id)
    clock.forward(days=10)
    async with transaction(pool) as tx:
        assert [await has(tx, each) for each in people] == [EVERYBODY[number % 2] for number in range(3)]
        await premium(tx, people[0])
    await work(pool)
    clock.forward(days=10)
    async with transaction(pool) as tx:
        await premium(tx, people[2])
    await work(pool)
    async with transaction(pool) as tx:
        got = [await has(tx, each) for each in people]
        assert await told(tx, "premium_opened") == 3
    assert got == [EVERYBODY[1], EVERYBODY[1], EVERYBODY[0] | {"embers_pass": 1}]


async def test_premium_lost_before_the_end_gives_nothing_at_it(pool: Pool) -> None:
    season_id, people = await crowd(pool, 2)
    async with transaction(pool) as tx:
        await inventory.hold(tx, people)
        thing = await tx.fetchval("select entitlement_id from inventory.entitlements where player_id = $1", people[1])
        gone = inventory.Revocation(player_id=people[1], reason="Charged back", entitlement_id=thing)
        await inventory.revoke(tx, [gone])
        await seasons.close(tx, season_id)
    await work(pool)
    await actions.close_season(pool, season_id)
    async with transaction(pool) as tx:
        assert [await has(tx, each) for each in people] == [EVERYBODY[0]] * 2


async def test_a_season_without_a_pass_closes_and_one_left_lying_is_taken_up(pool: Pool) -> None:
    await outbox.subscribe(pool, MINE)
    async with transaction(pool) as tx:
        season = await a_season(tx)
        await seasons.close(tx, season.season_id)
    await work(pool)
    # The job that was made for it is lost: whoever looks on the clock goes on.
    rest = next(each for each in app.SCHEDULES if each.job.name == "battlepass.settle_the_rest")
    await rest.job.run(pool, rest.job.args())
    async with transaction(pool) as tx:
        assert (await seasons.season(tx, season.season_id)).state is seasons.State.CLOSED
