"""Levels: experience is added and taken back, and each level is told once."""

import asyncio
from uuid import UUID, uuid4

import pytest

from playerbase import identity, profiles
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.profiles import rules
from playerbase.profiles.model import Level
from tests.accounts.people import People

SETTINGS = "/api/v1/admin/profiles/settings"


async def player(tx: Tx, name: str = "Ada") -> UUID:
    player_id = await identity.create(tx)
    await profiles.create(tx, player_id, name)
    return player_id


async def told(db: Tx | Pool, player_id: UUID) -> list[int]:
    rows = await db.fetch(
        "select (body->>'level')::int as level from kit.events"
        " where topic = 'player.levelup' and body->>'player_id' = $1 order by id",
        str(player_id),
    )
    return [row["level"] for row in rows]


@pytest.mark.parametrize(
    ("total_xp", "level"),
    [(0, 1), (100, 1), (399, 1), (400, 2), (899, 2), (900, 3), (1_000_000, 100), (2**53 - 1, 9_490_626)],
)
def test_a_level_is_the_root_of_hundreds(total_xp: int, level: int) -> None:
    assert rules.level_of(total_xp, 100) == level


def test_experience_never_falls_below_nothing_nor_beyond_what_json_can_say() -> None:
    none = Level(uuid4(), 0, 1, 100, 1)
    assert rules.gained(none, -5, 100).total_xp == 0
    assert rules.gained(none, 2**60, 100).total_xp == rules.XP_MAX


async def test_each_level_is_told_once_whatever_is_taken_back_and_regained(tx: Tx) -> None:
    ada, bob = await player(tx), await player(tx, "Bob")
    (stands,) = await profiles.gain(tx, [(ada, 300), (ada, 99), (uuid4(), 5)])
    assert (stands.total_xp, stands.level) == (399, 1)
    assert await told(tx, ada) == []
    both = await profiles.gain(tx, [(bob, 400), (ada, 1_300)])
    assert [(each.player_id, each.level) for each in both] == sorted([(ada, 4), (bob, 2)])
    assert (await told(tx, ada), await told(tx, bob)) == ([2, 3, 4], [2])
    (back,) = await profiles.gain(tx, [(ada, -1_299)])
    assert (back.total_xp, back.level, back.level_reached) == (400, 2, 4)
    await profiles.gain(tx, [(ada, 2_100)])
    assert await told(tx, ada) == [2, 3, 4, 5]
    assert await profiles.gain(tx, []) == []


async def test_many_give_to_the_same_players_at_once_and_nothing_is_lost(pool: Pool) -> None:
    async with transaction(pool) as tx:
        some = [await player(tx, f"Player {number}") for number in range(5)]

    async def give(turn: int) -> None:
        async with transaction(pool) as tx:
            await profiles.gain(tx, [(who, 100) for who in (some if turn % 2 else some[::-1])])

    await asyncio.gather(*map(give, range(16)))
    rows = await pool.fetch("select total_xp, level from profiles.profiles where player_id = any($1)", some)
    assert {tuple(row) for row in rows} == {(1_600, 4)}
    assert [await told(pool, who) for who in some] == [[2, 3, 4]] * 5


async def test_another_curve_gives_everybody_another_level_and_congratulates_nobody(people: People) -> None:
    operator, _ = await people.begin()
    ada = await people.register()
    async with transaction(people.api.site.pool) as tx:
        await profiles.gain(tx, [(ada.player_id, 1_000)])

    async def level() -> tuple[int, int]:
        seen = (await people.api.get("/api/v1/profiles/me", headers=ada.headers)).json()
        return seen["level"], seen["total_xp"]

    assert await level() == (3, 1_000)
    now = (await people.api.get(SETTINGS, headers=operator.headers)).json()
    for odd in (0, -1, 1_000_001, 1.5, "100"):
        answer = await people.api.put(SETTINGS, json=now | {"level_xp": odd}, headers=operator.headers)
        assert answer.status_code == 422
    for level_xp, expected in ((10, 10), (1_000, 1)):
        answer = await people.api.put(SETTINGS, json=now | {"level_xp": level_xp}, headers=operator.headers)
        assert answer.status_code == 200, answer.text
        await people.api.drain()
        assert await level() == (expected, 1_000)
    assert await told(people.api.site.pool, ada.player_id) == [2, 3]
