"""What is watched beside the orders: the ledger, parts that did not come, and the bounds of an order."""

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from playerbase import commands, settings
from playerbase.catalog import Delivery, Price
from playerbase.kit import clock as the_clock
from playerbase.kit.db import reading
from playerbase.ledger.actions import end_holds
from playerbase.orders import actions
from playerbase.orders.actions import comparing
from playerbase.orders.routes import reviewing
from tests.accounts.people import Someone
from tests.catalog.things import bundle, draft, potion
from tests.conftest import SECRET
from tests.orders.shop import Shop
from tests.orders.test_reviewing import held

SPOIL = "update orders.orders set refunded = $2 where order_id = $1"


@pytest.fixture
async def operator(shop: Shop) -> Someone:
    found, _ = await shop.people.begin()
    return found


async def differing(shop: Shop) -> list[tuple[int, int]]:
    async with reading(shop.pool) as db:
        return [(each.expected, each.found) for each in await actions.findings(db)]


async def test_a_difference_is_kept_until_it_is_right_again(shop: Shop) -> None:
    await shop.sell(potion(prices=[Price("gems", 100)]))
    ada = await shop.buyer(1_000)
    order = await shop.bought(ada, ("potion", 5))
    await shop.bought(ada, "potion")
    assert await actions.compare_lately(shop.pool) == 0
    await shop.pool.execute(SPOIL, order["order_id"], 40)
    assert await actions.compare_lately(shop.pool) == 1
    await shop.pool.execute(SPOIL, order["order_id"], 60)
    assert await actions.compare_lately(shop.pool) == 1
    assert await differing(shop) == [(440, 500)]
    await shop.pool.execute(SPOIL, order["order_id"], 0)
    assert await actions.compare_lately(shop.pool) == 0
    assert await differing(shop) == []
    await shop.holds()


async def test_the_proof_of_the_ledger_looks_at_every_order(
    shop: Shop, dsn: str, redis_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await shop.sell(potion(prices=[Price("gems", 100)]))
    ada = await shop.buyer(1_000)
    order = await shop.bought(ada, ("potion", 5))
    told = settings.read(
        {
            "DATABASE_URL": dsn, "REDIS_URL": redis_url, "PUBLIC_URL": "http://test", "PLAYERBASE_HOME": str(tmp_path),
            "PLAYERBASE_SECRET": base64.b64encode(SECRET).decode(),
        }
    )  # fmt: skip

    async def proved(*, as_json: bool = False) -> tuple[int, str]:
        capsys.readouterr()
        code = await commands.prove_command(told, as_json=as_json)
        return code, "".join(line for line in capsys.readouterr().out.splitlines(keepends=True) if '"time"' not in line)

    code, said = await proved()
    assert code == 0, said
    assert said.endswith("Every order is paid once, its refunds taken off.\n")
    await shop.pool.execute(SPOIL, order["order_id"], 40)
    code, said = await proved()
    assert code == 1
    assert f"Order {order['order_id']} should have brought in 460 gems, and the ledger has 500." in said
    code, said = await proved(as_json=True)
    assert code == 1
    assert msgspec.json.decode(said)["orders"]["differences"][0]["expected"] == 460


async def test_a_part_that_did_not_come_waits_for_a_decision(shop: Shop, operator: Someone) -> None:
    letter = draft("letter", delivery=Delivery.EMAIL, metadata={"pool": "p"}, prices=[Price("gems", 300)])
    await shop.sell(letter, potion(), bundle("chest", "letter", ("potion", 2), prices=[Price("gems", 500)]))
    ada = await shop.buyer(2_000)
    first, second = await shop.bought(ada, "chest"), await shop.bought(ada, "chest")
    for each in await shop.pool.fetch("select delivery_id from fulfilment.deliveries"):
        answer = await shop.people.post(
            f"/admin/fulfilments/{each['delivery_id']}/cancel", {"reason": "No more codes."}, **operator.headers
        )
        assert answer.status_code == 200, answer.text
    await shop.people.api.drain()
    assert (await shop.balance(ada))[0] == 1_000, "a part has no price of its own"
    assert await waiting(shop) == {first["order_id"], second["order_id"]}
    back = await shop.act(f"{first['order_id']}/refund", {"reason": "No codes.", "on_shortfall": "refuse"}, operator)
    assert back.status_code == 200, back.text
    assert await waiting(shop) == {second["order_id"]}
    await shop.holds()


async def waiting(shop: Shop) -> set[str]:
    async with reading(shop.pool) as db:
        return {str(each.order_id) for each in await actions.undelivered(db)}


async def test_what_a_rule_saw_is_kept_with_the_order(shop: Shop) -> None:
    await shop.sell(potion(prices=[Price("gems", 100)]))
    ada = await shop.buyer(1_000)
    order = await held(shop, ada)
    rows = await shop.pool.fetch("select order_id, rule, count, bound, seconds from orders.signs")
    assert [(str(row[0]), *tuple(row)[1:]) for row in rows] == [(order["order_id"], "velocity", 5, 5, 3_600)]


async def test_a_check_goes_on_where_it_stopped(shop: Shop, operator: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    await shop.sell(potion(prices=[Price("gems", 10)]))
    ada = await shop.buyer(1_000)
    first, second, third = [(await shop.bought(ada, "potion"))["order_id"] for _ in range(3)]
    await shop.pool.execute("update orders.orders set total = total + 1 where order_id <> $1", UUID(second))
    monkeypatch.setattr(comparing, "SLICE", 1)
    monkeypatch.setattr(reviewing, "SLICES", 2)
    path = "/api/v1/admin/orders/check"
    asked: dict[str, Any] = {}
    found: list[str] = []
    for _ in range(3):
        answer = await shop.people.api.post(path, json=asked, headers=operator.headers)
        assert answer.status_code == 200, answer.text
        found += [each["order_id"] for each in answer.json()["items"]]
        asked = {"cursor": answer.json()["next_cursor"]}
        if asked["cursor"] is None:
            break
    assert found == [third, first]
    other = await shop.people.api.post(
        path, json={"since": "2020-01-01T00:00:00Z", "cursor": "ab.cd"}, headers=operator.headers
    )
    assert other.status_code == 400
    await shop.pool.execute("update orders.orders set total = total - 1 where order_id <> $1", UUID(second))


async def test_the_bounds_of_an_order_are_an_operators(shop: Shop, operator: Someone) -> None:
    await shop.sell(potion(prices=[Price("gems", 10)]))
    ada = await shop.buyer(1_000)
    path = "/api/v1/admin/order-settings"
    wanted: dict[str, Any] = {"lines_max": 1, "quantity_max": 3, "review_hours": 24, "reason": "A sale begins."}
    put = await shop.people.api.put(path, json=wanted, headers=operator.headers)
    assert (put.status_code, put.json()["quantity_max"]) == (200, 3), put.text
    assert (await shop.buy(ada, ("potion", 4))).json()["code"] == "quantity_too_large"
    assert (await shop.buy(ada, ("potion", 3))).status_code == 201
    for wrong in ({"lines_max": 0}, {"review_hours": 721}, {"quantity_max": True}, {"reason": " "}, {"more": 1}):
        refused = await shop.people.api.put(path, json=wanted | wrong, headers=operator.headers)
        assert refused.status_code == 422, wrong
    assert (await shop.people.api.put(path, json=wanted, headers=ada.headers)).status_code == 403
    assert (await shop.people.api.get(path, headers=operator.headers)).json()["review_hours"] == 24
    assert (await shop.people.audited("order_settings_changed"))[0]["reason"] == "A sale begins."


async def test_a_review_that_outlasts_its_hold_is_turned_down_all_the_same(shop: Shop, operator: Someone) -> None:
    await shop.sell(potion(prices=[Price("gems", 100)]))
    ada = await shop.buyer(1_000)
    order = await held(shop, ada)
    wanted = {"lines_max": 20, "quantity_max": 10, "review_hours": 720, "reason": "A long weekend."}
    await shop.people.api.put("/api/v1/admin/order-settings", json=wanted, headers=operator.headers)
    await shop.people.later(hours=97)
    assert await end_holds(shop.pool) == 1
    await shop.pool.execute("update orders.settings set review_hours = 72")
    assert await actions.give_up(shop.pool) == 1
    state = await shop.pool.fetchval("select state from orders.orders where order_id = $1", order["order_id"])
    assert state == "rejected"
    the_clock.set_offset(timedelta())
