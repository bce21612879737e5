"""Linking and unlinking: one owner each, one account of a provider, and always a way left."""

import asyncio
from uuid import UUID

import pytest

from playerbase import identity
from playerbase.kit.db import Pool, Tx, open_pool, transaction
from playerbase.kit.errors import Refusal


async def providers(tx: Tx, player_id: UUID) -> list[str]:
    return [way.provider for way in await identity.ways(tx, player_id)]


async def test_one_account_of_a_provider_is_linked_at_most(tx: Tx) -> None:
    ada, eve = await identity.create(tx), await identity.create(tx)
    assert await identity.link_once(tx, ada, "steam", b"7", sealed=b"sealed") is True
    assert await identity.link_once(tx, ada, "steam", b"7") is False, "twice is as once"
    with pytest.raises(identity.LinkedAlready):
        await identity.link_once(tx, ada, "steam", b"8")
    with pytest.raises(identity.IdentityTaken):
        await identity.link_once(tx, eve, "steam", b"7")
    (way,) = await identity.ways(tx, ada)
    assert (way.provider, way.subject, way.sealed) == ("steam", b"7", b"sealed")
    assert await identity.ways(tx, eve) == []


async def test_the_last_way_stays_and_all_of_it_is_history(tx: Tx) -> None:
    ada = await identity.create(tx)
    await identity.link(tx, ada, "password", b"a")
    await identity.link_once(tx, ada, "epic", b"7")
    with pytest.raises(identity.NotLinked):
        await identity.unlink(tx, ada, "steam")
    await identity.unlink(tx, ada, "epic", by="staff:1")
    with pytest.raises(identity.LastWay):
        await identity.unlink(tx, ada, "password")
    assert await providers(tx, ada) == ["password"]
    told = await identity.links(tx, ada, None, 10)
    assert [(each.provider, each.what, each.by) for each in told] == [
        ("epic", "unlinked", "staff:1"), ("epic", "linked", "player"), ("password", "linked", "player"),
    ]  # fmt: skip
    assert await identity.links(tx, ada, told[0].link_id, 1) == [told[1]]


async def test_two_devices_are_one_way(tx: Tx) -> None:
    ada = await identity.create(tx)
    await identity.link(tx, ada, "device", b"a")
    await identity.link(tx, ada, "device", b"b")
    with pytest.raises(identity.LastWay):
        await identity.unlink(tx, ada, "device")


async def test_of_a_hundred_who_unlink_the_last_two_at_once_one_way_is_left(dsn: str) -> None:
    pool = await open_pool(dsn, size_max=20)
    async with transaction(pool) as tx:
        ada = await identity.create(tx)
        await identity.link_once(tx, ada, "steam", b"7")
        await identity.link_once(tx, ada, "epic", b"7")

    async def unlink(provider: str) -> str:
        try:
            async with transaction(pool) as tx:
                await identity.unlink(tx, ada, provider)
        except Refusal as refusal:
            return refusal.code
        return "unlinked"

    said = await asyncio.gather(*(unlink(("steam", "epic")[n % 2]) for n in range(100)))
    assert said.count("unlinked") == 1
    assert set(said) == {"unlinked", "not_linked", "last_way"}
    async with transaction(pool) as tx:
        assert len(await identity.ways(tx, ada)) == 1
    await pool.close()


async def test_of_many_who_link_one_subject_one_owns_it(pool: Pool) -> None:
    async with transaction(pool) as tx:
        players = [await identity.create(tx) for _ in range(12)]

    async def link(player_id: UUID) -> str:
        try:
            async with transaction(pool) as tx:
                await identity.link_once(tx, player_id, "steam", b"7")
        except Refusal as refusal:
            return refusal.code
        return "linked"

    said = await asyncio.gather(*(link(each) for each in players))
    assert sorted(said) == ["identity_taken"] * 11 + ["linked"]


async def test_a_first_sight_is_history_too(tx: Tx) -> None:
    arrivals = await identity.arrive(tx, "device", [b"a", b"b"])
    for arrival in arrivals.values():
        (told,) = await identity.links(tx, arrival.player_id, None, 10)
        assert (told.provider, told.what, told.by) == ("device", "linked", "first sign-in")


async def test_a_merge_is_asked_for_once_and_declined_once(tx: Tx) -> None:
    ada, eve = await identity.create(tx), await identity.create(tx)
    first = await identity.ask_to_merge(tx, asked_by=ada, owner_id=eve, provider="steam")
    assert await identity.ask_to_merge(tx, asked_by=ada, owner_id=eve, provider="epic") == first
    assert [each.request_id for each in await identity.merge_requests(tx, "open", None, 10)] == [first]
    declined = await identity.decline_merge(tx, first, by="staff:1", why="Two people.")
    assert (declined.state, declined.decided_by, declined.why) == ("declined", "staff:1", "Two people.")
    with pytest.raises(identity.MergeDecided):
        await identity.decline_merge(tx, first, by="staff:1", why="Again.")
    assert await identity.merge_requests(tx, "open", None, 10) == []
    assert await identity.ask_to_merge(tx, asked_by=ada, owner_id=eve, provider="steam") != first
