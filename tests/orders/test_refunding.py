"""Giving back: by line or whole, once, never more than was paid, and what is gone is refused, owed or let go."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from playerbase.catalog import CosmeticType, ItemType, Part, Price, StockDraft
from tests.accounts.people import Someone
from tests.catalog.things import bundle, draft, potion
from tests.orders.shop import Shop


@pytest.fixture
async def operator(shop: Shop) -> Someone:
    found, _ = await shop.people.begin()
    return found


async def refund(shop: Shop, operator: Someone, order: dict[str, Any], key: str | None = None, **body: Any) -> Any:
    return await shop.act(f"{order['order_id']}/refund", {"reason": "A ticket."} | body, operator, key)


async def test_a_line_is_given_back_and_then_the_rest(shop: Shop, operator: Someone) -> None:
    (blade, _) = await shop.sell(
        draft("blade", cosmetic=CosmeticType.SKIN, slot="blade", stock=StockDraft(5), prices=[Price("gems", 700)]),
        potion(prices=[Price("gems", 100)]),
    )
    ada = await shop.buyer(2_000)
    order = await shop.bought(ada, "blade", ("potion", 4))
    worn = await shop.people.post("/cosmetics/blade/equip", {}, **ada.headers)
    assert worn.status_code == 200, worn.text
    first = await refund(shop, operator, order, lines=[{"line": 2, "quantity": 3}])
    assert (first.status_code, first.json()["amount"], first.json()["display"]) == (200, 300, "3.00"), first.text
    assert await shop.things(ada) == {"blade": 1, "potion": 1}
    assert await shop.balance(ada) == (1_200, 1_200, 0)
    rest = await refund(shop, operator, order)
    assert rest.json()["amount"] == 800
    assert await shop.things(ada) == {}
    assert await shop.balance(ada) == (2_000, 2_000, 0)
    assert await shop.stock(blade) == 0
    none = await refund(shop, operator, order)
    assert (none.status_code, none.json()["code"]) == (409, "refunded_already")
    read = (await shop.people.api.get(f"/api/v1/admin/orders/{order['order_id']}", headers=operator.headers)).json()
    assert [(each["amount"], each["lines"]) for each in read["refunds"]] == [
        (300, [{"line": 2, "quantity": 3}]), (800, [{"line": 1, "quantity": 1}, {"line": 2, "quantity": 1}]),
    ]  # fmt: skip
    assert [each["refunded"] for each in read["lines"]] == [1, 4]
    assert (await shop.told())[-2:] == ["order.refunded", "order.refunded"]
    assert len(await shop.people.audited("order_refunded")) == 2
    await shop.holds()


async def test_twenty_refund_at_once_and_one_does(shop: Shop, operator: Someone) -> None:
    await shop.sell(potion(prices=[Price("gems", 100)]))
    ada = await shop.buyer(1_000)
    order = await shop.bought(ada, ("potion", 5))
    answers = await asyncio.gather(*(refund(shop, operator, order) for _ in range(20)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 19}
    assert await shop.balance(ada) == (1_000, 1_000, 0)
    assert await shop.things(ada) == {}
    answers = await asyncio.gather(*(refund(shop, operator, order, key="one") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {409}
    await shop.holds()


async def test_one_key_gives_back_once(shop: Shop, operator: Someone) -> None:
    await shop.sell(potion(prices=[Price("gems", 100)]))
    ada = await shop.buyer(1_000)
    order = await shop.bought(ada, ("potion", 5))
    lines = [{"line": 1, "quantity": 1}]
    for _ in range(3):
        answer = await refund(shop, operator, order, "ticket-1", lines=lines)
        assert (answer.status_code, answer.json()["amount"]) == (200, 100)
    assert await shop.balance(ada) == (600, 600, 0)
    await shop.holds()


async def test_more_than_was_paid_or_another_line_is_refused(shop: Shop, operator: Someone) -> None:
    await shop.sell(potion(prices=[Price("gems", 100)]))
    ada = await shop.buyer(1_000)
    order = await shop.bought(ada, ("potion", 2))
    wrong: list[tuple[Any, int, str]] = [
        ([{"line": 1, "quantity": 3}], 409, "refunded_already"),
        ([{"line": 1, "quantity": 2}, {"line": 1, "quantity": 1}], 409, "refunded_already"),
        ([{"line": 2}], 404, "no_such_line"),
        ([{"line": 1, "quantity": 0}], 422, "invalid_input"),
        ([{"line": 1, "quantity": -1}], 422, "invalid_input"),
        ([], 422, "invalid_input"),
    ]
    for lines, status, code in wrong:
        answer = await refund(shop, operator, order, lines=lines)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    strange = await shop.act("01900000-0000-7000-8000-000000000000/refund", {"reason": "x"}, operator)
    assert (strange.status_code, strange.json()["code"]) == (404, "no_such_order")
    mine = await shop.act(f"{order['order_id']}/refund", {"reason": "x"}, ada)
    assert mine.status_code == 403
    assert await shop.balance(ada) == (800, 800, 0)
    await shop.holds()


async def test_what_was_drunk_is_refused_owed_or_let_go(shop: Shop, operator: Someone) -> None:
    await shop.sell(potion(prices=[Price("gems", 100)]))
    for at, (word, paid, owed) in enumerate((("refuse", 500, 0), ("forgive", 1_000, 0), ("debt", 1_000, 3))):
        who = await shop.buyer(1_000, f"buyer{at}@example.com")
        order = await shop.bought(who, ("potion", 5))
        drunk = await shop.people.post(
            "/inventory/potion/consume", {"quantity": 3, "transaction_id": "sip"}, **who.headers
        )
        assert drunk.status_code == 200
        answer = await refund(shop, operator, order, on_shortfall=word)
        if word == "refuse":
            assert (answer.status_code, answer.json()["code"]) == (409, "not_returnable")
        else:
            assert answer.status_code == 200, answer.text
        assert (await shop.balance(who))[0] == paid
        debt = await shop.pool.fetchval(
            "select coalesce(-sum(posted), 0) from ledger.balances join ledger.accounts using (account_id)"
            " where owner_id = $1 and purpose = 'debt'",
            who.player_id,
        )
        assert debt == owed
    await shop.holds()


async def test_a_currency_that_was_spent_becomes_a_debt_which_earnings_repay(shop: Shop, operator: Someone) -> None:
    await shop.sell(
        draft("purse", type=ItemType.BUNDLE, parts=[Part(quantity=1_000, asset="coins")], prices=[Price("gems", 100)]),
        draft("hat", prices=[Price("coins", 600)]),
    )
    ada = await shop.buyer(1_000)
    order = await shop.bought(ada, "purse")
    await shop.bought(ada, "hat", currency="coins")
    assert (await refund(shop, operator, order)).json()["code"] == "not_returnable"
    assert (await refund(shop, operator, order, on_shortfall="debt")).status_code == 200
    assert await shop.balance(ada, "coins") == (0, 0, 600)
    await shop.pay(ada.player_id, 200, "coins")
    assert await shop.balance(ada, "coins") == (100, 100, 500)
    await shop.holds()


async def test_a_bundle_goes_back_as_a_whole(shop: Shop, operator: Someone) -> None:
    await shop.sell(draft("blade"), potion(), bundle("chest", "blade", ("potion", 5), prices=[Price("gems", 900)]))
    ada = await shop.buyer(3_000)
    order = await shop.bought(ada, ("chest", 2))
    assert (await refund(shop, operator, order, lines=[{"line": 1, "quantity": 1}])).status_code == 200
    assert await shop.things(ada) == {"blade": 1, "potion": 5}
    assert (await shop.balance(ada))[0] == 2_100
    await shop.holds()


async def test_what_is_gone_is_refused_or_let_go(shop: Shop, operator: Someone) -> None:
    await shop.sell(draft("blade", prices=[Price("gems", 700)]))
    ada = await shop.buyer(2_000)
    order = await shop.bought(ada, ("blade", 2))
    await shop.pool.execute("update inventory.entitlements set quantity = 1, revoked = 1")
    refused = await refund(shop, operator, order)
    assert (refused.status_code, refused.json()["code"], refused.json()["left"]) == (409, "not_returnable", 1)
    assert await shop.things(ada) == {"blade": 1}, "what is refused leaves everything as it was"
    kind = await refund(shop, operator, order, on_shortfall="forgive")
    assert (kind.status_code, kind.json()["amount"]) == (200, 1_400)
    assert await shop.things(ada) == {}
    await shop.holds()


async def test_much_goes_back_only_by_who_has_just_proved_who_they_are(shop: Shop, operator: Someone) -> None:
    await shop.sell(draft("throne", prices=[Price("gems", 600_000)]))
    ada = await shop.buyer(2_000_000)
    order = await shop.bought(ada, ("throne", 2))
    await shop.people.later(minutes=14)
    late = await refund(shop, operator, order, "ticket")
    assert (late.status_code, late.json()["code"]) == (403, "reauth_required"), late.text
    assert (await shop.pool.fetchval("select refunded from orders.orders")) == 0
    less = await refund(shop, operator, order, lines=[{"line": 1, "quantity": 1}])
    assert (less.status_code, less.json()["amount"]) == (200, 600_000), "below the bound nobody is asked"
    await shop.holds()
