"""Orders of what is delivered elsewhere: begun with the order, and paid back when it does not come."""

from typing import Any

import pytest

from playerbase import access, fulfilment
from playerbase.catalog import Delivery, ItemType, Price
from playerbase.kit.db import transaction
from playerbase.orders import actions
from playerbase.orders.actions.delivering import PayBack
from tests.accounts.people import Someone
from tests.catalog.things import bundle, draft, potion
from tests.fulfilment.lines import stock
from tests.orders.shop import Shop


@pytest.fixture
async def operator(shop: Shop) -> Someone:
    found, _ = await shop.people.begin()
    return found


async def states(shop: Shop, who: Someone) -> list[str]:
    found = await shop.people.api.get("/api/v1/store/purchases", headers=who.headers)
    return [each["state"] for order in found.json()["items"] for line in order["lines"] for each in line["deliveries"]]


def letter(**more: Any) -> Any:
    return draft("letter", delivery=Delivery.EMAIL, metadata={"pool": "steam-10"}, prices=[Price("gems", 300)], **more)


async def test_a_voucher_arrives_and_the_order_says_so(shop: Shop) -> None:
    async with transaction(shop.pool) as tx:
        await stock(tx, 3)
    await shop.sell(letter())
    ada = await shop.buyer(1_000)
    async with transaction(shop.pool) as tx:
        await access.confirm_mailbox(tx, ada.player_id)
    order = await shop.bought(ada, ("letter", 2))
    assert [each["state"] for each in order["lines"][0]["deliveries"]] == ["under_way"]
    assert await shop.things(ada) == {}
    await shop.people.api.drain()
    assert await states(shop, ada) == ["delivered"]
    await shop.holds()


async def test_a_cancelled_delivery_pays_its_line_back_once(shop: Shop, operator: Someone) -> None:
    await shop.sell(letter(), potion(prices=[Price("gems", 100)]))
    ada = await shop.buyer(1_000)
    order = await shop.bought(ada, ("letter", 2), "potion")
    await shop.people.api.drain()
    (delivery,) = await shop.pool.fetch("select delivery_id from fulfilment.deliveries")
    answer = await shop.people.post(
        f"/admin/fulfilments/{delivery['delivery_id']}/cancel", {"reason": "Sold out."}, **operator.headers
    )
    assert answer.status_code == 200, answer.text
    await shop.people.api.drain()
    assert await shop.balance(ada) == (900, 900, 0)
    assert await states(shop, ada) == ["cancelled"]
    assert await shop.things(ada) == {"potion": 1}
    (told,) = await shop.pool.fetch("select reason, by, amount from orders.refunds")
    assert (told["reason"], told["by"], told["amount"]) == ("Sold out.", "system:fulfilment", 600)
    rest = await shop.act(f"{order['order_id']}/refund", {"reason": "The rest."}, operator)
    assert rest.json()["amount"] == 100
    await shop.people.api.drain()
    assert await shop.balance(ada) == (1_000, 1_000, 0)
    await shop.holds()


async def test_a_refund_stops_what_is_on_its_way(shop: Shop, operator: Someone) -> None:
    await shop.sell(letter())
    ada = await shop.buyer(1_000)
    order = await shop.bought(ada, ("letter", 2))
    part = await shop.act(
        f"{order['order_id']}/refund", {"reason": "x", "lines": [{"line": 1, "quantity": 1}]}, operator
    )
    assert (part.status_code, part.json()["code"]) == (409, "not_returnable")
    answer = await shop.act(f"{order['order_id']}/refund", {"reason": "Changed their mind."}, operator)
    assert (answer.status_code, answer.json()["amount"]) == (200, 600), answer.text
    await shop.people.api.drain()
    assert await shop.balance(ada) == (1_000, 1_000, 0)
    assert await states(shop, ada) == ["cancelled"]
    assert await shop.pool.fetchval("select count(*) from orders.refunds") == 1
    await shop.holds()


async def test_what_was_delivered_is_let_go_or_refused(shop: Shop, operator: Someone) -> None:
    async with transaction(shop.pool) as tx:
        await stock(tx, 3)
    await shop.sell(letter())
    ada = await shop.buyer(1_000)
    async with transaction(shop.pool) as tx:
        await access.confirm_mailbox(tx, ada.player_id)
    order = await shop.bought(ada, "letter")
    await shop.people.api.drain()
    refused = await shop.act(f"{order['order_id']}/refund", {"reason": "x"}, operator)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_returnable")
    kind = await shop.act(f"{order['order_id']}/refund", {"reason": "x", "on_shortfall": "forgive"}, operator)
    assert kind.json()["amount"] == 300
    assert (await shop.balance(ada))[0] == 1_000
    await shop.holds()


async def test_an_effect_that_is_worth_nothing_is_paid_back(shop: Shop, operator: Someone) -> None:
    token = draft(
        "token", type=ItemType.CONSUMABLE, is_stackable=True, delivery=Delivery.FUNCTIONAL,
        metadata={"effect": "name_change"}, prices=[Price("gems", 500)],
    )  # fmt: skip
    await shop.sell(token)
    ada = await shop.buyer(1_000)
    await shop.bought(ada, "token")
    await shop.people.api.drain()
    assert (await shop.balance(ada))[0] == 500
    assert await states(shop, ada) == ["delivered"]
    settings = {"name_change_days": 0, "characters_max": 10}
    path = "/api/v1/admin/profiles/settings"
    assert (await shop.people.api.put(path, json=settings, headers=operator.headers)).status_code == 200
    await shop.bought(ada, "token")
    await shop.people.api.drain()
    assert (await shop.balance(ada))[0] == 500
    await shop.holds()


async def test_a_bundles_part_that_does_not_come_waits_for_a_person(shop: Shop) -> None:
    await shop.sell(letter(), potion(), bundle("box", "letter", "potion", prices=[Price("gems", 700)]))
    ada = await shop.buyer(1_000)
    await shop.bought(ada, "box")
    (line,) = await shop.pool.fetch("select line_id from fulfilment.deliveries")
    async with transaction(shop.pool) as tx:
        assert await fulfilment.cancel(tx, line["line_id"], "No.") is fulfilment.Stopped.STOPPED
    await shop.people.api.drain()
    assert (await shop.balance(ada))[0] == 300
    assert await shop.things(ada) == {"potion": 1}
    await shop.holds()


async def test_what_waits_was_not_paid_and_is_not_paid_back(shop: Shop) -> None:
    await shop.sell(letter())
    await shop.pool.execute("update orders.rules set count = 1 where code = 'velocity'")
    ada = await shop.buyer(1_000)
    await shop.bought(ada, "letter")
    order = await shop.bought(ada, "letter")
    assert order["state"] == "review"
    thing = await shop.pool.fetchval("select thing_id from orders.things where state = 'reserved'")
    await actions.pay_back.run(shop.pool, PayBack(thing, "No."))
    assert await shop.balance(ada) == (700, 400, 0)
    assert await states(shop, ada) == ["reserved", "under_way"]
    await shop.holds()
