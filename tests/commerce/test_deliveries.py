"""What is bought on a platform and delivered outside the game; the letter of a refund; and who paid, sealed."""

from typing import Any

import pytest

from playerbase import commerce, fulfilment
from playerbase.catalog import Delivery, ItemType, Part
from playerbase.kit.crypto import Keys
from playerbase.kit.db import transaction
from tests.accounts.letterbox import Letterbox, letterbox
from tests.accounts.people import Someone
from tests.catalog.things import bundle, draft, put
from tests.commerce.counters import SKUS, STEAM_ADA, Counter, skus
from tests.commerce.test_receipts import sold
from tests.conftest import SECRET

__all__ = ["letterbox"]

NAMES = {"google": "com.example.parcel"}


async def parcel(counter: Counter) -> None:
    """A bundle of gems, a token that takes effect, and a voucher of a pool that is empty."""
    async with transaction(counter.pool) as tx:
        await put(
            tx,
            draft("token", type=ItemType.CONSUMABLE, delivery=Delivery.FUNCTIONAL, metadata={"effect": "shine"}),
            draft("voucher", type=ItemType.CONSUMABLE, delivery=Delivery.EMAIL, metadata={"pool": "tea"}),
            bundle(
                "parcel", prices=[], skus=skus(NAMES),
                parts=[
                    Part(quantity=1, item="token"), Part(quantity=2, item="voucher"), Part(quantity=7, asset="gems"),
                ],
            ),
        )  # fmt: skip


async def delivered(counter: Counter) -> tuple[Someone, Any, list[str]]:
    shone: list[str] = []

    async def shine(_: Any, delivery: fulfilment.Delivery) -> None:
        shone.append(delivery.item_code)

    fulfilment.use_effects({"shine": shine})
    await parcel(counter)
    ada = await counter.player()
    sale = sold(counter, "google", ada, NAMES["google"])
    assert (await counter.present(ada, "google", sale)).json()["state"] == "granted"
    await counter.people.api.drain()
    return ada, sale, shone


async def states(counter: Counter) -> dict[str, str]:
    rows = await counter.pool.fetch("select item_code, state from fulfilment.deliveries")
    return {row["item_code"]: row["state"] for row in rows}


async def test_each_part_goes_its_own_way_and_a_refund_stops_what_can_be_stopped(counter: Counter) -> None:
    ada, sale, shone = await delivered(counter)
    assert (await counter.wallet(ada), shone, await counter.things(ada)) == ((7, 0), ["token"], [])
    assert await states(counter) == {"token": "completed", "voucher": "pending"}
    counter.happen("google", sale.id, "refund")
    await counter.polled()
    assert await states(counter) == {"token": "completed", "voucher": "cancelled"}
    (refund,) = (await counter.get(ada, "/commerce/refunds"))["items"]
    lost = {each["item"]: (each["taken"], each["lost"]) for each in refund["items"]}
    assert lost == {"token": (0, 1), "voucher": (2, 0)}
    assert await counter.pool.fetchval("select count(*) from commerce.exceptions") == 0


async def test_what_will_not_be_delivered_waits_for_somebody(counter: Counter) -> None:
    ada, _, _ = await delivered(counter)
    async with transaction(counter.pool) as tx:
        order_id = await tx.fetchval("select order_id from commerce.orders")
        for each in await fulfilment.of_order(tx, order_id):
            await fulfilment.cancel(tx, each.line_id, "sold out")
    await counter.people.api.drain()
    rows = await counter.pool.fetch("select kind, state, player_id from commerce.exceptions")
    assert [(row["kind"], row["state"], row["player_id"]) for row in rows] == [("not_delivered", "open", ada.player_id)]


async def test_a_letter_says_what_was_taken_and_what_is_owed(counter: Counter, letterbox: Letterbox) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    await counter.pool.execute("update access.credentials set verified_at = now()")
    await letterbox.come()
    await counter.bought(ada, SKUS["steam"])
    await counter.spend(ada, 200)
    (sale,) = counter.world.provider("steam").sales.values()
    counter.happen("steam", sale.id, "refund")
    await counter.polled()
    letters = [each for each in await letterbox.come() if "refunded" in each.subject]
    assert [each.subject for each in letters] == ["Your purchase of Gems 500 was refunded"]
    assert "Steam gave you back" in letters[0].text
    assert "You owe" in letters[0].text


async def test_who_paid_lies_sealed_and_moves_to_a_new_secret(counter: Counter) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    await counter.begin(ada)
    before = await counter.pool.fetchval("select account from commerce.orders")
    assert STEAM_ADA.encode() not in before
    renewed = Keys.derive(bytes(range(1, 33)), [SECRET])
    assert await commerce.reseal(counter.pool, renewed) == (1, 0)
    assert await counter.pool.fetchval("select account from commerce.orders") != before
    assert await commerce.reseal(counter.pool, renewed) == (0, 0)


@pytest.mark.parametrize("path", ["/commerce/orders", "/commerce/refunds"])
async def test_lists_are_the_player_s_own_and_come_in_pages(counter: Counter, path: str) -> None:
    ada, ben = await counter.player(), await counter.player("Ben")
    for _ in range(3):
        sale = sold(counter, "google", ada)
        await counter.present(ada, "google", sale)
        counter.happen("google", sale.id, "refund")
    await counter.polled()
    first = await counter.get(ada, f"{path}?limit=2")
    rest = await counter.get(ada, f"{path}?limit=2&cursor={first['next_cursor']}")
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    assert (await counter.get(ben, path))["items"] == []
