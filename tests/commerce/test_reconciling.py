"""What does not agree is found, named once, settles by itself when it agrees, and has something that may be done."""

import asyncio
from typing import Any

import httpx

from playerbase.commerce import actions
from playerbase.kit.db import transaction
from tests.accounts.people import Someone
from tests.commerce.counters import CHEST, STEAM_ADA, Counter
from tests.commerce.test_receipts import sold


async def exceptions(counter: Counter, operator: Someone, state: str = "open") -> list[dict[str, Any]]:
    found = await counter.get(operator, f"/admin/reconciliation?state={state}")
    items: list[dict[str, Any]] = found["items"]
    return items


async def remedy(counter: Counter, operator: Someone, one: dict[str, Any], what: str) -> httpx.Response:
    path = f"/admin/reconciliation/{one['exception']['exception_id']}/{what}"
    return await counter.people.post(path, {"reason": "Looked into it"}, **operator.headers)


async def compare(counter: Counter, operator: Someone) -> dict[str, Any]:
    answer = await counter.people.post("/admin/reconciliation", {}, **operator.headers)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_what_agrees_is_not_listed(counter: Counter) -> None:
    operator, _ = await counter.people.begin()
    ada = await counter.player(steam=STEAM_ADA)
    await counter.bought(ada, CHEST["steam"])
    sale = sold(counter, "google", ada)
    await counter.present(ada, "google", sale)
    await counter.polled()
    await counter.people.later(hours=30)
    operator = await again(counter, operator)
    await counter.polled()
    assert await compare(counter, operator) == {"found": 0, "settled": 0}
    assert await exceptions(counter, operator) == []


async def again(counter: Counter, _: Someone) -> Someone:
    """The operator, signed in anew: a day has passed."""
    email = "operator-2@example.com"
    who = await counter.people.register(email, "Opal")
    await counter.pool.execute("insert into access.staff values ($1, '{admin}', 'test', now())", who.player_id)
    return who


async def test_sold_there_and_not_given_here_is_found_and_given(counter: Counter) -> None:
    operator, _ = await counter.people.begin()
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.begin(ada)
    (sale,) = counter.world.provider("steam").sales.values()
    sale.state = "Succeeded"
    await actions.read_feed(counter.pool, actions.STEAM_REPORT, at_once=True)
    # Kept, and never acted upon: as if every worker had been away.
    await counter.pool.execute("update commerce.statements set due_at = null")
    await counter.pool.execute("update commerce.orders set created_at = created_at - interval '2 days'")
    await counter.pool.execute("update commerce.statements set seen_at = seen_at - interval '2 days'")
    assert (await compare(counter, operator))["found"] == 2
    assert (await compare(counter, operator))["found"] == 2, "the same again"
    listed = {each["exception"]["kind"]: each for each in await exceptions(counter, operator)}
    assert set(listed) == {"paid_not_granted", "unknown_too_long"}
    done = await remedy(counter, operator, listed["paid_not_granted"], "grant")
    assert (done.status_code, done.json()["exception"]["state"]) == (200, "settled"), done.text
    assert await counter.wallet(ada) == (500, 0)
    assert (await counter.order(order["order_id"])).state == "granted"
    assert (await compare(counter, operator))["settled"] == 1
    assert await exceptions(counter, operator) == []
    assert len(await counter.people.audited("purchase_exception_settled")) == 1


async def test_a_receipt_of_another_is_accepted_with_a_reason_and_stays_so(counter: Counter) -> None:
    operator, _ = await counter.people.begin()
    ada, ben = await counter.player(), await counter.player("Ben")
    sale = sold(counter, "google")
    await counter.present(ada, "google", sale)
    await counter.present(ben, "google", sale)
    (one,) = await exceptions(counter, operator)
    assert one["remedies"] == ["accept"]
    assert (await remedy(counter, operator, one, "refund")).json()["code"] == "no_remedy"
    answers = await asyncio.gather(*(remedy(counter, operator, one, "accept") for _ in range(3)))
    assert 200 in {answer.status_code for answer in answers}
    await counter.present(ben, "google", sale)
    assert await exceptions(counter, operator) == []
    (kept,) = await exceptions(counter, operator, "accepted")
    assert kept["exception"]["reason"] == "Looked into it"
    assert (await remedy(counter, operator, one, "accept")).json()["code"] == "exception_closed"


async def test_books_that_lack_a_posting_are_found(counter: Counter) -> None:
    operator, _ = await counter.people.begin()
    ada = await counter.player()
    order = (await counter.present(ada, "google", sold(counter, "google", ada, CHEST["google"]))).json()
    await counter.pool.execute("update commerce.orders set granted_at = granted_at - interval '2 days'")
    assert (await compare(counter, operator))["found"] == 0
    await counter.pool.execute("update commerce.orders set given = 2 where order_id = $1", order["order_id"])
    assert (await compare(counter, operator))["found"] == 1
    (one,) = await exceptions(counter, operator)
    assert (one["exception"]["kind"], one["remedies"]) == ("books_differ", ["accept"])
    await counter.pool.execute("update commerce.orders set given = 1")


async def test_an_operator_has_steam_refund_it_once(counter: Counter) -> None:
    operator, _ = await counter.people.begin()
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.bought(ada)
    await counter.spend(ada, 100)
    await counter.pool.execute(
        "insert into commerce.exceptions select gen_random_uuid(), 'granted_not_paid', 'steam', $1::text, $1::uuid, $2,"
        " 'x', 'open', now()", order["order_id"], ada.player_id,
    )  # fmt: skip
    (one,) = await exceptions(counter, operator)
    answers = await asyncio.gather(*(remedy(counter, operator, one, "refund") for _ in range(4)))
    assert 200 in {answer.status_code for answer in answers}, [answer.text for answer in answers]
    assert (await counter.order(order["order_id"])).state == "refunded"
    assert await counter.wallet(ada) == (0, 100)
    (sale,) = counter.world.provider("steam").sales.values()
    assert sale.state == "Refunded"
    await counter.polled()
    assert await counter.wallet(ada) == (0, 100)
    whole = await counter.get(operator, f"/admin/commerce/orders/{order['order_id']}")
    assert (whole["order"]["state"], [each["source"] for each in whole["refunds"]]) == ("refunded", ["operator"])
    assert {each["kind"] for each in whole["statements"]} == {"refund"}
    assert len(await counter.people.audited("purchase_refunded")) == 1


async def test_a_lost_answer_to_a_refund_is_asked_about(counter: Counter) -> None:
    operator, _ = await counter.people.begin()
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.bought(ada)
    (sale,) = counter.world.provider("steam").sales.values()
    # The money went back, and whoever asked for it was gone before hearing so.
    counter.happen("steam", sale.id, "refund")
    async with transaction(counter.pool) as tx:
        await tx.execute("update commerce.orders set step = 'refund', look_at = now() - interval '1 minute'")
    await actions.look_into_due(counter.pool)
    found = await counter.order(order["order_id"])
    assert (found.state, found.step, await counter.wallet(ada)) == ("refunded", "", (0, 0))
    orders = await counter.get(operator, "/admin/commerce/orders?state=refunded&platform=steam")
    assert [each["order_id"] for each in orders["items"]] == [order["order_id"]]


async def test_the_bounds_are_decided_by_staff_and_written_down(counter: Counter) -> None:
    operator, _ = await counter.people.begin()
    ada = await counter.player()
    before = await counter.get(operator, "/admin/commerce/settings")
    assert before["abandon_seconds"] == 3_600
    path = "/api/v1/admin/commerce/settings"
    wrong = await counter.people.api.put(path, json={"abandon_seconds": 0}, headers=operator.headers)
    assert wrong.status_code == 422
    done = await counter.people.api.put(path, json={"abandon_seconds": 600}, headers=operator.headers)
    assert (done.json()["abandon_seconds"], done.json()["open_orders_max"]) == (600, 5)
    assert (await counter.people.api.get(path, headers=ada.headers)).status_code == 403
    assert len(await counter.people.audited("commerce_settings_changed")) == 1
