"""What stays as it was, whoever else buys and whatever was edited: retries, other people's failures, odd amounts."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from playerbase import catalog, orders
from playerbase.catalog import Delivery, ItemType, NewItem, Part, Price, StockDraft
from playerbase.kit.db import transaction
from playerbase.orders import store
from playerbase.orders.actions import Bought, Purchases
from playerbase.orders.actions.wishes import Basket, Wish
from tests.catalog.things import draft, potion
from tests.orders.shop import Shop


async def edit(shop: Shop, wanted: NewItem) -> None:
    async with transaction(shop.pool) as tx:
        present = await catalog.item(tx, wanted.code)
        await catalog.update_item(tx, wanted.code, wanted, present.version, "player:editor")


async def wish(shop: Shop, player: UUID, code: str, quantity: int, address: str | None = None) -> Wish:
    async with transaction(shop.pool) as tx:
        known = await catalog.items_by_code(tx, [code])
    return Wish(
        player_id=player, transaction_id=str(uuid4()), currency="gems", baskets=(Basket(known[code], quantity),),
        known=known, fingerprint=b"test", buyer="test", address=address,
    )  # fmt: skip


async def test_a_retry_is_the_same_wish_whatever_things_cost_by_then(shop: Shop) -> None:
    await shop.sell(potion(prices=[Price("coins", 10)]))
    ada = await shop.buyer(1_000)
    await shop.pay(ada.player_id, 100, "coins")
    first = await shop.buy(ada, "potion", key="one")
    assert (first.status_code, first.json()["currency"]) == (201, "coins")
    for prices in ([Price("gems", 10)], [Price("coins", 10), Price("points", 5)], []):
        await edit(shop, potion(prices=prices))
        again = await shop.buy(ada, "potion", key="one")
        assert (again.status_code, again.json()) == (200, first.json()), prices
    assert await shop.balance(ada, "coins") == (90, 90, 0)
    await shop.holds()


async def test_who_is_asked_for_a_currency_may_answer_under_the_same_name(shop: Shop) -> None:
    await shop.sell(potion(prices=[Price("coins", 10), Price("points", 10)]))
    ada = await shop.buyer(0)
    await shop.pay(ada.player_id, 100, "coins")
    unclear = await shop.buy(ada, "potion", key="one")
    assert (unclear.status_code, unclear.json()["code"]) == (422, "currency_ambiguous")
    assert (await shop.buy(ada, "potion", key="one", currency="coins")).status_code == 201


@pytest.mark.parametrize("action", ["review", "refuse"])
@pytest.mark.parametrize("code", ["velocity", "address"])
async def test_an_order_that_cannot_be_paid_counts_for_no_rule(shop: Shop, code: str, action: str) -> None:
    await shop.sell(potion(prices=[Price("gems", 10)]))
    await shop.pool.execute("update orders.rules set count = 2, action = $2 where code = $1", code, action)
    ada = await shop.buyer(100)
    lane = Purchases(shop.pool)
    wishes = [await wish(shop, ada.player_id, "potion", quantity, "192.0.2.1") for quantity in (900, 1, 1)]
    # The first of all is alone; the rest gathers while it is under way.
    alone = await wish(shop, (await shop.buyer(10, "ben@example.com")).player_id, "potion", 1)
    outcomes = await asyncio.gather(*(lane.put(each) for each in (alone, *wishes)), return_exceptions=True)
    said = [each.answer.status if isinstance(each, Bought) else repr(each) for each in outcomes]
    assert said == [201, 409, 201, 201]
    await lane.close()
    await shop.holds()


async def test_more_of_a_thing_than_can_be_counted_is_refused(shop: Shop) -> None:
    letter = draft("letter", delivery=Delivery.EMAIL, metadata={"pool": "p"})
    chest = [Part(quantity=3_000_000, item=code) for code in ("letter", "potion", "hat")]
    await shop.sell(letter, potion(), draft("hat"))
    await shop.sell(
        *[
            draft(f"chest{at}", type=ItemType.BUNDLE, parts=[part], prices=[Price("gems", 1)])
            for at, part in enumerate(chest)
        ]
    )
    ada = await shop.buyer(10_000)
    for at in range(len(chest)):
        answer = await shop.buy(ada, (f"chest{at}", 1_000))
        assert (answer.status_code, answer.json()["code"]) == (422, "quantity_too_large"), answer.text
        assert (await shop.buy(ada, f"chest{at}")).status_code == 201
    await shop.holds()


async def test_what_goes_back_while_orders_are_compared_is_no_difference(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator, _ = await shop.people.begin()
    await shop.sell(potion(prices=[Price("gems", 10)]))
    ada = await shop.buyer(100)
    order = await shop.bought(ada, ("potion", 3))
    read = store.page

    async def reading(*asked: Any) -> Any:
        rows = await read(*asked)
        lines = [{"line": 1, "quantity": 1}]
        answer = await shop.act(f"{order['order_id']}/refund", {"reason": "Now.", "lines": lines}, operator)
        assert answer.status_code == 200, answer.text
        return rows

    monkeypatch.setattr(store, "page", reading)
    assert await orders.check(shop.pool) == []
    monkeypatch.undo()
    await shop.pool.execute("update orders.orders set total = total + 1")
    (found,) = await orders.check(shop.pool)
    assert (found.expected, found.found) == (21, 20)


async def test_who_wanted_more_than_were_left_does_not_get_them_later_by_a_retry(shop: Shop) -> None:
    def cup(total: int) -> NewItem:
        return draft("cup", stock=StockDraft(total), is_limited=True, prices=[Price("gems", 10)])

    await shop.sell(cup(1))
    ada = await shop.buyer(100)
    for total in (1, 5):
        await edit(shop, cup(total))
        late = await shop.buy(ada, ("cup", 2), key="late")
        assert (late.status_code, late.json()["code"], late.json()["remaining"]) == (409, "sold_out", 1)
    assert (await shop.buy(ada, ("cup", 2), key="anew")).status_code == 201
    await shop.holds()
