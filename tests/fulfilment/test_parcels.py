"""Parcels: one order at the shop for each delivery, whatever breaks on the way there and back."""

import contextlib
from typing import Any
from uuid import UUID

import pytest

from playerbase import fulfilment
from playerbase.fulfilment import Kind, Stopped
from playerbase.fulfilment.actions import carry_out, resume
from playerbase.fulfilment.model import Attempt, Delivery
from playerbase.fulfilment.store import deliveries as store
from playerbase.kit.db import Pool, reading, transaction
from tests.conftest import MovingClock
from tests.fulfilment.lines import begun, line, player, told
from tests.fulfilment.shops import Counter, Killed


async def one(pool: Pool, **data: Any) -> tuple[UUID, UUID]:
    """A parcel to be sent: its delivery and its line."""
    async with transaction(pool) as tx:
        ada = await player(tx)
    wanted = line(ada, Kind.SHOPIFY, **data)
    (delivery_id,) = await begun(pool, wanted)
    return delivery_id, wanted.line_id


async def seen(pool: Pool, delivery_id: UUID) -> tuple[Delivery, list[Attempt]]:
    async with reading(pool) as db:
        found = await store.find(db, delivery_id)
        assert found is not None
        return found, await store.attempts(db, delivery_id)


async def stop(pool: Pool, line_id: UUID) -> Stopped:
    async with transaction(pool) as tx:
        return await fulfilment.cancel(tx, line_id, "changed my mind")


async def test_an_order_is_made_and_then_asked_about(pool: Pool, counter: Counter, clock: MovingClock) -> None:
    delivery_id, _ = await one(pool)
    await carry_out(pool, delivery_id)
    delivery, _ = await seen(pool, delivery_id)
    assert (delivery.state, delivery.waits_for) == ("processing", "shop")
    assert counter.made[0].delivery_id == delivery_id
    assert delivery.external_id is not None
    counter.change(
        delivery.external_id, is_paid=True, is_fulfilled=True, tracking_number="RM1", tracking_company="Post"
    )
    clock.forward(hours=7)
    assert await resume(pool) == 1
    await carry_out(pool, delivery_id)
    delivery, attempts = await seen(pool, delivery_id)
    assert (delivery.state, delivery.tracking_number, delivery.is_paid) == ("completed", "RM1", True)
    assert [each.outcome for each in attempts] == ["succeeded"]
    assert await told(pool) == ["delivery.completed"]
    assert len(counter.made) == 1


@pytest.mark.parametrize("how", ["after", "killed"])
async def test_what_may_have_been_done_is_asked_for_first(
    pool: Pool, counter: Counter, clock: MovingClock, how: str
) -> None:
    counter.fails = [how]
    delivery_id, _ = await one(pool)
    with contextlib.suppress(Killed):
        await carry_out(pool, delivery_id)
    clock.forward(minutes=10)
    await resume(pool)
    await carry_out(pool, delivery_id)
    delivery, attempts = await seen(pool, delivery_id)
    assert delivery.external_id == "gid://shopify/Order/1"
    assert counter.asked == ["create", "find"]
    assert len(counter.made) == 1
    assert [each.outcome for each in attempts] == ["succeeded", "unknown"]


async def test_no_answer_to_the_question_is_no_leave_to_try_again(
    pool: Pool, counter: Counter, clock: MovingClock
) -> None:
    counter.fails = ["after", "away"]
    delivery_id, line_id = await one(pool)
    await carry_out(pool, delivery_id)
    for _ in range(2):
        clock.forward(hours=1)
        await carry_out(pool, delivery_id)
    assert counter.asked == ["create", "find", "find"]
    assert len(counter.made) == 1
    delivery, _ = await seen(pool, delivery_id)
    assert delivery.state == "processing"
    assert await stop(pool, line_id) is Stopped.ASKED


async def test_when_attempts_are_spent_in_doubt_the_shop_is_asked_once_more(
    pool: Pool, counter: Counter, clock: MovingClock
) -> None:
    counter.fails = ["before", "before", "killed"]
    delivery_id, _ = await one(pool)
    for _ in range(3):
        with contextlib.suppress(Killed):
            await carry_out(pool, delivery_id)
        clock.forward(hours=1)
    await carry_out(pool, delivery_id)
    delivery, _ = await seen(pool, delivery_id)
    assert delivery.state == "processing"
    assert counter.asked == ["create", "create", "create", "find"]
    assert len(counter.made) == 1


async def test_three_attempts_and_then_a_person(pool: Pool, counter: Counter, clock: MovingClock) -> None:
    counter.fails = ["before"] * 3
    delivery_id, line_id = await one(pool)
    for _ in range(4):
        await carry_out(pool, delivery_id)
        clock.forward(hours=1)
    delivery, attempts = await seen(pool, delivery_id)
    assert (delivery.state, len(attempts), counter.asked) == ("failed", 3, ["create"] * 3)
    assert await told(pool) == ["delivery.failed"]
    assert await stop(pool, line_id) is Stopped.STOPPED
    assert await told(pool) == ["delivery.failed", "delivery.cancelled"]


async def test_what_was_never_sent_spends_no_attempt(pool: Pool, counter: Counter, clock: MovingClock) -> None:
    counter.fails = ["shut"] * 5
    delivery_id, _ = await one(pool)
    for _ in range(6):
        await carry_out(pool, delivery_id)
        clock.forward(hours=1)
    delivery, _ = await seen(pool, delivery_id)
    assert (delivery.state, delivery.tried) == ("processing", 1)


async def test_a_refusal_is_final(pool: Pool, counter: Counter) -> None:
    counter.fails = ["refuse"]
    delivery_id, _ = await one(pool)
    await carry_out(pool, delivery_id)
    delivery, attempts = await seen(pool, delivery_id)
    assert (delivery.state, delivery.fault) == ("failed", "There is no such variant.")
    assert [each.outcome for each in attempts] == ["refused"]


async def test_without_an_address_it_waits(pool: Pool, counter: Counter) -> None:
    delivery_id, _ = await one(pool, address=None)
    await carry_out(pool, delivery_id)
    delivery, _ = await seen(pool, delivery_id)
    assert (delivery.state, delivery.waits_for) == ("pending", "address")
    assert counter.asked == []


async def test_cancelled_at_the_shop(pool: Pool, counter: Counter) -> None:
    delivery_id, line_id = await one(pool)
    await carry_out(pool, delivery_id)
    assert await stop(pool, line_id) is Stopped.ASKED
    await carry_out(pool, delivery_id)
    delivery, attempts = await seen(pool, delivery_id)
    assert (delivery.state, delivery.cancel_reason) == ("cancelled", "changed my mind")
    assert [each.what for each in attempts] == ["cancel", "deliver"]
    assert counter.asked == ["create", "cancel"]
    assert await told(pool) == ["delivery.cancelled"]
    assert await stop(pool, line_id) is Stopped.STOPPED


async def test_what_is_on_its_way_is_not_cancelled(pool: Pool, counter: Counter, clock: MovingClock) -> None:
    delivery_id, line_id = await one(pool)
    await carry_out(pool, delivery_id)
    counter.fails = ["away", "refuse"]
    assert await stop(pool, line_id) is Stopped.ASKED
    await carry_out(pool, delivery_id)
    clock.forward(hours=1)
    await carry_out(pool, delivery_id)
    delivery, _ = await seen(pool, delivery_id)
    assert (delivery.state, delivery.cancel_reason) == ("processing", "")
    assert delivery.fault == "It could not be cancelled. It is on its way."
    assert await told(pool) == []


async def test_stopped_in_doubt_the_shop_says_whether_there_is_anything_to_stop(
    pool: Pool, counter: Counter, clock: MovingClock
) -> None:
    counter.fails = ["killed"]
    made, made_line = await one(pool)
    with contextlib.suppress(Killed):
        await carry_out(pool, made)
    assert await stop(pool, made_line) is Stopped.ASKED
    clock.forward(minutes=10)
    await carry_out(pool, made)
    clock.forward(minutes=10)
    await carry_out(pool, made)
    delivery, _ = await seen(pool, made)
    assert delivery.state == "cancelled"
    assert counter.orders["gid://shopify/Order/1"].is_cancelled
    lost, lost_line = await one(pool)
    counter.fails = ["killed"]
    with contextlib.suppress(Killed):
        await carry_out(pool, lost)
    del counter.orders["gid://shopify/Order/2"]  # As if it had died just before.
    assert await stop(pool, lost_line) is Stopped.ASKED
    clock.forward(minutes=10)
    await carry_out(pool, lost)
    delivery, _ = await seen(pool, lost)
    assert delivery.state == "cancelled"
    assert counter.asked.count("create") == 2


async def test_no_shop_is_no_failure(pool: Pool) -> None:
    delivery_id, _ = await one(pool)
    await carry_out(pool, delivery_id)
    delivery, _ = await seen(pool, delivery_id)
    assert (delivery.state, delivery.tried, delivery.fault) == ("pending", 0, "No shop is set up here.")


async def test_in_doubt_the_shop_is_not_asked_before_it_can_know(
    pool: Pool, counter: Counter, clock: MovingClock
) -> None:
    counter.fails = ["after"]
    delivery_id, line_id = await one(pool)
    await carry_out(pool, delivery_id)
    assert await stop(pool, line_id) is Stopped.ASKED
    await carry_out(pool, delivery_id)
    assert counter.asked == ["create"]
    clock.forward(minutes=3)
    await carry_out(pool, delivery_id)
    assert counter.asked == ["create", "find"]
