"""Purchases at Steam: begun, approved, finalized, asked about, abandoned."""

import asyncio
from uuid import UUID

import pytest

from playerbase import catalog
from playerbase.catalog import ItemType, Part
from playerbase.catalog.model import ItemDraft
from playerbase.commerce import actions
from playerbase.commerce.actions import Checkout
from playerbase.commerce.model import PurchaseEnded
from playerbase.kit.db import transaction
from playerbase.payments import PaymentUnknownOutcome
from playerbase.simulators.world import Fault
from tests.catalog.things import BY
from tests.commerce.counters import BLADE, CHEST, SKUS, STEAM_ADA, Counter, skus


async def test_a_purchase_from_checkout_to_the_wallet(counter: Counter) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.begin(ada, transaction_id="first")
    assert (order["state"], order["amount"], order["currency"]) == ("started", 499, "EUR")
    early = await counter.finalize(ada, order)
    assert (early.status_code, early.json()["code"], early.json()["reason"]) == (409, "payment_refused", "not_approved")
    counter.happen("steam", order["platform_order_id"], "approve")
    done = (await counter.finalize(ada, order)).json()
    assert (done["state"], done["name"]) == ("granted", "Gems 500")
    assert await counter.wallet(ada) == (500, 0)
    again = (await counter.finalize(ada, order)).json()
    assert again == done
    assert await counter.topics() == ["purchase.granted"]
    assert [each["order_id"] for each in (await counter.get(ada, "/commerce/orders"))["items"]] == [order["order_id"]]
    assert await counter.get(ada, f"/commerce/orders/{order['order_id']}") == done


async def test_a_chest_is_opened_into_things_stacks_and_sums(counter: Counter) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    await counter.bought(ada, CHEST["steam"], quantity=2)
    assert await counter.things(ada) == ["blade", "potion"]
    assert (await counter.wallet(ada), await counter.wallet(ada, "item:potion")) == ((400, 0), (10, 0))


async def test_what_is_given_is_what_was_sold_whatever_was_edited_since(counter: Counter) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.begin(ada)
    async with transaction(counter.pool) as tx:
        present = await catalog.item(tx, "gems_500")
        draft = ItemDraft(
            name="Now ten", type=ItemType.BUNDLE, parts=[Part(quantity=10, asset="gems")], skus=skus(SKUS),
        )  # fmt: skip
        await catalog.update_item(tx, "gems_500", draft, present.version, BY)
    counter.happen("steam", order["platform_order_id"], "approve")
    await counter.finalize(ada, order)
    assert await counter.wallet(ada) == (500, 0)


async def test_the_same_name_is_the_same_order(counter: Counter) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    first = await counter.begin(ada, transaction_id="x1", session="web")
    assert first["approve_url"].startswith(counter.world.url)
    assert await counter.begin(ada, transaction_id="x1", session="web") == first
    other = await counter.post(ada, "/steam/checkout", sku=BLADE["steam"], transaction_id="x1")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert len(counter.world.provider("steam").sales) == 1


async def test_forty_finalize_at_once_and_it_is_given_once(counter: Counter) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.begin(ada)
    counter.happen("steam", order["platform_order_id"], "approve")
    answers = await asyncio.gather(*(counter.finalize(ada, order) for _ in range(40)))
    assert {answer.status_code for answer in answers} == {200}
    assert (await counter.finalize(ada, order)).json()["state"] == "granted"
    assert await counter.wallet(ada) == (500, 0)
    assert await counter.topics() == ["purchase.granted"]


async def test_ten_checkouts_under_one_name_at_once_are_one_order(counter: Counter) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    answers = await asyncio.gather(
        *(counter.post(ada, "/steam/checkout", sku=SKUS["steam"], transaction_id="one") for _ in range(10))
    )
    assert len({answer.json()["order_id"] for answer in answers}) == 1
    assert len(counter.world.provider("steam").sales) == 1


async def test_a_lost_answer_to_finalize_is_asked_about_and_given_once(counter: Counter) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.begin(ada)
    counter.happen("steam", order["platform_order_id"], "approve")
    counter.world.provider("steam").break_next(Fault.LOST, 1)
    counter.world.slow_seconds = 60.0
    await counter.impatient()
    doubt = (await counter.finalize(ada, order)).json()
    assert doubt["state"] == "unknown"
    assert await counter.wallet(ada) == (0, 0)
    await counter.people.later(minutes=2)
    await actions.look_into_due(counter.pool)
    assert (await counter.order(order["order_id"])).state == "granted"
    assert (await counter.finalize(ada, order)).json()["state"] == "granted"
    assert await counter.wallet(ada) == (500, 0)


async def test_a_lost_answer_to_checkout_is_abandoned_and_its_name_is_free(counter: Counter) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    counter.world.provider("steam").break_next(Fault.LOST, 1)
    counter.world.slow_seconds = 60.0
    await counter.impatient()
    wish = Checkout(
        player_id=ada.player_id, sku=SKUS["steam"], quantity=1, key="k", language="en", ip_address=None,
        return_url=None,
    )  # fmt: skip
    with pytest.raises(PaymentUnknownOutcome):
        await actions.check_out(counter.pool, wish)
    order, is_new = await actions.check_out(counter.pool, wish)
    assert is_new
    await counter.people.later(minutes=2)
    await actions.look_into_due(counter.pool)
    first, second = sorted([await counter.order(each) for each in await ids(counter)], key=lambda one: one.order_id)
    assert (first.state, second.state, second.order_id) == ("abandoned", "started", order.order_id)


async def test_who_declines_gets_nothing_and_hears_so(counter: Counter) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.begin(ada)
    counter.happen("steam", order["platform_order_id"], "decline")
    answer = await counter.finalize(ada, order)
    assert (answer.status_code, answer.json()["reason"]) == (409, "declined")
    assert (await counter.order(order["order_id"])).state == "failed"
    assert await counter.topics() == ["purchase.failed"]


async def test_what_nobody_finishes_is_abandoned_and_not_finalized(counter: Counter) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.begin(ada)
    counter.happen("steam", order["platform_order_id"], "approve")
    await counter.people.later(minutes=59)
    await actions.look_into_due(counter.pool)
    assert (await counter.order(order["order_id"])).state == "started"
    await counter.people.later(minutes=2)
    await actions.look_into_due(counter.pool)
    assert (await counter.order(order["order_id"])).state == "abandoned"
    # Nor when its buyer comes back after all: they were told that it is over.
    with pytest.raises(PurchaseEnded):
        await actions.verify_order(counter.pool, ada.player_id, UUID(order["order_id"]))
    (sale,) = counter.world.provider("steam").sales.values()
    assert sale.state == "Approved"


async def test_an_order_that_steam_has_otherwise_is_not_finalized(counter: Counter) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.begin(ada)
    counter.happen("steam", order["platform_order_id"], "approve")
    (sale,) = counter.world.provider("steam").sales.values()
    sale.lines[0].amount = 1
    answer = await counter.finalize(ada, order)
    assert (answer.status_code, answer.json()["reason"]) == (409, "amount")
    assert (sale.state, await counter.wallet(ada)) == ("Approved", (0, 0))


async def test_who_is_not_linked_or_asks_for_another_s_is_refused(counter: Counter) -> None:
    ben = await counter.player("Ben")
    answer = await counter.post(ben, "/steam/checkout", sku=SKUS["steam"])
    assert (answer.status_code, answer.json()["code"]) == (403, "platform_not_linked")
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.begin(ada)
    assert (await counter.finalize(ben, order)).status_code == 404
    strange = await counter.post(ada, "/steam/checkout", sku="nothing")
    assert (strange.status_code, strange.json()["code"]) == (404, "sku_unknown")
    for quantity in (0, -1, 101, 1.5):
        assert (await counter.post(ada, "/steam/checkout", sku=SKUS["steam"], quantity=quantity)).status_code == 422


async def test_no_more_than_a_few_are_open_at_once(counter: Counter) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    for number in range(5):
        await counter.begin(ada, transaction_id=str(number))
    answer = await counter.post(ada, "/steam/checkout", sku=SKUS["steam"], transaction_id="six")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_open")


async def ids(counter: Counter) -> list[str]:
    return [str(row["order_id"]) for row in await counter.pool.fetch("select order_id from commerce.orders")]
