"""The forms of the console about orders, without a browser: what they do once, what they refuse, and who may."""

import re
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from playerbase.catalog import Delivery, Price
from playerbase.orders import actions
from tests.accounts.desks import Desk, deeds, desk
from tests.accounts.people import Someone
from tests.catalog.things import bundle, draft, potion
from tests.orders.shop import Shop
from tests.orders.test_comparing import SPOIL
from tests.orders.test_reviewing import held

HERE = "/console/orders"


@pytest.fixture
async def clerk(shop: Shop) -> Desk:
    return await desk(shop.people, "economy", "eve@example.com", "Eve")


async def post(clerk: Desk, path: str, **form: Any) -> httpx.Response:
    clerk.people.api.cookies.clear()
    return await clerk.send("POST", path, form=form, signed_by=clerk.own)


async def sold(shop: Shop) -> tuple[Someone, str]:
    """An order of five potions and an oil, and the way to its page."""
    await shop.sell(potion(prices=[Price("gems", 100)]), potion("oil", prices=[Price("gems", 30)]))
    ada = await shop.buyer(1_000)
    order = await shop.bought(ada, ("potion", 5), "oil")
    return ada, f"{HERE}/{order['order_id']}"


async def test_a_form_gives_back_once_and_looks_without_doing(shop: Shop, clerk: Desk) -> None:
    ada, here = await sold(shop)
    form = {"lines": ["1", "2"], "quantities": ["2", "0"], "once": str(uuid4()), "on_shortfall": "refuse"}
    seen = await post(clerk, f"{here}/refund", **form, look="yes")
    assert seen.status_code == 200, seen.text
    for said in ("Goes through", "2.00", "has 5"):
        assert said in seen.text, said
    assert await shop.balance(ada) == (470, 470, 0), "looking changes nothing"
    assert await deeds(shop.people, "order_refunded") == []
    unsaid = await post(clerk, f"{here}/refund", **form)
    assert (unsaid.status_code, "Say why" in unsaid.text) == (422, True)
    for _ in range(3):
        done = await post(clerk, f"{here}/refund", **form, reason="A ticket")
        assert (done.status_code, done.headers["location"]) == (303, f"{here}?told=refunded")
    assert await shop.balance(ada) == (670, 670, 0)
    page = (await clerk.get(here)).text
    assert "A ticket" in page
    assert "/console/ledger/transactions/" in page
    assert len(await deeds(shop.people, "order_refunded")) == 1
    await shop.holds()


async def test_a_field_that_is_left_empty_moves_no_other(shop: Shop, clerk: Desk) -> None:
    ada, here = await sold(shop)
    answer = await post(clerk, f"{here}/refund", lines=["1", "2"], quantities=["", "1"], reason="A ticket")
    assert answer.status_code == 422
    assert "Say of each line how many go back" in answer.text
    for quantities in (["x", "1"], ["-1", "1"], ["1.5", "0"]):
        wrong = await post(clerk, f"{here}/refund", lines=["1", "2"], quantities=quantities, reason="A ticket")
        assert (wrong.status_code, "whole number" in wrong.text) == (422, True)
    none = await post(clerk, f"{here}/refund", lines=["1", "2"], quantities=["0", "0"], reason="A ticket")
    assert (none.status_code, "at least one line" in none.text) == (422, True)
    more = await post(clerk, f"{here}/refund", lines=["1"], quantities=["6"], reason="A ticket")
    assert more.status_code == 422
    assert await shop.balance(ada) == (470, 470, 0)
    await shop.holds()


async def test_what_was_drunk_is_seen_before_and_refused_or_owed(shop: Shop, clerk: Desk) -> None:
    ada, here = await sold(shop)
    sip = {"quantity": 3, "transaction_id": "sip"}
    assert (await shop.people.post("/inventory/potion/consume", sip, **ada.headers)).status_code == 200
    form = {"lines": ["1"], "quantities": ["5"], "look": "yes"}
    seen = (await post(clerk, f"{here}/refund", **form)).text
    assert "Refused" in seen
    assert "too few" in seen
    owed = (await post(clerk, f"{here}/refund", **form, on_shortfall="debt")).text
    assert "the rest is owed" in owed
    assert "Goes through" in owed


async def test_a_decision_is_made_once_and_says_why(shop: Shop, clerk: Desk) -> None:
    await shop.sell(potion(prices=[Price("gems", 100)]))
    ada = await shop.buyer(1_000)
    order = await held(shop, ada)
    here = f"{HERE}/{order['order_id']}"
    assert "5 orders of it in an hour before this one; 5 are borne" in (await clerk.get("/console/reviews")).text
    assert "An order waits for a review" in (await clerk.get("/console")).text
    assert (await post(clerk, f"{here}/approve", reason=" ")).status_code == 422
    done = await post(clerk, f"{here}/approve", reason="A guild", back="queue")
    assert done.headers["location"] == "/console/reviews?told=approved"
    assert (await post(clerk, f"{here}/reject", reason="A farm")).status_code == 409
    page = (await clerk.get(here)).text
    assert re.search(r"Approved by\s+<a href=\"/console/players/", page)
    assert "A guild" in page
    assert await shop.things(ada) == {"potion": 6}


async def test_a_part_that_did_not_come_is_decided_over(shop: Shop, clerk: Desk) -> None:
    letter = draft("letter", delivery=Delivery.EMAIL, metadata={"pool": "p"})
    await shop.sell(letter, potion(), bundle("chest", "letter", ("potion", 2), prices=[Price("gems", 500)]))
    ada = await shop.buyer(2_000)
    here = f"{HERE}/{(await shop.bought(ada, 'chest'))['order_id']}"
    delivery = await shop.pool.fetchval("select delivery_id from fulfilment.deliveries")
    await post(clerk, f"/console/fulfilments/{delivery}/cancel", reason="No more codes")
    await shop.people.api.drain()
    assert "A part of Chest was not delivered" in (await clerk.get("/console")).text
    page = (await clerk.get(here)).text
    assert "was not delivered." in page
    (path,) = re.findall(rf'href="({here}/parts/[^"]+)"', page)
    assert (await clerk.get(path)).status_code == 200
    assert (await post(clerk, path, reason="")).status_code == 422
    assert (await post(clerk, path, reason="They keep the rest")).headers["location"] == f"{here}?told=let"
    assert "was not delivered" not in (await clerk.get("/console")).text
    assert (await post(clerk, path, reason="Again")).status_code == 409
    assert [deed[4] for deed in await deeds(shop.people, "order_part_let_be")] == ["They keep the rest"]


async def test_a_difference_is_shown_and_goes(shop: Shop, clerk: Desk) -> None:
    _, here = await sold(shop)
    order_id = UUID(here.rpartition("/")[2])
    await shop.pool.execute(SPOIL, order_id, 30)
    await actions.compare_lately(shop.pool)
    for path in ("/console", here, f"{HERE}/differences"):
        assert "ledger" in (await clerk.get(path)).text
    assert "An order is not what the ledger says" in (await clerk.get("/console")).text
    assert "5.30" in (await clerk.get(f"{HERE}/differences")).text
    await shop.pool.execute(SPOIL, order_id, 0)
    await actions.compare_lately(shop.pool)
    assert "Nothing differs" in (await clerk.get(f"{HERE}/differences")).text
    assert "not what the ledger says" not in (await clerk.get("/console")).text


async def test_orders_are_found(shop: Shop, clerk: Desk) -> None:
    ada, here = await sold(shop)
    await shop.buy(await shop.buyer(500, "ben@example.com"), "oil")
    for query, count in (
        ("", 2), ("player=ben", 1), (f"player={ada.player_id}", 1), ("player=nobody-at-all", 0), ("item=potion", 1),
        ("item=nothing", 0), ("currency=coins", 0), ("currency=gems", 2), ("refunded=yes", 0), ("state=review", 0),
        ("since=2020-01-01", 2), ("until=2020-01-01", 0), ("since=nonsense", 2),
    ):  # fmt: skip
        page = (await clerk.get(f"{HERE}?{query}")).text
        assert len(re.findall(r'data-key="', page.partition("<tbody>")[2])) == count, query
    assert "No such player" in (await clerk.get(f"{HERE}?player=nobody-at-all")).text
    assert "Bought Potion" in (await clerk.get(f"/console/players/{ada.player_id}")).text
    assert here in (await clerk.get(f"/console/players/{ada.player_id}")).text


async def test_who_may_look_may_not_act(shop: Shop, clerk: Desk) -> None:
    _, here = await sold(shop)
    sam = await desk(shop.people)
    page = (await sam.get(here)).text
    assert "The order" in page
    assert "Give back…" not in page
    assert (await sam.get(f"{here}/refund")).status_code == 403
    assert (await post(sam, f"{here}/refund", lines=["1"], quantities=["1"], reason="x")).status_code == 403
    lines = {"value": "1", "reason": "x"}
    assert (await post(sam, "/console/settings/orders/lines_max", **lines)).status_code == 403
    assert (await clerk.get("/console/order-rules")).status_code == 200


async def test_the_rules_are_forms(shop: Shop, clerk: Desk) -> None:
    rule = {"count": "3", "within": "2", "unit": "hours", "action": "refuse", "is_on": "true", "reason": "A sale"}
    done = await post(clerk, "/console/order-rules/velocity/change", **rule)
    assert done.headers["location"] == "/console/order-rules?told=rule"
    row = await shop.pool.fetchrow("select count, seconds, action, is_on from orders.rules where code = 'velocity'")
    assert row is not None
    assert tuple(row) == (3, 7_200, "refuse", True)
    too_long = await post(clerk, "/console/order-rules/velocity/change", **rule | {"within": "31", "unit": "days"})
    assert too_long.status_code == 422
    assert (await post(clerk, "/console/order-rules/nothing/change", **rule)).status_code == 404
    page = (await clerk.get("/console/order-rules")).text
    assert "2 hours" in page
    assert "is refused" in page
