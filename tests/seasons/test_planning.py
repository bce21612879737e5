"""Planning seasons, and changing what is planned."""

import asyncio

import pytest

from playerbase import games, seasons
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.errors import Fault
from playerbase.seasons import Draft, Reset, SeasonOver, State
from playerbase.seasons.model import (
    NumbersOutOfOrder,
    SeasonBegun,
    SeasonEndsTooEarly,
    SeasonNumberTaken,
    SeasonsOverlap,
    TooManySeasons,
    VersionConflict,
)
from tests.conftest import MovingClock
from tests.seasons.calendars import a_game, draft, planned, told


async def test_a_season_takes_from_the_settings_what_is_not_said(tx: Tx) -> None:
    await a_game(tx)
    made = await seasons.plan(tx, "arena", draft(settle_seconds=None, gap_seconds=None, theme="ash"))
    assert (made.number, made.state, made.theme, made.version) == (1, State.PLANNED, "ash", 1)
    assert (made.reset, made.reset_factor, made.settle_seconds, made.gap_seconds) == (Reset.SOFT, 0.6, 120, 259_200)
    assert await seasons.season(tx, made.season_id) == made
    assert await tx.fetchval("select count(*) from kit.events where topic = 'season.planned'") == 1


async def test_what_cannot_be_planned_is_refused(tx: Tx) -> None:
    with pytest.raises(games.NoSuchGame):
        await seasons.plan(tx, "nowhere", draft())
    await a_game(tx)
    for wanted in (draft(5, 5), draft(5, 4), draft(-5, -1)):
        with pytest.raises(SeasonEndsTooEarly):
            await seasons.plan(tx, "arena", wanted)
    with pytest.raises(Fault):
        await seasons.plan(tx, "arena", draft(5, 366 * 300))
    await seasons.plan(tx, "arena", draft(1, 10), number=5)
    with pytest.raises(SeasonsOverlap):
        await seasons.plan(tx, "arena", draft(9, 20))
    with pytest.raises(SeasonNumberTaken):
        await seasons.plan(tx, "arena", draft(20, 30), number=5)
    with pytest.raises(NumbersOutOfOrder):
        await seasons.plan(tx, "arena", draft(20, 30), number=4)
    await tx.execute("update seasons.settings set seasons_max = 1")
    with pytest.raises(TooManySeasons):
        await seasons.plan(tx, "arena", draft(20, 30))
    await a_game(tx, "puzzle")
    assert (await seasons.plan(tx, "puzzle", draft(1, 10))).number == 1


async def test_who_plans_at_once_plans_one_after_the_other(pool: Pool) -> None:
    async with transaction(pool) as tx:
        await a_game(tx)

    async def plan(at: int) -> str:
        try:
            async with transaction(pool) as tx:
                return str((await seasons.plan(tx, "arena", draft(at % 4, at % 4 + 3))).number)
        except SeasonsOverlap as refusal:
            return refusal.code

    outcomes = await asyncio.gather(*(plan(at) for at in range(12)))
    numbers = sorted(each for each in outcomes if each.isdigit())
    assert numbers in (["1"], ["1", "2"])
    assert await pool.fetchval("select count(*) from seasons.seasons") == len(numbers)
    assert await told(pool) == ["planned"] * len(numbers)


async def test_changing(pool: Pool, clock: MovingClock) -> None:
    one, two = await planned(pool, draft(1, 10), draft(10, 20))
    async with transaction(pool) as tx:
        was, now = await seasons.change(tx, two.season_id, draft(12, 22, name="Frost"), expected_version=1)
        assert (was.name, now.name, now.version, now.starts_at > was.starts_at) == ("Embers", "Frost", 2, True)
        with pytest.raises(VersionConflict):
            await seasons.change(tx, two.season_id, draft(12, 22), expected_version=1)
        with pytest.raises(SeasonsOverlap):
            await seasons.change(tx, two.season_id, draft(9, 22), expected_version=2)
    clock.forward(days=2)
    await seasons.turn(pool)
    async with transaction(pool) as tx:
        running = await seasons.season(tx, one.season_id)
        assert running.state is State.ACTIVE
        later = draft(0, 1, of=running.ends_at)
        with pytest.raises(SeasonBegun):
            await seasons.change(tx, one.season_id, later, expected_version=running.version)
        kept = Draft(name="Cinders", starts_at=running.starts_at, ends_at=later.ends_at)
        _, changed = await seasons.change(tx, one.season_id, kept, expected_version=running.version)
        assert (changed.name, changed.ends_at, changed.settle_seconds) == ("Cinders", later.ends_at, 0)
    clock.forward(days=15)
    await seasons.turn(pool)
    async with transaction(pool) as tx:
        over = await seasons.season(tx, one.season_id)
        with pytest.raises(SeasonOver):
            await seasons.change(tx, one.season_id, kept, expected_version=over.version)
    assert await told(pool, one.season_id) == ["planned", "started", "changed", "ended", "closed"]
