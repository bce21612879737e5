"""Players and their identities."""

import asyncio
from uuid import uuid4

import pytest

from playerbase import identity
from playerbase.kit.db import Pool, Tx, transaction


async def test_a_subject_has_one_owner_for_good(tx: Tx) -> None:
    ada, eve = await identity.create(tx), await identity.create(tx)
    await identity.link(tx, ada, "steam", b"7")
    assert await identity.find(tx, "steam", b"7") == ada
    assert await identity.find(tx, "epic", b"7") is None
    for who in (ada, eve):
        with pytest.raises(identity.IdentityTaken):
            await identity.link(tx, who, "steam", b"7")
    await identity.link(tx, ada, "epic", b"7")
    assert await identity.providers(tx, ada) == ["epic", "steam"]
    assert await identity.providers(tx, eve) == []


async def test_players_are_known_by_their_ids(tx: Tx) -> None:
    ada, nobody = await identity.create(tx), uuid4()
    player = await identity.player(tx, ada)
    assert player is not None
    assert player.status is identity.Status.ACTIVE
    assert await identity.player(tx, nobody) is None
    assert await identity.existing(tx, [ada, nobody, ada]) == {ada}
    assert await identity.existing(tx, []) == set()


async def test_a_first_sight_makes_a_player_and_a_second_finds_them(tx: Tx) -> None:
    first = await identity.arrive(tx, "device", [b"a", b"b", b"a"])
    second = await identity.arrive(tx, "device", [b"b", b"c"])
    assert [first[each].is_new for each in (b"a", b"b")] == [True, True]
    assert (second[b"b"].is_new, second[b"c"].is_new) == (False, True)
    assert second[b"b"].player_id == first[b"b"].player_id
    assert await identity.arrive(tx, "device", []) == {}
    barring = identity.Barring(identity.BanKind.SUSPENDED, "Two accounts")
    await identity.bar(tx, first[b"a"].player_id, barring, by="tests")
    assert (await identity.arrive(tx, "device", [b"a"]))[b"a"].status is identity.Status.SUSPENDED


async def test_processes_that_see_the_same_people_first_make_them_once(pool: Pool) -> None:
    subjects = [str(number).encode() for number in range(50)]

    async def arrive(seen: list[bytes]) -> dict[bytes, identity.Arrival]:
        async with transaction(pool) as tx:
            return await identity.arrive(tx, "server", seen)

    seen = [subjects, subjects[::-1], subjects[25:] + subjects[:25], subjects[::2]]
    found = await asyncio.gather(*(arrive(each) for each in seen))
    assert len({each.player_id for arrivals in found for each in arrivals.values()}) == 50
    assert sum(each.is_new for arrivals in found for each in arrivals.values()) == 50
    assert await pool.fetchval("select count(*) from identity.players") == 50
