"""Requests to merge: weighed, decided once, and what is moved is moved whole or not at all."""

import asyncio
from uuid import UUID

import pytest

from playerbase import identity
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.errors import Refusal
from playerbase.kit.ids import uuid7
from tests.conftest import MovingClock

BY = "staff:1"


async def two(tx: Tx, *, spare: bool = True) -> tuple[UUID, UUID, UUID]:
    """Who asks, who owns the identity, and the request."""
    ada, eve = await identity.create(tx), await identity.create(tx)
    await identity.link(tx, ada, "password", b"a")
    await identity.link_once(tx, eve, "steam", b"7", sealed=b"for eve")
    if spare:
        await identity.link(tx, eve, "epic", b"e")
    return ada, eve, await identity.ask_to_merge(tx, asked_by=ada, owner_id=eve, provider="steam")


async def providers(tx: Tx, player_id: UUID) -> list[str]:
    return sorted(way.provider for way in await identity.ways(tx, player_id))


async def decide(tx: Tx, request_id: UUID, *, is_bare: bool = False) -> identity.Weighed:
    asked = await identity.hold_merge(tx, request_id)
    return await identity.merge(tx, asked, is_bare=is_bare, by=BY, why="One person.", anew=lambda _: b"for ada")


async def test_the_identity_moves_with_its_history_and_its_label_is_sealed_anew(tx: Tx) -> None:
    ada, eve, request_id = await two(tx)
    weighed = await decide(tx, request_id)
    assert (weighed.left, await providers(tx, eve), await providers(tx, ada)) == (
        ["epic"], ["epic"], ["password", "steam"],
    )  # fmt: skip
    assert await identity.find(tx, "steam", b"7") == ada
    assert [way.sealed for way in await identity.ways(tx, ada) if way.provider == "steam"] == [b"for ada"]
    for player_id, what in ((ada, "linked"), (eve, "unlinked")):
        told = (await identity.links(tx, player_id, None, 1))[0]
        assert (told.provider, told.what, told.by) == ("steam", what, BY)
    asked = await identity.merge_request(tx, request_id)
    assert (asked.state, asked.decided_by, asked.why) == ("merged", BY, "One person.")
    with pytest.raises(identity.MergeDecided):
        await decide(tx, request_id)


async def test_an_owner_is_left_without_a_way_only_if_nothing_is_lost(tx: Tx) -> None:
    ada, eve, request_id = await two(tx, spare=False)
    with pytest.raises(identity.OwnerShutOut):
        await decide(tx, request_id)
    assert await providers(tx, eve) == ["steam"]
    await decide(tx, request_id, is_bare=True)
    assert (await providers(tx, eve), await providers(tx, ada)) == ([], ["password", "steam"])


@pytest.mark.parametrize("who", ["asker", "owner"])
@pytest.mark.parametrize("scope", [None, "demo"])
async def test_nobody_slips_out_of_a_ban_by_a_merge(tx: Tx, who: str, scope: str | None) -> None:
    ada, eve, request_id = await two(tx)
    barring = identity.Barring(identity.BanKind.BANNED, "Cheating", scope)
    await identity.bar(tx, ada if who == "asker" else eve, barring, by=BY)
    with pytest.raises(identity.MergeBarred):
        await decide(tx, request_id)
    assert await identity.find(tx, "steam", b"7") == eve


async def test_another_account_linked_since_is_not_the_one_that_was_shown(tx: Tx, clock: MovingClock) -> None:
    _, eve, request_id = await two(tx)
    clock.forward(minutes=1)
    await identity.unlink(tx, eve, "steam")
    with pytest.raises(identity.IdentityGone):
        await decide(tx, request_id)
    await identity.link_once(tx, eve, "steam", b"8")
    with pytest.raises(identity.IdentityGone):
        await decide(tx, request_id)


async def test_who_has_one_of_the_provider_already_gets_no_second(tx: Tx) -> None:
    ada, _, request_id = await two(tx)
    await identity.link_once(tx, ada, "steam", b"9")
    with pytest.raises(identity.LinkedAlready):
        await decide(tx, request_id)


async def test_what_is_not_there_is_neither_merged_nor_declined(tx: Tx) -> None:
    with pytest.raises(identity.NoSuchRequest):
        await decide(tx, uuid7())
    with pytest.raises(identity.NoSuchRequest):
        await identity.decline_merge(tx, uuid7(), by=BY, why="No.")


async def test_requests_are_paged_and_counted(tx: Tx) -> None:
    ada = await identity.create(tx)
    for n in range(5):
        eve = await identity.create(tx)
        await identity.ask_to_merge(tx, asked_by=ada, owner_id=eve, provider=f"p{n}")
    first = await identity.merge_requests(tx, "open", None, 2)
    then = await identity.merge_requests(tx, "open", first[-1].request_id, 10)
    assert [each.provider for each in [*first, *then]] == ["p4", "p3", "p2", "p1", "p0"]
    assert (await identity.count_merge_requests(tx, 100), await identity.count_merge_requests(tx, 3)) == (5, 3)


async def test_of_many_who_decide_one_request_one_does(pool: Pool) -> None:
    async with transaction(pool) as tx:
        ada, eve, request_id = await two(tx)

    async def attempt(n: int) -> str:
        try:
            async with transaction(pool) as tx:
                if n % 2:
                    await decide(tx, request_id)
                else:
                    await identity.decline_merge(tx, request_id, by=BY, why="Two people.")
        except Refusal as refusal:
            return refusal.code
        return "merged" if n % 2 else "declined"

    said = await asyncio.gather(*(attempt(n) for n in range(16)))
    assert sorted(said)[:1] + sorted(set(said))[-1:] in (["declined", "merge_decided"], ["merge_decided", "merged"])
    assert said.count("merge_decided") == 15
    async with transaction(pool) as tx:
        state = (await identity.merge_request(tx, request_id)).state
        owner = await identity.find(tx, "steam", b"7")
    assert (state in said, owner) == (True, ada if state == "merged" else eve)


async def test_a_merge_beside_the_owners_own_unlink_leaves_a_way(pool: Pool) -> None:
    for _ in range(12):
        async with transaction(pool) as tx:
            ada, eve, request_id = await two(tx)

        async def merge(request_id: UUID = request_id) -> str:
            try:
                async with transaction(pool) as tx:
                    await decide(tx, request_id)
            except Refusal as refusal:
                return refusal.code
            return "merged"

        async def unlink(eve: UUID = eve) -> str:
            try:
                async with transaction(pool) as tx:
                    await identity.unlink(tx, eve, "epic")
            except Refusal as refusal:
                return refusal.code
            return "unlinked"

        said = set(await asyncio.gather(merge(), unlink()))
        assert said in ({"merged", "last_way"}, {"owner_shut_out", "unlinked"})
        async with transaction(pool) as tx:
            assert await providers(tx, eve) == (["epic"] if "merged" in said else ["steam"])
            await identity.relink(tx, ada, "steam", uuid7().bytes)
            await identity.relink(tx, ada, "password", uuid7().bytes)
            await identity.relink(tx, eve, "steam", uuid7().bytes)
            await identity.relink(tx, eve, "epic", uuid7().bytes)


async def test_merges_both_ways_at_once_do_not_wait_for_each_other_for_ever(pool: Pool) -> None:
    async with transaction(pool) as tx:
        ada, eve, there = await two(tx)
        await identity.link(tx, ada, "twitch", b"t")
        back = await identity.ask_to_merge(tx, asked_by=eve, owner_id=ada, provider="twitch")

    async def merge(request_id: UUID) -> None:
        async with transaction(pool) as tx:
            await decide(tx, request_id)

    await asyncio.gather(merge(there), merge(back))
    async with transaction(pool) as tx:
        assert (await providers(tx, ada), await providers(tx, eve)) == (["password", "steam"], ["epic", "twitch"])


async def test_asking_again_beside_a_merge_is_no_deadlock(pool: Pool) -> None:
    async with transaction(pool) as tx:
        ada, eve, request_id = await two(tx)

    async def ask() -> None:
        async with transaction(pool) as tx:
            await identity.hold(tx, ada)
            await identity.ask_to_merge(tx, asked_by=ada, owner_id=eve, provider="steam")

    async def merge() -> None:
        async with transaction(pool) as tx:
            await decide(tx, request_id)

    await asyncio.gather(merge(), *(ask() for _ in range(6)))
    async with transaction(pool) as tx:
        assert await identity.find(tx, "steam", b"7") == ada
