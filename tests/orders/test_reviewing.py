"""Orders that wait: which rules have them wait, and what an approval and a rejection do."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import msgspec

from playerbase import orders
from playerbase.catalog import Delivery, Price, StockDraft
from playerbase.kit import clock as the_clock
from playerbase.kit.db import transaction
from playerbase.kit.outbox import of_player
from playerbase.ledger.actions import end_holds
from playerbase.orders import actions
from tests.accounts.people import Someone, someone
from tests.catalog.things import draft, potion
from tests.orders.shop import Shop


async def held(shop: Shop, who: Someone, item: str = "potion") -> dict[str, Any]:
    """The sixth order of one thing within an hour."""
    for _ in range(5):
        assert (await shop.bought(who, item))["state"] == "placed"
    answer = await shop.buy(who, item, key="sixth")
    assert answer.status_code == 202, answer.text
    order: dict[str, Any] = answer.json()
    return order


async def test_the_sixth_of_a_kind_waits_and_costs_nothing_yet(shop: Shop) -> None:
    await shop.sell(potion(prices=[Price("gems", 100)]), potion("oil", prices=[Price("gems", 100)]))
    ada = await shop.buyer(900)
    order = await held(shop, ada)
    assert order["state"] == "review"
    assert await shop.balance(ada) == (400, 300, 0), "the price is set aside"
    assert await shop.things(ada) == {"potion": 5}
    assert (await shop.told())[-1] == "order.held"
    assert (await shop.bought(ada, "oil"))["state"] == "placed", "of another thing it would be the first"
    again = await shop.buy(ada, "potion", key="sixth")
    assert (again.status_code, again.json()) == (200, order)
    told = await shop.pool.fetchval("select body::text from kit.events where topic = 'order.held'")
    fact = msgspec.json.decode(told, type=orders.OrderHeld)
    assert fact.flags == ["velocity"]
    assert fact.told_to(frozenset(fact.audiences()) - {of_player(ada.player_id)}).flags == ["velocity"]
    assert fact.told_to(frozenset({of_player(ada.player_id)})).flags == [], "which rule it was is not the player's"
    await shop.holds()


async def test_an_approval_pays_and_hands_out(shop: Shop) -> None:
    operator, _ = await shop.people.begin()
    await shop.sell(potion(prices=[Price("gems", 100)]))
    ada = await shop.buyer(1_000)
    order = await held(shop, ada)
    sent = {"reason": "It is a guild master."}
    answers = await asyncio.gather(*(shop.act(f"{order['order_id']}/approve", sent, operator) for _ in range(5)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 4}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"not_in_review"}
    assert await shop.balance(ada) == (400, 400, 0)
    assert await shop.things(ada) == {"potion": 6}
    assert (await shop.people.audited("order_approved"))[0]["reason"] == sent["reason"]
    await shop.holds()


async def test_a_rejection_sets_everything_free(shop: Shop) -> None:
    operator, _ = await shop.people.begin()
    (cup,) = await shop.sell(
        draft("cup", stock=StockDraft(6), is_limited=True, max_per_player=6, prices=[Price("gems", 100)])
    )
    ada = await shop.buyer(1_000)
    order = await held(shop, ada, "cup")
    assert await shop.stock(cup) == 6, "what waits is kept for it"
    ben = await shop.buyer(1_000, "ben@example.com")
    assert (await shop.buy(ben, "cup")).json()["code"] == "sold_out"
    assert (await shop.act(f"{order['order_id']}/reject", {"reason": " "}, operator)).status_code == 422
    key = "decided"
    for _ in range(2):
        answer = await shop.act(f"{order['order_id']}/reject", {"reason": "A farm."}, operator, key)
        assert (answer.status_code, answer.json()["state"]) == (200, "rejected")
    assert await shop.balance(ada) == (500, 500, 0)
    assert await shop.stock(cup) == 5
    assert (await shop.buy(ben, "cup")).status_code == 201
    (seen,) = (await shop.people.api.get("/api/v1/store/purchases?limit=1", headers=ada.headers)).json()["items"]
    assert (seen["state"], seen["reason"]) == ("rejected", "A farm.")
    await shop.pool.execute("update orders.rules set is_on = false")
    assert (await shop.buy(ada, "cup")).json()["code"] == "sold_out", "and not: you have six"
    await shop.holds()


async def test_who_decides_at_the_same_moment_decides_once(shop: Shop) -> None:
    operator, _ = await shop.people.begin()
    await shop.sell(potion(prices=[Price("gems", 100)]))
    ada = await shop.buyer(1_000)
    order = await held(shop, ada)
    words = ["approve", "reject"] * 4
    answers = await asyncio.gather(
        *(shop.act(f"{order['order_id']}/{word}", {"reason": "Seen."}, operator) for word in words)
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 7}
    is_placed = next(answer for answer in answers if answer.status_code == 200).json()["state"] == "placed"
    assert await shop.balance(ada) == ((400, 400, 0) if is_placed else (500, 500, 0))
    await shop.holds()


async def test_nobody_waits_for_ever(shop: Shop) -> None:
    await shop.sell(potion(prices=[Price("gems", 100)]))
    ada = await shop.buyer(1_000)
    order = await held(shop, ada)
    assert await actions.give_up(shop.pool) == 0
    the_clock.set_offset(timedelta(hours=73))
    assert await actions.give_up(shop.pool) == 1
    assert await actions.give_up(shop.pool) == 0
    async with transaction(shop.pool) as tx:
        state = await tx.fetchval("select state from orders.orders where order_id = $1", order["order_id"])
        free = await tx.fetchrow(
            "select posted, held from ledger.balances join ledger.accounts using (account_id) where owner_id = $1"
            " and asset_id = (select asset_id from ledger.assets where code = 'gems')",
            ada.player_id,
        )
    assert state == "rejected"
    assert free is not None
    assert tuple(free) == (500, 0)
    await shop.holds()


async def test_what_waits_is_delivered_only_once_it_is_approved(shop: Shop) -> None:
    operator, _ = await shop.people.begin()
    await shop.sell(
        draft("letter", delivery=Delivery.EMAIL, metadata={"pool": "p"}, prices=[Price("gems", 10)])
    )  # fmt: skip
    ada = await shop.buyer(1_000)
    order = await held(shop, ada, "letter")
    assert await shop.pool.fetchval("select count(*) from fulfilment.deliveries") == 5
    assert (await shop.act(f"{order['order_id']}/approve", {"reason": "Fine."}, operator)).status_code == 200
    assert await shop.pool.fetchval("select count(*) from fulfilment.deliveries") == 6
    await shop.holds()


async def test_many_orders_from_one_address_wait(shop: Shop) -> None:
    await shop.sell(potion(prices=[Price("gems", 1)]))
    await shop.pool.execute("update orders.rules set count = 3 where code = 'address'")
    crowd = [await shop.buyer(10, f"crowd{at}@example.com") for at in range(5)]
    states = [(await shop.bought(who, "potion"))["state"] for who in crowd]
    assert states == ["placed"] * 3 + ["review"] * 2
    _, server = await shop.people.begin()
    body = {"transaction_id": "s", "items": [{"item": "potion"}], "player_id": str(crowd[0].player_id)}
    assert (await shop.people.post("/store/purchases", body, **server)).status_code == 201, "servers buy for many"


async def test_who_earns_like_nobody_who_plays_is_looked_at(shop: Shop) -> None:
    operator, _ = await shop.people.begin()
    await shop.sell(potion(prices=[Price("gems", 10)]))
    await shop.pool.execute("update orders.rules set count = 20 where code = 'earning'")
    ada, ben = await shop.buyer(100), await shop.buyer(100, "ben@example.com")
    for _ in range(20):
        await shop.pay(ada.player_id, 1)
    assert await actions.watch_earnings(shop.pool) == 1
    assert (await shop.bought(ada, "potion"))["state"] == "review"
    assert (await shop.bought(ben, "potion"))["state"] == "placed"
    listed = await shop.people.api.get("/api/v1/admin/order-suspects", headers=operator.headers)
    (suspect,) = listed.json()["items"]
    assert (suspect["player_id"], suspect["asset"], suspect["earnings"]) == (str(ada.player_id), "gems", 21)
    cleared = await shop.people.post(
        f"/admin/order-suspects/{ada.player_id}/clear", {"reason": "A tester."}, **operator.headers
    )
    assert cleared.json()["items"] == []
    assert (await shop.bought(ada, "potion"))["state"] == "placed"
    await actions.watch_earnings(shop.pool)
    assert (await shop.bought(ada, "potion"))["state"] == "placed", "of what they were cleared they stay cleared"
    gone = await shop.people.post(f"/admin/order-suspects/{ada.player_id}/clear", {"reason": "x"}, **operator.headers)
    assert (gone.status_code, gone.json()["code"]) == (404, "not_suspected")
    await shop.pool.execute("update orders.suspects set cleared_at = cleared_at - interval '61 minutes'")
    await actions.watch_earnings(shop.pool)
    assert (await shop.bought(ada, "potion"))["state"] == "review"


async def test_a_rule_is_changed_and_the_next_order_feels_it(shop: Shop) -> None:
    operator, _ = await shop.people.begin()
    await shop.sell(potion(prices=[Price("gems", 10)]))
    ada = await shop.buyer(100)
    rule = {"is_on": True, "count": 1, "seconds": 60, "action": "refuse", "reason": "A sale begins."}
    path = "/api/v1/admin/order-rules"
    assert (await shop.people.api.put(f"{path}/velocity", json=rule, headers=operator.headers)).status_code == 200
    assert (await shop.people.api.put(f"{path}/nothing", json=rule, headers=operator.headers)).status_code == 404
    wrong = rule | {"count": 0}
    assert (await shop.people.api.put(f"{path}/velocity", json=wrong, headers=operator.headers)).status_code == 422
    await shop.bought(ada, "potion")
    refused = await shop.buy(ada, "potion", key="later")
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (
        429, "too_many_purchases", "60",
    )  # fmt: skip
    the_clock.set_offset(timedelta(seconds=61))
    assert (await shop.buy(ada, "potion", key="later")).status_code == 201, "who may come back is not refused for good"
    rules = (await shop.people.api.get(path, headers=operator.headers)).json()["items"]
    assert {each["code"]: each["count"] for each in rules}["velocity"] == 1
    assert (await shop.people.audited("order_rule_changed"))[0]["reason"] == "A sale begins."
    assert orders.OrderHeld.topic == "order.held"


async def test_what_nobody_looked_at_until_its_hold_was_over_is_still_turned_down(shop: Shop) -> None:
    operator, _ = await shop.people.begin()
    (cup, _) = await shop.sell(
        draft("cup", stock=StockDraft(6), is_limited=True, prices=[Price("gems", 100)]),
        potion(prices=[Price("gems", 100)]),
    )
    ada = await shop.buyer(2_000)
    first = await held(shop, ada, "cup")
    orders_of_potions = [await shop.bought(ada, "potion") for _ in range(6)]
    assert orders_of_potions[-1]["state"] == "review"
    the_clock.set_offset(timedelta(hours=97))
    assert await end_holds(shop.pool) == 2
    operator = someone(await shop.people.refresh(operator.refresh_token))
    late = await shop.act(f"{first['order_id']}/approve", {"reason": "Fine."}, operator)
    assert (late.status_code, late.json()["code"]) == (409, "hold_expired")
    answer = await shop.act(f"{first['order_id']}/reject", {"reason": "Too late."}, operator)
    assert answer.status_code == 200, answer.text
    assert await shop.stock(cup) == 5
    assert await actions.give_up(shop.pool) == 1
    assert await shop.pool.fetchval("select count(*) from orders.orders where state = 'review'") == 0
    await shop.holds()
