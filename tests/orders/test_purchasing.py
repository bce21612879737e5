"""Buying: all of an order or nothing, once under its name, never more than there is or may be."""

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from playerbase import catalog
from playerbase.catalog import CosmeticType, Delivery, ItemType, Part, Price, Rarity, Status, StockDraft
from playerbase.catalog.model import ItemDraft
from playerbase.kit.db import transaction
from tests.catalog.things import BY, bundle, draft, potion
from tests.orders.shop import Shop, bought


async def test_two_lines_are_bought_at_once(shop: Shop) -> None:
    skin, _ = await shop.sell(
        draft("ember_blade", cosmetic=CosmeticType.SKIN, rarity=Rarity.RARE, slot="blade"),
        potion(prices=[Price("gems", 100)]),
    )
    ada = await shop.buyer(5_000)
    answer = await shop.buy(ada, "ember_blade", ("potion", 10), currency="gems", key="first")
    assert answer.status_code == 201, answer.text
    order = answer.json()
    assert (order["state"], order["currency"], order["total"], order["display"]) == ("placed", "gems", 2_500, "25.00")
    assert order["balance_after"] == 2_500
    lines = [
        (each["line"], each["item"], each["quantity"], each["unit_price"], each["total"]) for each in order["lines"]
    ]
    assert lines == [(1, "ember_blade", 1, 1_500, 1_500), (2, "potion", 10, 100, 1_000)]
    assert await shop.balance(ada) == (2_500, 2_500, 0)
    assert await shop.things(ada) == {"ember_blade": 1, "potion": 10}
    assert await shop.told() == ["order.placed", "player.cosmetic_purchased"]
    (seen,) = (await shop.people.api.get("/api/v1/store/purchases", headers=ada.headers)).json()["items"]
    assert seen == order
    one = await shop.people.api.get(f"/api/v1/store/purchases/{order['order_id']}", headers=ada.headers)
    assert one.json() == order
    assert skin.item_id
    await shop.holds()


async def test_the_same_name_is_the_same_order(shop: Shop) -> None:
    await shop.sell(potion(prices=[Price("gems", 100)]))
    ada = await shop.buyer(1_000)
    first = await shop.buy(ada, ("potion", 2), key="once")
    again = await shop.buy(ada, ("potion", 2), key="once")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = await shop.buy(ada, ("potion", 3), key="once")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    ben = await shop.buyer(1_000, "ben@example.com")
    assert (await shop.buy(ben, ("potion", 2), key="once")).status_code == 201, "a name is each player's own"
    assert await shop.balance(ada) == (800, 800, 0)
    await shop.holds()


async def test_a_refusal_stands_under_its_name(shop: Shop) -> None:
    await shop.sell(potion(prices=[Price("gems", 100)]), draft("crown", max_per_player=1, prices=[Price("gems", 10)]))
    ada = await shop.buyer(150)
    poor = await shop.buy(ada, ("potion", 2), key="poor")
    assert (poor.status_code, poor.json()["code"], poor.json()["available"]) == (409, "insufficient_funds", 150)
    await shop.pay(ada.player_id, 10_000)
    again = await shop.buy(ada, ("potion", 2), key="poor")
    assert (again.status_code, again.json()["code"]) == (409, "insufficient_funds")
    greedy = await shop.buy(ada, ("crown", 2), key="greedy")
    assert (greedy.status_code, greedy.json()["code"]) == (409, "maximum_reached")
    assert (await shop.buy(ada, ("crown", 2), key="greedy")).json()["code"] == "maximum_reached"
    assert (await shop.buy(ada, ("crown", 1), key="greedy")).json()["code"] == "key_reused"
    assert await shop.things(ada) == {}
    await shop.holds()


async def test_a_bundle_is_opened_and_its_currency_arrives(shop: Shop) -> None:
    await shop.sell(
        draft("blade"), potion(),
        bundle("chest", "blade", ("potion", 5), prices=[Price("gems", 900)]),
        bundle("hoard", ("chest", 2), prices=[Price("gems", 1_700)]),
    )  # fmt: skip
    await shop.sell(bundle("purse", "potion", prices=[Price("gems", 50)]))
    ada = await shop.buyer(3_000)
    order = await shop.bought(ada, "hoard", ("purse", 3))
    assert order["total"] == 1_850
    assert await shop.things(ada) == {"blade": 2, "potion": 13}
    await shop.sell(
        draft("coins_500", type=ItemType.BUNDLE, parts=[Part(quantity=500, asset="coins")], prices=[Price("gems", 10)])
    )
    await shop.bought(ada, ("coins_500", 2))
    assert (await shop.balance(ada, "coins"))[0] == 1_000
    await shop.holds()


async def test_a_hundred_spend_at_once_and_never_below_the_floor(shop: Shop) -> None:
    await shop.sell(potion(prices=[Price("gems", 100)]), draft("shield", prices=[Price("gems", 100)]))
    await shop.pool.execute("update orders.rules set is_on = false")
    ada = await shop.buyer(1_050)
    answers = await asyncio.gather(*(shop.buy(ada, "potion" if at % 2 else "shield") for at in range(100)))
    assert Counter(answer.status_code for answer in answers) == {201: 10, 409: 90}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"insufficient_funds"}
    assert (await shop.balance(ada))[0] == 50
    assert sum((await shop.things(ada)).values()) == 10
    await shop.holds()


async def test_the_last_ones_are_sold_once(shop: Shop) -> None:
    (cup,) = await shop.sell(draft("cup", stock=StockDraft(7), is_limited=True, prices=[Price("gems", 10)]))
    people = [await shop.buyer(100, f"buyer{at}@example.com") for at in range(5)]
    answers = await asyncio.gather(*(shop.buy(people[at % 5], "cup") for at in range(25)))
    assert Counter(answer.status_code for answer in answers) == {201: 7, 409: 18}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"sold_out"}
    assert await shop.stock(cup) == 7
    await shop.holds()


async def test_who_cannot_pay_takes_nothing_from_those_who_can(shop: Shop) -> None:
    (cup,) = await shop.sell(draft("cup", stock=StockDraft(3), is_limited=True, prices=[Price("gems", 1_000)]))
    poor = [await shop.buyer(10, f"poor{at}@example.com") for at in range(6)]
    rich = [await shop.buyer(1_000, f"rich{at}@example.com") for at in range(3)]
    answers = await asyncio.gather(*(shop.buy(who, "cup") for who in (*poor, *rich)))
    assert [answer.status_code for answer in answers] == [409] * 6 + [201] * 3
    assert {answer.json()["code"] for answer in answers[:6]} <= {"insufficient_funds", "sold_out"}
    assert await shop.stock(cup) == 3
    await shop.holds()


async def test_a_maximum_holds_for_everything_that_brings_one(shop: Shop) -> None:
    await shop.sell(
        draft("crown", max_per_player=2, prices=[Price("gems", 10)]),
        potion(max_per_player=3, prices=[Price("gems", 10)]),
        draft("letter", max_per_player=1, delivery=Delivery.EMAIL, metadata={"pool": "p"}, prices=[Price("gems", 10)]),
    )
    await shop.sell(bundle("box", "crown", ("potion", 2), max_per_player=2, prices=[Price("gems", 10)]))
    ada = await shop.buyer()
    answers = await asyncio.gather(*(shop.buy(ada, "crown") for _ in range(10)))
    assert Counter(answer.status_code for answer in answers) == {201: 2, 409: 8}
    assert (await shop.buy(ada, "box")).json()["item"] == "crown"
    ben = await shop.buyer(1_000, "ben@example.com")
    assert (await shop.buy(ben, "box", "crown")).status_code == 201
    assert (await shop.buy(ben, ("potion", 2))).json()["code"] == "maximum_reached"
    assert (await shop.buy(ben, "potion")).status_code == 201
    assert (await shop.buy(ben, "letter")).status_code == 201
    assert (await shop.buy(ben, "letter")).json()["code"] == "maximum_reached", "what is on its way counts"
    await shop.holds()


@pytest.mark.parametrize("path", ["/store/purchases", "/purchase"])
async def test_nonsense_is_refused_and_changes_nothing(shop: Shop, path: str) -> None:
    await shop.sell(
        potion(prices=[Price("gems", 100), Price("coins", 5)]), draft("gone", status=Status.INACTIVE),
        draft("dear", prices=[Price("gems", 2**52)]), draft("odd", prices=[Price("points", 1)]),
    )  # fmt: skip
    ada = await shop.buyer(1_000)
    wrong: list[tuple[dict[str, Any], int, str]] = [
        ({"items": []}, 422, "invalid_input"),
        ({"items": [{"item": "potion", "quantity": 0}]}, 422, "invalid_input"),
        ({"items": [{"item": "potion", "quantity": -1}]}, 422, "invalid_input"),
        ({"items": [{"item": "potion", "quantity": 1.5}]}, 422, "invalid_input"),
        ({"items": [{"item": "potion", "quantity": 2**53}]}, 422, "invalid_input"),
        ({"items": [{"item": "potion", "quantity": 2**63}]}, 422, "invalid_input"),
        ({"items": [{"item": "potion", "quantity": 1_001}]}, 422, "quantity_too_large"),
        ({"items": [{"item": "potion"}] * 21}, 422, "too_many_lines"),
        ({"items": [{"item": "nothing"}]}, 404, "item_unknown"),
        ({"items": [{"item": "gone"}]}, 409, "item_not_for_sale"),
        ({"items": [{"item": "potion"}], "currency": "points"}, 409, "item_not_for_sale"),
        ({"items": [{"item": "dear", "quantity": 3}]}, 422, "quantity_too_large"),
        ({"items": [{"item": "potion"}, {"item": "odd"}]}, 422, "currency_ambiguous"),
        ({"items": [{"item": "potion"}], "price": 1}, 422, "invalid_input"),
        ({"items": [{"item": "potion"}], "player_id": str(uuid4())}, 422, "invalid_input"),
        ({"items": [{"item": "potion"}], "transaction_id": "a b"}, 422, "invalid_input"),
    ]
    for body, status, code in wrong:
        answer = await shop.people.post(path, {"transaction_id": str(uuid4())} | body, **ada.headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), (body, answer.text)
    nameless = await shop.people.post(path, {"items": [{"item": "potion"}]}, **ada.headers)
    assert (nameless.status_code, nameless.json()["code"]) == (400, "transaction_id_missing")
    assert await shop.balance(ada) == (1_000, 1_000, 0)
    assert await shop.pool.fetchval("select count(*) from orders.orders") == 0
    await shop.holds()


async def test_the_older_path_answers_as_its_clients_expect(shop: Shop) -> None:
    await shop.sell(potion(prices=[Price("gems", 100)]))
    ada = await shop.buyer(150)
    first = await shop.buy(ada, "potion", path="/purchase", key="a")
    assert (first.status_code, first.json()["purchase_id"]) == (201, first.json()["order_id"])
    again = await shop.buy(ada, "potion", path="/purchase", key="a")
    assert (again.status_code, again.json()["purchase_id"]) == (200, first.json()["order_id"])
    poor = await shop.buy(ada, "potion", path="/purchase", key="b")
    assert (poor.status_code, poor.json()["code"]) == (400, "insufficient_funds")
    poor = await shop.buy(ada, "potion", path="/purchase", key="b")
    assert (poor.status_code, poor.json()["code"]) == (400, "insufficient_funds")


async def test_a_cosmetic_is_bought_by_itself_and_a_key_names_it(shop: Shop) -> None:
    await shop.sell(draft("ember_blade", cosmetic=CosmeticType.SKIN, slot="blade"))
    ada = await shop.buyer(5_000)
    keyed = ada.headers | {"idempotency-key": '"one"'}
    answer = await shop.people.post("/cosmetics/ember_blade/purchase", {}, **keyed)
    assert answer.status_code == 201, answer.text
    assert (await shop.people.post("/cosmetics/ember_blade/purchase", {}, **keyed)).status_code == 200
    assert answer.json()["transaction_id"] == "one"
    assert await shop.things(ada) == {"ember_blade": 1}


async def test_a_server_buys_for_a_player_with_its_scope(shop: Shop) -> None:
    await shop.sell(potion(prices=[Price("gems", 100)]))
    _, server = await shop.people.begin()
    ada = await shop.buyer(1_000)
    body = {"transaction_id": "s1", "items": [{"item": "potion"}]}
    unsaid = await shop.people.post("/store/purchases", body, **server)
    assert unsaid.json()["errors"][0]["field"] == "player_id"
    answer = await shop.people.post("/store/purchases", body | {"player_id": str(ada.player_id)}, **server)
    assert answer.status_code == 201, answer.text
    strange = await shop.people.post("/store/purchases", body | {"player_id": str(uuid4())}, **server)
    assert (strange.status_code, strange.json()["code"]) == (404, "player_gone"), strange.text
    assert await shop.things(ada) == {"potion": 1}
    address = await shop.pool.fetchval("select address from orders.orders")
    assert address is None, "a server buys for many: its address says nothing"


async def test_orders_of_others_are_not_seen(shop: Shop) -> None:
    await shop.sell(potion(prices=[Price("gems", 100)]))
    ada, ben = await shop.buyer(), await shop.buyer(0, "ben@example.com")
    order = await shop.bought(ada, "potion")
    assert (
        await shop.people.api.get(f"/api/v1/store/purchases/{order['order_id']}", headers=ben.headers)
    ).status_code == 404
    for at in range(4):
        await shop.bought(ada, ("potion", at + 2))
    first = (await shop.people.api.get("/api/v1/store/purchases?limit=2", headers=ada.headers)).json()
    strange = f"/api/v1/store/purchases?limit=2&cursor={first['next_cursor']}"
    assert (await shop.people.api.get(strange, headers=ben.headers)).status_code == 400, "a cursor is whose list it is"
    seen: list[int] = []
    query = "?limit=2"
    while query:
        page = (await shop.people.api.get(f"/api/v1/store/purchases{query}", headers=ada.headers)).json()
        seen += [each["lines"][0]["quantity"] for each in page["items"]]
        query = f"?limit=2&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert seen == [5, 4, 3, 2, 1]


async def test_what_is_sold_is_what_the_catalog_says_when_it_is_sold(shop: Shop) -> None:
    """A wish that waited for its turn while a price was edited is decided over the new one."""
    (old,) = await shop.sell(potion(prices=[Price("gems", 100)]))
    ada = await shop.buyer(1_000)
    async with transaction(shop.pool) as tx:
        draft_ = ItemDraft(
            name="Potion", type=ItemType.CONSUMABLE, is_stackable=True, prices=[Price("gems", 300)]
        )  # fmt: skip
        await catalog.update_item(tx, "potion", draft_, old.version, BY)
    async with transaction(shop.pool) as tx:
        await bought(tx, ada.player_id, old)
    assert (await shop.balance(ada))[0] == 700
    assert await shop.pool.fetchval("select item_version from orders.lines") == old.version + 1
    await shop.holds()


async def test_nothing_is_paid_with_what_is_in_it(shop: Shop) -> None:
    await shop.sell(
        draft("purse", type=ItemType.BUNDLE, parts=[Part(quantity=500, asset="gems")], prices=[Price("gems", 100)])
    )
    ada = await shop.buyer(0)
    answer = await shop.buy(ada, "purse")
    assert (answer.status_code, answer.json()["code"]) == (409, "item_not_for_sale")
    await shop.holds()
