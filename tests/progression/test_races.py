"""Two devices at once: in one process, in several, and with one that is killed; no save is lost unsaid."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from itertools import count
from typing import Any, cast
from uuid import UUID

import msgspec
import pytest

from playerbase import games, identity, progression, schema
from playerbase.kit.db import Pool, Tx, broken, transaction
from playerbase.kit.errors import Refusal, Unavailable
from playerbase.progression import Declared, FieldRule, Quotas, Saved, Saves, Spot, VersionConflict
from tests.commerce.test_crashes import Mortal
from tests.progression.saver import add

STATE = """
    select (select json_agg(slot order by slot)::text from progression.slots as slot),
        (select count(*) from progression.versions), (select count(*) from progression.flags),
        (select count(*) from kit.events)
"""


@pytest.fixture
async def spot(pool: Pool) -> Spot:
    """A player's slot of a game in which gold is added up."""
    async with transaction(pool) as tx:
        await games.create(tx, slug="demo", name="Demo")
        fields = [
            FieldRule(path="gold", merge="sum"), FieldRule(path="steps", merge="max"),
            FieldRule(path="flagged", max=0, on_violation="flag"),
        ]  # fmt: skip
        quotas = Quotas(saves_per_minute=6_000, versions_max=1_000, slots_max=3)
        await progression.declare(tx, "demo", Declared(fields=fields, quotas=quotas), 0, "test")
        return Spot(await identity.create(tx), "demo", "default")


async def gold(pool: Pool, spot: Spot) -> Any:
    async with transaction(pool) as tx:
        assert await broken(tx, schema.INVARIANTS) == []
        return msgspec.json.decode((await progression.load(tx, spot)).data)


async def put(saves: Saves, spot: Spot, base: int, sender: str, **data: Any) -> Saved | Refusal:
    try:
        return await saves.put(progression.wish(spot, "save", base, by="player", sender=sender, data=data))
    except Refusal as refusal:
        return refusal


async def test_of_many_that_save_over_one_version_one_does(pool: Pool, spot: Spot) -> None:
    lanes = [Saves(pool), Saves(pool)]  # As two processes do: each with batches of its own.
    for base in range(5):
        found = await asyncio.gather(*(put(lanes[at % 2], spot, base, f"d{at}", at=at) for at in range(12)))
        assert sum(isinstance(each, Saved) for each in found) == 1
        assert sum(isinstance(each, VersionConflict) for each in found) == 11
        (winner,) = [at for at, each in enumerate(found) if isinstance(each, Saved)]
        assert await gold(pool, spot) == {"at": winner}


async def test_slots_begun_at_once_are_counted_once(pool: Pool, spot: Spot) -> None:
    lanes = [Saves(pool), Saves(pool), Saves(pool)]
    spots = [msgspec.structs.replace(spot, slot=f"s{at}") for at in range(9)]
    found = await asyncio.gather(*(put(lanes[at % 3], each, 0, "d") for at, each in enumerate(spots)))
    assert sum(isinstance(each, Saved) for each in found) == 3


async def test_whoever_merges_at_once_adds_up(pool: Pool, spot: Spot) -> None:
    lanes = [Saves(pool), Saves(pool)]
    await asyncio.gather(*(add(pool, lanes[at % 2], spot, f"d{at}") for at in range(1)))

    async def play(at: int) -> None:
        for _ in range(6):
            await add(pool, lanes[at % 2], spot, f"d{at}")

    await asyncio.gather(*(play(at) for at in range(6)))
    found = await gold(pool, spot)
    assert found["gold"] == 37
    assert found["steps"] == {"d0": 7, **{f"d{at}": 6 for at in range(1, 6)}}


async def begun(dsn: str, player: UUID, name: str, steps: int) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.progression.saver", dsn, str(player), name, str(steps), stdout=PIPE
    )


async def test_two_processes_lose_nothing_and_neither_does_one_that_is_killed(
    dsn: str, pool: Pool, spot: Spot
) -> None:  # fmt: skip
    await add(pool, Saves(pool), spot, "here")
    one, other, dying = [await begun(dsn, spot.player_id, name, steps) for name, steps in
                         (("one", 25), ("other", 25), ("dying", 100_000))]  # fmt: skip
    assert dying.stdout is not None
    heard = 0
    while heard < 5:
        heard = int(await dying.stdout.readline())
    dying.kill()
    heard = max([heard, *(int(line) for line in (await dying.stdout.read()).split(b"\n")[:-1])])
    assert [await one.wait(), await other.wait()] == [0, 0]
    await dying.wait()
    found = await gold(pool, spot)
    assert (found["steps"]["one"], found["steps"]["other"]) == (25, 25)
    # What it had an answer to is there, and at most one more that it had not heard of.
    assert found["steps"]["dying"] in {heard, heard + 1}
    assert found["gold"] == sum(found["steps"].values())


async def test_dying_at_any_statement_leaves_nothing_and_the_next_try_saves_once(pool: Pool, spot: Spot) -> None:
    data, died = {"gold": 1, "flagged": 1}, 0
    for dies_at in count(1):
        before = await pool.fetch(STATE)
        wanted = progression.wish(
            msgspec.structs.replace(spot, player_id=await one_more(pool)), "save", 0, by="player", sender="d", data=data
        )
        try:
            async with transaction(pool) as tx:
                await progression.write(cast("Tx", Mortal(tx, dies_at, after=dies_at % 2 == 0)), [wanted])
        except Unavailable:
            assert await pool.fetch(STATE) == before
        else:
            break
        died += 1
        versions = set()
        for _ in range(2):
            async with transaction(pool) as tx:
                (saved,) = await progression.write(tx, [wanted])
            assert isinstance(saved, Saved)
            versions.add(saved.version)
        assert versions == {1}
    assert died > 6


async def one_more(pool: Pool) -> UUID:
    async with transaction(pool) as tx:
        return await identity.create(tx)
