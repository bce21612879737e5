"""The shop of the portal in a browser: found, bought by the keyboard alone, once; at both sizes and in both themes."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from playerbase.catalog import CosmeticType, Delivery, Price, Rarity, Status, StockDraft
from playerbase.kit import clock
from playerbase.kit.db import transaction
from tests.catalog.things import bundle, draft, potion, put
from tests.console.browser import Visitor
from tests.console.house import House
from tests.console.test_inventory import right_everywhere
from tests.console.test_orders import buy, pay, settle_rules
from tests.console.test_portal import arrive, enter

LONG = "A banner whose name is as long as the name of anything may be in this shop: all of a hundred charact"
SKIN: dict[str, Any] = {"cosmetic": CosmeticType.SKIN, "slot": "blade"}


@pytest.fixture(scope="module", autouse=True)
async def _wares(house: House) -> AsyncIterator[None]:
    """Something of everything that can be said of an item."""
    soon = clock.now() + timedelta(days=3)
    async with transaction(house.pool) as tx:
        await put(
            tx,
            draft("ware_blade", rarity=Rarity.LEGENDARY, max_per_player=1, prices=[Price("gems", 90_000)], **SKIN),
            potion("ware_brew", prices=[Price("coins", 20), Price("gems", 150)], description="Tastes of tin."),
            draft("ware_banner", name=LONG, rarity=Rarity.EPIC, is_limited=True, available_until=soon),
            draft("ware_crown", rarity=Rarity.RARE, status=Status.COMING_SOON),
            draft("ware_cup", rarity=Rarity.UNCOMMON, is_limited=True, stock=StockDraft(1)),
            draft("ware_letter", delivery=Delivery.EMAIL, metadata={"pool": "ware"}, prices=[Price("gems", 900)]),
        )
        await put(
            tx, bundle("ware_chest", "ware_banner", ("ware_brew", 3), "ware_letter", prices=[Price("gems", 4_000)])
        )
    await pay(house.pool, house.players[5], 100_000)
    await buy(house.pool, house.players[5], ("ware_cup", 1))
    yield
    await settle_rules(house.pool)


async def test_somebody_buys_by_the_keyboard_alone(stranger: Visitor, house: House) -> None:
    arrive(stranger, "shopper@example.com", "Shopper")
    player = await house.pool.fetchval("select player_id from profiles.profiles where display_name = 'Shopper'")
    await pay(house.pool, player, 50_000)
    await pay(house.pool, player, 100, "coins")
    right_everywhere(
        stranger, "/portal", "/portal/shop", "/portal/shop?q=nothing-at-all", "/portal/shop?type=bundle&sort=price",
        "/portal/shop/ware_chest", "/portal/shop/ware_brew", "/portal/shop/ware_blade", "/portal/shop/ware_cup",
        "/portal/shop/ware_crown", "/portal/shop/ware_banner", "/portal/orders",
    )  # fmt: skip
    stranger.go("/portal/shop")
    stranger.tab_to('a[href="/portal/shop/ware_brew"]')
    stranger.press("\ue007")
    stranger.until_at("/portal/shop/ware_brew")
    stranger.tab_to("main input[name=quantity]")
    stranger.write("quantity", "3")
    stranger.tab_to("main form .btn.primary")
    stranger.press("\ue007")
    stranger.until(lambda: stranger.path.startswith("/portal/orders/"))
    assert "Bought. It is yours." in stranger.text("body")
    stranger.driver.back()
    stranger.until_at("/portal/shop/ware_brew")
    if stranger.ask("document.querySelector('main [name=quantity]').value") != "3":
        stranger.write("quantity", "3")
    count = "select count(*) from orders.orders where player_id = $1"
    assert await house.pool.fetchval(count, player) == 1
    stranger.go("/portal/shop/ware_chest")
    stranger.click("main form .btn.primary")
    stranger.until(lambda: stranger.path.startswith("/portal/orders/"))
    right_everywhere(stranger, stranger.path.partition("?")[0], "/portal/orders", "/portal/shop/ware_chest", "/portal")
    stranger.go("/portal/shop/ware_blade")
    assert "You do not have enough for it yet." in stranger.text()
    stranger.click("main form .btn.primary")
    stranger.until(lambda: "Nothing was bought." in stranger.text())
    assert await house.pool.fetchval(count, player) == 2


async def test_a_second_click_buys_nothing_more(stranger: Visitor, house: House) -> None:
    enter(stranger, "shopper@example.com", "/portal/shop")
    player = await house.pool.fetchval("select player_id from profiles.profiles where display_name = 'Shopper'")
    stranger.go("/portal/shop/ware_brew")
    # Two sendings of one form, as from an impatient hand; the second goes out before the first is answered.
    stranger.ask(
        "[1, 2].map(() => fetch(document.querySelector('main form').action, {method: 'POST',"
        " body: new URLSearchParams(new FormData(document.querySelector('main form')))})).length"
    )
    made = "select count(*) from orders.orders where player_id = $1"
    stranger.click("main form .btn.primary")
    stranger.until(lambda: stranger.path.startswith("/portal/orders/"))
    assert await house.pool.fetchval(made, player) == 3


async def test_an_order_that_waits_is_explained_and_follows_the_decision(stranger: Visitor, house: House) -> None:
    enter(stranger, "shopper@example.com", "/portal/shop")
    player = await house.pool.fetchval("select player_id from profiles.profiles where display_name = 'Shopper'")
    await house.pool.execute("update orders.rules set is_on = true, count = 1 where code = 'velocity'")
    await buy(house.pool, player, ("ware_brew", 1))
    waits = await house.pool.fetchval(
        "select order_id from orders.orders where state = 'review' and player_id = $1", player
    )
    stranger.go(f"/portal/orders/{waits}")
    assert "Somebody of ours looks at this order first." in stranger.text()
    right_everywhere(stranger, f"/portal/orders/{waits}", "/portal/orders", "/portal/wallet")
