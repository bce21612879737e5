"""Parcels at a simulated Shopify, on the wire: every silence, and its own word over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from playerbase import fulfilment, payments, simulators
from playerbase.fulfilment import Kind, Stopped
from playerbase.kit.db import transaction
from playerbase.simulators import shopify
from playerbase.simulators.shopify import Order
from playerbase.simulators.world import Fault, Push, World
from tests.accounts.people import People, Someone
from tests.conftest import MovingClock
from tests.fulfilment.lines import begun, line, told
from tests.fulfilment.test_parcels import seen
from tests.simulators.stage import playing


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with playing(tmp_path) as world:
        yield world


@pytest.fixture
async def ada(people: People, world: World) -> AsyncIterator[Someone]:
    """A player, and the shop on the other side of the wire."""
    configured = payments.configured(simulators.surroundings(world.url, {}), in_production=False)
    # A breaker that opens is tested beside the till.
    tills = payments.Tills(configured, seconds=20.0)
    fulfilment.use_shop(fulfilment.Shopify(tills.shopify))
    yield await people.register()
    await tills.close()


async def bought(people: People, ada: Someone) -> tuple[UUID, UUID]:
    wanted = line(ada.player_id, Kind.SHOPIFY, variant="44556677")
    (delivery_id,) = await begun(people.api.site.pool, wanted)
    await people.api.drain()
    return delivery_id, wanted.line_id


def the_order(world: World) -> Order:
    (order,) = world.provider("shopify").sales.values()
    assert isinstance(order, Order)
    return order


async def tell(people: People, push: Push) -> int:
    answer = await people.api.post(push.path, content=push.body.encode(), headers=push.headers)
    return answer.status_code


async def again(people: People) -> None:
    """What a worker does each minute."""
    from playerbase.fulfilment.actions import resume  # noqa: PLC0415 - beside its only use

    await resume(people.api.site.pool)
    await people.api.drain()


async def test_ordered_sent_and_followed(people: People, world: World, ada: Someone) -> None:
    delivery_id, _ = await bought(people, ada)
    order = the_order(world)
    assert order.our_id == str(delivery_id)
    for what in ("pay", "fulfil"):
        push = shopify.happen(world, order, what)
        assert [await tell(people, push) for _ in range(2)] == [204, 204]
    own = (await people.api.get("/api/v1/me/deliveries", headers=ada.headers)).json()["items"][0]
    assert own["state"] == "completed"
    assert own["tracking_number"] == order.tracking
    assert own["tracking_company"] == "Simulated Post"


async def test_cancelled_there_is_cancelled_here(people: People, world: World, ada: Someone) -> None:
    delivery_id, _ = await bought(people, ada)
    push = shopify.happen(world, the_order(world), "cancel")
    altered = Push(push.id, push.provider, push.title, push.path, push.headers, push.body.replace("other", "oTher"))
    assert await tell(people, altered) == 401
    assert await tell(people, push) == 204
    delivery, _ = await seen(people.api.site.pool, delivery_id)
    assert delivery.state == "cancelled"


async def test_cancelled_here_is_cancelled_there(
    people: People, world: World, ada: Someone, clock: MovingClock
) -> None:
    delivery_id, line_id = await bought(people, ada)
    async with transaction(people.api.site.pool) as tx:
        assert await fulfilment.cancel(tx, line_id, "changed my mind") is Stopped.ASKED
    await people.api.drain()
    assert the_order(world).cancelled_at is not None
    delivery, _ = await seen(people.api.site.pool, delivery_id)
    assert (delivery.state, delivery.cancel_reason) == ("cancelled", "changed my mind")
    assert await tell(people, world.pushes[-1]) == 204
    clock.forward(hours=1)
    await again(people)
    after, _ = await seen(people.api.site.pool, delivery_id)
    assert (after.state, after.cancel_reason, after.ended_at) == ("cancelled", "changed my mind", delivery.ended_at)
    assert await told(people.api.site.pool) == ["delivery.cancelled"]


@pytest.mark.parametrize("fault", [Fault.CLOSE, Fault.HALF, Fault.FAILING, Fault.MISTAKE])
async def test_whatever_breaks_there_is_one_order(
    people: People, world: World, ada: Someone, clock: MovingClock, fault: Fault
) -> None:
    world.provider("shopify").break_next(fault, 1)
    delivery_id, _ = await bought(people, ada)
    assert (await seen(people.api.site.pool, delivery_id))[0].external_id is None
    clock.forward(minutes=5)
    await again(people)
    delivery, attempts = await seen(people.api.site.pool, delivery_id)
    assert (delivery.state, delivery.external_id) == ("processing", f"gid://shopify/Order/{the_order(world).id}")
    assert [each.outcome for each in attempts].count("succeeded") == 1


async def test_too_much_at_once_spends_no_attempt(
    people: People, world: World, ada: Someone, clock: MovingClock
) -> None:
    world.provider("shopify").break_next(Fault.TOO_MANY, 1)
    delivery_id, _ = await bought(people, ada)
    delivery, attempts = await seen(people.api.site.pool, delivery_id)
    assert (delivery.state, delivery.tried, attempts[0].outcome) == ("pending", 0, "put_off")
    clock.forward(minutes=5)
    await again(people)
    assert (await seen(people.api.site.pool, delivery_id))[0].external_id is not None


async def test_what_was_made_twice_by_mistake_is_sent_once(
    people: People, world: World, ada: Someone, clock: MovingClock
) -> None:
    world.provider("shopify").break_next(Fault.CLOSE, 1)
    delivery_id, _ = await bought(people, ada)
    twice = the_order(world)
    surplus = Order(
        id=str(int(twice.id) + 1), name="#1002", our_id=twice.our_id, tags=twice.tags, lines=twice.lines,
        updated_at=twice.updated_at,
    )  # fmt: skip
    world.provider("shopify").sales[surplus.id] = surplus
    clock.forward(minutes=5)
    await again(people)
    delivery, _ = await seen(people.api.site.pool, delivery_id)
    assert delivery.external_id == f"gid://shopify/Order/{twice.id}"
    assert surplus.cancelled_at is not None
    assert twice.cancelled_at is None
    assert await tell(people, world.pushes[-1]) == 204
    assert (await seen(people.api.site.pool, delivery_id))[0].state == "processing"


async def test_a_variant_there_is_not(people: People, world: World, ada: Someone) -> None:
    world.provider("shopify").refusing.append(1)
    delivery_id, _ = await bought(people, ada)
    delivery, _ = await seen(people.api.site.pool, delivery_id)
    assert (delivery.state, delivery.fault) == ("failed", "Line items variant is invalid")
