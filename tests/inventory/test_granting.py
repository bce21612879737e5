"""Giving and taking back: once for good, whoever repeats it."""

import asyncio
from datetime import timedelta
from uuid import UUID

from playerbase import identity, inventory, ledger
from playerbase.inventory import Grant, Revocation, Source, State
from playerbase.kit import clock as the_clock
from playerbase.kit.db import Pool, Tx, broken, reading, transaction
from playerbase.schema import INVARIANTS
from tests.catalog.things import draft, potion, put
from tests.conftest import MovingClock
from tests.inventory.things import given


async def topics(tx: Tx) -> list[str]:
    return [
        row["topic"] for row in await tx.fetch("select topic from kit.events where topic like 'item.%' order by id")
    ]


async def test_a_grant_is_made_once_and_answered_alike(tx: Tx, player: UUID) -> None:
    (blade,) = await put(tx, draft())
    (first,) = await given(tx, player, blade.item_id, source_ref="order-1")
    (again,) = await given(tx, player, blade.item_id, source_ref="order-1")
    assert first == again
    (other,) = await given(tx, player, blade.item_id, source_ref="order-1", part=1)
    assert other.entitlement_id != first.entitlement_id
    assert await inventory.owned(tx, {player: [blade.item_id]}) == {player: {blade.item_id: 2}}
    assert await topics(tx) == ["item.granted", "item.granted"]


async def test_what_is_stacked_is_counted_by_the_ledger(tx: Tx, player: UUID) -> None:
    (drink,) = await put(tx, potion())
    await inventory.hold(tx, [player])
    assert await given(tx, player, drink.item_id, quantity=5, source_ref="order-1") == []
    posting = ledger.Posting(
        scope="test", key="1", kind="grant", legs=inventory.legs(player, drink, 5), ref="order-1"
    )  # fmt: skip
    (posted,) = await ledger.post(tx, [posting])
    assert isinstance(posted, ledger.Posted)
    nobody = await identity.create(tx)
    wanted = {player: [drink.item_id], nobody: [drink.item_id]}
    assert await inventory.owned(tx, wanted) == {player: {drink.item_id: 5}, nobody: {drink.item_id: 0}}


async def test_what_came_from_an_order_is_taken_back_by_it(tx: Tx, player: UUID) -> None:
    blade, bow = await put(tx, draft(), draft("bow"))
    await given(tx, player, blade.item_id, source=Source.ORDER, source_ref="order-1", quantity=3)
    await given(tx, player, bow.item_id, source=Source.ORDER, source_ref="order-1")
    await given(tx, player, bow.item_id, source=Source.ORDER, source_ref="order-2")
    back = Revocation(
        player_id=player, source=Source.ORDER, source_ref="order-1", item_id=blade.item_id, quantity=2, reason="refund"
    )
    (part,) = await inventory.revoke(tx, [back])
    assert (part.quantity, part.entitlement.quantity, part.entitlement.state) == (2, 1, State.ACTIVE)
    (rest,) = await inventory.revoke(tx, [back])
    assert (rest.quantity, rest.entitlement.state, rest.entitlement.ended_why) == (1, State.REVOKED, "refund")
    assert await inventory.revoke(tx, [back]) == []
    owned = await inventory.owned(tx, {player: [blade.item_id, bow.item_id]})
    assert owned == {player: {blade.item_id: 0, bow.item_id: 2}}


async def test_one_entitlement_named_twice_in_one_call_is_taken_once(tx: Tx, player: UUID) -> None:
    (blade,) = await put(tx, draft())
    (thing,) = await given(tx, player, blade.item_id, quantity=3)
    one = Revocation(player_id=player, entitlement_id=thing.entitlement_id, quantity=2, reason="odd")
    (taken,) = await inventory.revoke(tx, [one, one])
    assert (taken.quantity, taken.entitlement.quantity) == (3, 0)


async def test_nobody_takes_back_what_is_somebody_elses(tx: Tx, player: UUID) -> None:
    (blade,) = await put(tx, draft())
    (thing,) = await given(tx, player, blade.item_id)
    other = await identity.create(tx)
    wrong = Revocation(player_id=other, entitlement_id=thing.entitlement_id, reason="mistake")
    assert await inventory.revoke(tx, [wrong]) == []


async def test_what_has_expired_is_not_owned(tx: Tx, player: UUID, clock: MovingClock) -> None:
    (blade,) = await put(tx, draft())
    await given(tx, player, blade.item_id, expires_at=the_clock.now() + timedelta(hours=1))
    assert (await inventory.owned(tx, {player: [blade.item_id]}))[player][blade.item_id] == 1
    clock.forward(hours=2)
    assert (await inventory.owned(tx, {player: [blade.item_id]}))[player][blade.item_id] == 0


async def test_many_grant_the_same_at_once_and_one_is_made(pool: Pool) -> None:
    async with transaction(pool) as tx:
        (blade,) = await put(tx, draft())
        players = [await identity.create(tx) for _ in range(5)]

    async def grant(turn: int) -> list[UUID]:
        # Each names the players in another order: who locks in the order of naming would deadlock.
        order = players[turn % 5 :] + players[: turn % 5]
        async with transaction(pool) as tx:
            await inventory.hold(tx, order)
            grants = [
                Grant(player_id=one, item_id=blade.item_id, source=Source.DROP, source_ref="drop-1") for one in order
            ]
            return [each.entitlement_id for each in await inventory.grant(tx, grants)]

    answers = await asyncio.gather(*(grant(turn) for turn in range(20)))
    assert len({frozenset(answer) for answer in answers}) == 1
    assert await pool.fetchval("select count(*) from inventory.entitlements") == 5
    assert await pool.fetchval("select count(*) from kit.events where topic = 'item.granted'") == 5
    async with reading(pool) as db:
        assert await broken(db, INVARIANTS) == []


async def test_a_maximum_holds_against_many_at_once(pool: Pool) -> None:
    """What orders do: hold, count, and give only what is still allowed."""
    async with transaction(pool) as tx:
        (blade,) = await put(tx, draft())
        player = await identity.create(tx)

    async def buy() -> bool:
        async with transaction(pool) as tx:
            await inventory.hold(tx, [player])
            if (await inventory.owned(tx, {player: [blade.item_id]}))[player][blade.item_id] >= 3:
                return False
            await given(tx, player, blade.item_id)
            return True

    assert sum(await asyncio.gather(*(buy() for _ in range(20)))) == 3
