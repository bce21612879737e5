"""The catalog is edited between a purchase and its end: what holds is what was sold."""

import pytest

from playerbase import catalog
from playerbase.catalog import Delivery, ItemType, NewItem, Part, Price, StockDraft
from playerbase.kit.db import transaction
from tests.accounts.people import Someone
from tests.catalog.things import bundle, draft, potion
from tests.orders.shop import Shop


@pytest.fixture
async def operator(shop: Shop) -> Someone:
    found, _ = await shop.people.begin()
    return found


async def edit(shop: Shop, wanted: NewItem, code: str) -> None:
    async with transaction(shop.pool) as tx:
        present = await catalog.item(tx, code)
        await catalog.update_item(tx, code, wanted, present.version, "player:editor")


async def test_a_bundle_gives_back_to_the_stocks_it_was_taken_from(shop: Shop, operator: Someone) -> None:
    cup, goblet, _ = await shop.sell(
        draft("cup", stock=StockDraft(9), is_limited=True),
        draft("goblet", stock=StockDraft(5), is_limited=True, prices=[Price("gems", 10)]),
        bundle("chest", ("cup", 2), prices=[Price("gems", 100)]),
    )
    ada = await shop.buyer(1_000)
    order = await shop.bought(ada, ("chest", 3))
    await edit(shop, bundle("chest", "goblet", prices=[Price("gems", 100)]), "chest")
    await shop.bought(ada, "goblet")
    assert (await shop.stock(cup), await shop.stock(goblet)) == (6, 1)
    part = {"reason": "A ticket.", "lines": [{"line": 1, "quantity": 1}]}
    assert (await shop.act(f"{order['order_id']}/refund", part, operator)).status_code == 200
    assert (await shop.stock(cup), await shop.stock(goblet)) == (4, 1)
    assert await shop.things(ada) == {"cup": 4, "goblet": 1}
    assert (await shop.act(f"{order['order_id']}/refund", {"reason": "All."}, operator)).status_code == 200
    assert (await shop.stock(cup), await shop.stock(goblet)) == (0, 1)
    assert await shop.things(ada) == {"goblet": 1}
    await shop.holds()


@pytest.mark.parametrize("waits", [False, True])
async def test_what_was_bought_before_there_were_few_frees_none_of_the_few(
    shop: Shop, operator: Someone, *, waits: bool
) -> None:
    (cup,) = await shop.sell(draft("cup", prices=[Price("gems", 10)]))
    ada, ben = await shop.buyer(), await shop.buyer(100, "ben@example.com")
    if waits:
        await shop.pool.execute("update orders.rules set count = 1 where code = 'velocity'")
        await shop.bought(ada, "cup")
    order = await shop.bought(ada, "cup")
    await edit(shop, draft("cup", prices=[Price("gems", 10)], stock=StockDraft(1), is_limited=True), "cup")
    await shop.bought(ben, "cup")
    word = "reject" if waits else "refund"
    assert (await shop.act(f"{order['order_id']}/{word}", {"reason": "No."}, operator)).status_code == 200
    assert await shop.stock(cup) == 1
    refused = await shop.buy(await shop.buyer(100, "cat@example.com"), "cup")
    assert (refused.status_code, refused.json()["code"]) == (409, "sold_out")
    await shop.holds()


async def test_what_waits_is_handed_out_as_it_was_sold(shop: Shop, operator: Someone) -> None:
    await shop.sell(draft("hat", prices=[Price("gems", 10)]), potion(prices=[Price("gems", 10)]))
    ada = await shop.buyer(1_000)
    await shop.pool.execute("update orders.rules set count = 1 where code = 'velocity'")
    await shop.bought(ada, "hat", ("potion", 3))
    order = await shop.bought(ada, "hat", ("potion", 2))
    assert order["state"] == "review"
    for code, make in (("hat", draft), ("potion", potion)):
        edited = make(code, delivery=Delivery.EMAIL, metadata={"pool": "p"}, prices=[Price("gems", 10)])
        await edit(shop, edited, code)
    assert (await shop.act(f"{order['order_id']}/approve", {"reason": "Fine."}, operator)).status_code == 200
    assert await shop.things(ada) == {"hat": 2, "potion": 5}
    assert (await shop.act(f"{order['order_id']}/refund", {"reason": "No."}, operator)).status_code == 200
    assert await shop.things(ada) == {"hat": 1, "potion": 3}
    await shop.holds()


async def test_a_refund_takes_what_the_bundle_held(shop: Shop, operator: Someone) -> None:
    await shop.sell(draft("hat"), potion(), bundle("box", "hat", ("potion", 3), prices=[Price("gems", 100)]))
    ada = await shop.buyer(1_000)
    order = await shop.bought(ada, "box")
    inside = [Part(quantity=50, asset="coins")]
    await edit(shop, draft("box", type=ItemType.BUNDLE, parts=inside, prices=[Price("gems", 900)]), "box")
    answer = await shop.act(f"{order['order_id']}/refund", {"reason": "No."}, operator)
    assert (answer.status_code, answer.json()["amount"]) == (200, 100), answer.text
    assert await shop.things(ada) == {}
    assert await shop.balance(ada) == (1_000, 1_000, 0)
    await shop.holds()
