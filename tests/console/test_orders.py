"""Orders in the console, in a browser: found, decided over, given back; at both sizes, in both themes, by keyboard."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from playerbase import catalog, ledger
from playerbase.catalog import Delivery, ItemType, Part, Price
from playerbase.kit.db import Pool, transaction
from playerbase.orders.actions.purchasing import Bought, purchase
from playerbase.orders.actions.wishes import Basket, Wish
from tests.catalog.things import bundle, draft, potion, put
from tests.console.browser import Visitor
from tests.console.house import House
from tests.console.test_inventory import right_everywhere
from tests.console.test_portal import enter

LONG = "A chest whose name is as long as the name of anything may be in this shop, all of a hundred characters"[:100]


async def pay(pool: Pool, player: UUID, amount: int, asset: str = "gems") -> None:
    legs = (ledger.Leg(player, asset, amount), ledger.Leg(ledger.HOUSE, asset, -amount, ledger.Purpose.ISSUANCE))
    async with transaction(pool) as tx:
        (outcome,) = await ledger.post(tx, [ledger.Posting(scope="tests", key=str(uuid4()), kind="earn", legs=legs)])
        assert isinstance(outcome, ledger.Posted)


async def buy(pool: Pool, player: UUID, *wanted: tuple[str, int], currency: str = "gems") -> UUID:
    """An order that comes about, whether it waits or not."""
    async with transaction(pool) as tx:
        items = {code: await catalog.item(tx, code) for code, _ in wanted}
        wish = Wish(
            player_id=player, transaction_id=str(uuid4()), currency=currency,
            baskets=tuple(Basket(items[code], count) for code, count in wanted),
            known=await catalog.items_by_code(tx, list(items)), fingerprint=b"test", buyer=f"player:{player}",
        )  # fmt: skip
        (outcome,) = await purchase(tx, [wish], ledger.Known())
    assert isinstance(outcome, Bought), outcome
    assert outcome.order_id is not None, outcome.answer.body
    return outcome.order_id


async def settle_rules(pool: Pool) -> None:
    """The rules as they are delivered: all browsers of these tests share one house."""
    await pool.execute(
        "update orders.rules set is_on = true, action = 'review',"
        " count = case code when 'velocity' then 5 when 'address' then 60 else 240 end"
    )


@pytest.fixture(scope="module", autouse=True)
async def bought(house: House) -> AsyncIterator[dict[str, UUID]]:
    """Orders of every kind: placed, with a bundle and a letter, in review."""
    await settle_rules(house.pool)
    async with transaction(house.pool) as tx:
        await put(
            tx,
            draft("till_blade", prices=[Price("gems", 70_000)]),
            potion("till_brew", prices=[Price("gems", 150), Price("coins", 20)]),
            draft("till_letter", delivery=Delivery.EMAIL, metadata={"pool": "till"}, prices=[Price("gems", 900)]),
            draft("till_purse", type=ItemType.BUNDLE, parts=[Part(quantity=500, asset="coins")]),
        )
        await put(tx, bundle("till_chest", "till_blade", ("till_brew", 3), "till_letter", name=LONG))
    ada, ben, cleo = house.players[0], house.players[4], house.players[8]
    for player in (ada, ben, cleo):
        await pay(house.pool, player, 5_000_000)
        await pay(house.pool, player, 5_000, "coins")
    made = {"chest": await buy(house.pool, ada, ("till_chest", 2), ("till_brew", 4))}
    made["coins"] = await buy(house.pool, ben, ("till_brew", 10), currency="coins")
    for _ in range(5):
        await buy(house.pool, cleo, ("till_brew", 1))
    made["waits"] = await buy(house.pool, cleo, ("till_brew", 1))
    made["refused"] = await buy(house.pool, cleo, ("till_brew", 2), ("till_purse", 1))
    yield made
    await settle_rules(house.pool)


async def test_every_page_is_right_at_every_size_and_in_both_themes(
    operator: Visitor, house: House, bought: dict[str, UUID]
) -> None:
    ada = house.players[0]
    await house.pool.execute(
        "insert into orders.suspects values ($1, 'gems', 250, 4000, now(), now() + interval '1 day')", ada
    )
    here = "/console/orders"
    right_everywhere(
        operator, here, f"{here}?state=review", f"{here}?player={ada}&item=till_brew&since=2020-01-01",
        f"{here}?item=nothing", f"{here}?refunded=yes&currency=coins", f"{here}/differences", f"{here}/sales",
        f"{here}/sales?currency=coins&days=90", f"{here}/{bought['chest']}", f"{here}/{bought['waits']}",
        f"{here}/{bought['chest']}/refund", f"{here}/{bought['chest']}/refund?line=2",
        f"{here}/{bought['waits']}/approve", f"{here}/{bought['waits']}/reject?back=queue", "/console/reviews",
        "/console/order-rules", "/console/order-rules/velocity/change",
        f"/console/order-rules/suspects/{ada}/clear", f"/console/players/{ada}", "/console",
    )  # fmt: skip
    assert "orders wait for a review" in operator.text()


async def test_the_queue_says_what_the_rule_saw_and_is_worked_by_the_keyboard(
    operator: Visitor, house: House, bought: dict[str, UUID]
) -> None:
    operator.go("/console/reviews")
    assert "5 orders of it in an hour before this one; 5 are borne" in operator.text("main tbody")
    path = f"/console/orders/{bought['waits']}/approve?back=queue"
    operator.tab_to(f'a[href="{path}"]')
    operator.press("\ue007")
    operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
    operator.write("reason", "A guild master")
    operator.click("dialog .primary")
    operator.until_at("/console/reviews?told=approved")
    operator.go(f"/console/orders/{bought['refused']}")
    operator.click("a.btn.danger[href$=reject]")
    operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
    operator.write("reason", "A farm")
    operator.click("dialog .danger")
    operator.until_at(f"/console/orders/{bought['refused']}?told=rejected")
    assert "Turned down. A farm" in operator.text()
    right_everywhere(operator, f"/console/orders/{bought['refused']}", "/console/reviews")
    states = "select array_agg(state order by placed_at) from orders.orders where order_id = any($1::uuid[])"
    assert await house.pool.fetchval(states, [bought["waits"], bought["refused"]]) == ["placed", "rejected"]


async def test_a_refund_is_looked_at_and_then_done(operator: Visitor, house: House, bought: dict[str, UUID]) -> None:
    here = f"/console/orders/{bought['coins']}"
    operator.go(here)
    operator.click("main a.btn.danger")
    operator.until_at(f"{here}/refund")
    operator.write("quantities", "4")
    operator.click("button[name=look]")
    operator.until(lambda: "Goes through" in operator.text("section[aria-labelledby=h-seen]").replace("\n", " "))
    assert "has 10" in operator.text("section[aria-labelledby=h-seen]")
    right_everywhere(operator, "/console/orders")
    operator.go(f"{here}/refund")
    operator.write("quantities", "4")
    operator.click("main button.danger")
    operator.until(lambda: "Say why" in operator.text())
    operator.write("reason", "A ticket")
    operator.click("main button.danger")
    operator.until_at(f"{here}?told=refunded")
    assert "A ticket" in operator.text()
    assert await house.pool.fetchval("select refunded from orders.orders where order_id = $1", bought["coins"]) == 80
    right_everywhere(operator, here, f"/console/players/{house.players[4]}", "/console/orders/sales?currency=coins")


async def test_rules_are_changed_and_suspects_cleared(operator: Visitor, house: House) -> None:
    await house.pool.execute(
        "insert into orders.suspects values ($1, 'gems', 250, 4000, now(), now() + interval '1 day')"
        " on conflict (player_id) do nothing",
        house.players[0],
    )
    operator.go("/console/order-rules/address/change")
    operator.write("count", "0")
    operator.write("reason", "A tournament in one hall")
    operator.ask("document.querySelector('main form').noValidate = true")
    operator.click("main .btn.primary")
    operator.until(lambda: operator.all("#d-count.error"))
    operator.write("count", "500")
    operator.click("main .btn.primary")
    operator.until_at("/console/order-rules?told=rule")
    assert "A tournament in one hall" in operator.text("main tbody")
    operator.click("a[href$=clear]")
    operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
    operator.write("reason", "A tester")
    operator.click("dialog .primary")
    operator.until_at("/console/order-rules?told=cleared")
    assert await house.pool.fetchval("select count(*) from orders.suspects where until > now()") == 0


def test_a_player_does_not_see_them(stranger: Visitor, house: House) -> None:
    enter(stranger, house.player_email, "/portal")
    stranger.go("/console/orders")
    assert "Orders" not in stranger.text("h1")
