"""What players have, in a browser: given, taken back, put on; at both sizes, in both themes, and by keyboard alone."""

from typing import Any
from uuid import UUID

import httpx

from playerbase import inventory, profiles
from playerbase.catalog import CosmeticType, Item
from playerbase.inventory import Grant, Source
from playerbase.kit.db import Pool, transaction
from tests.catalog.things import bundle, draft, potion, put
from tests.console.browser import LOOKS, Visitor
from tests.console.house import House
from tests.console.test_pages import RATIOS, faults_of
from tests.console.test_portal import enter

LONG = "A hat whose name is as long as the name of anything may be in this shop, all of a hundred characters"
HAT: dict[str, Any] = {"slot": "hat", "cosmetic": CosmeticType.SKIN}


async def sell(pool: Pool, prefix: str) -> list[Item]:
    """A few things, with codes of the test's own."""
    async with transaction(pool) as tx:
        hat, skin, drink = await put(
            tx,
            draft(f"{prefix}_hat", name=LONG, **HAT),
            draft(f"{prefix}_skin", game="demo", slot="weapon_skin", metadata={"fits_weapon": ["rifle"]}),
            potion(f"{prefix}_brew"),
        )
        (pack,) = await put(tx, bundle(f"{prefix}_pack", f"{prefix}_hat", (f"{prefix}_brew", 3)))
        return [hat, skin, drink, pack]


async def give(pool: Pool, player: UUID, *items: Item) -> None:
    async with transaction(pool) as tx:
        await inventory.hold(tx, [player])
        grants = [
            Grant(player_id=player, item_id=item.item_id, source=Source.ORDER, source_ref="order-1") for item in items
        ]
        await inventory.grant(tx, grants)


def newcomer(house: House, email: str) -> UUID:
    """Somebody who has nothing yet, whatever other tests gave to the players of the house."""
    body = {"email": email, "password": house.player_password, "display_name": "Newcomer"}
    answer = httpx.post(f"{house.url}/api/v1/auth/register", json=body, timeout=30)
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["player_id"])


def right_everywhere(visitor: Visitor, *paths: str) -> None:
    for path in paths:
        visitor.go(path)
        for size, theme in LOOKS:  # The page follows without being loaded anew.
            visitor.look(size, theme)
            assert faults_of(visitor) == [], (path, theme, size)
            assert visitor.ask(RATIOS) == [], (path, theme, size)
    visitor.look("wide")


async def test_an_operator_gives_a_bundle_and_takes_a_part_of_it_back(operator: Visitor, house: House) -> None:
    player = house.players[3]
    here = f"/console/players/{player}/inventory"
    operator.go(here)
    assert "Nothing here" in operator.text()
    await sell(house.pool, "staff")
    operator.click("main .btn.primary")
    operator.until_at(f"{here}/give")
    operator.write("item", "staff_nothing")
    operator.write("reason", "It was lost")
    operator.click("main .btn.primary")
    operator.until(lambda: operator.all("#d-item.error"))
    assert operator.ask("document.querySelector('[name=reason]').value") == "It was lost"
    operator.write("item", "staff_pack")
    operator.write("quantity", "2")
    operator.click("main .btn.primary")
    operator.until_at(f"{here}?told=given")
    assert LONG in operator.text("main tbody")
    assert "6" in operator.text("main tbody tr:first-child")
    operator.click("main tbody tr:first-child a[aria-label]")
    operator.until(lambda: operator.path.startswith(f"{here}/take?item=staff_brew"))
    operator.write("quantity", "7")
    operator.write("reason", "Given twice")
    operator.click("main .btn.danger")
    operator.until(lambda: "not that many" in operator.text())
    operator.write("quantity", "4")
    operator.click("main .btn.danger")
    operator.until_at(f"{here}?told=taken")
    assert "2" in operator.text("main tbody tr:first-child")
    rows = await house.pool.fetch(
        "select action, reason, outcome from audit.entries where player_id = $1 and action like 'item_%' order by seq",
        player,
    )
    assert [tuple(row) for row in rows] == [
        ("item_granted", "It was lost", "done"), ("item_revoked", "Given twice", "done")
    ]  # fmt: skip
    right_everywhere(
        operator,
        here,
        f"{here}/give",
        f"{here}/take?item=staff_brew",
        f"{here}?q=nothing",
        f"/console/players/{player}",
    )
    assert "Got" in operator.text("#timeline")


async def test_slots_are_said_and_forgotten(operator: Visitor, house: House) -> None:
    operator.go("/console/slots")
    operator.click("main a.btn[href='/console/slots/new']")
    operator.until_at("/console/slots/new")
    operator.write("slot", "Bad Name")
    operator.write("name", "Primary weapon")
    operator.write("accepts", "weapon_skin")
    operator.write("meant", "weapon")
    operator.click("main .btn.primary")
    operator.until(lambda: len(operator.all("main .error")) == 2)
    operator.write("slot", "primary")
    operator.write("meant", "weapon=rifle|carbine, hands=two")
    operator.click("main select option[value=demo]")
    operator.click("main .btn.primary")
    operator.until_at("/console/slots?told=saved")
    assert "weapon=rifle|carbine, hands=two" in operator.text("main tbody")
    right_everywhere(operator, "/console/slots", "/console/slots/new", "/console/slots/primary/remove?game=demo")
    operator.go("/console/slots")
    operator.click("main tbody a[data-dialog]")
    operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
    operator.write("reason", "No longer used")
    operator.click("dialog .primary")
    operator.until_at("/console/slots?told=removed")
    assert await house.pool.fetchval("select count(*) from inventory.slots") == 0


async def test_a_player_dresses_by_the_keyboard_alone(stranger: Visitor, house: House) -> None:
    player = newcomer(house, "dresses@example.com")  # The others may have bought something, in another file.
    enter(stranger, "dresses@example.com", "/portal/inventory")
    assert "You have nothing yet" in stranger.text()
    hat, skin, _, _ = await sell(house.pool, "own")
    await give(house.pool, player, hat, skin)
    async with transaction(house.pool) as tx:
        await profiles.create_character(tx, player, profiles.NewCharacter(name="Ash", game="demo"))
    stranger.go("/portal/inventory")
    assert LONG in stranger.text("section[aria-labelledby=h-t]")
    assert len(stranger.all("section[aria-labelledby=h-t] form button")) == 1, "the skin belongs to a game"
    stranger.tab_to("section[aria-labelledby=h-t] .row form button")
    stranger.press("\ue007")
    stranger.until_at("/portal/inventory?at=&told=on")
    assert LONG in stranger.text("section[aria-labelledby=h-w]")
    stranger.tab_to("section[aria-labelledby=h-w] .row form button")
    stranger.press("\ue007")
    stranger.until_at("/portal/inventory?at=&told=off")
    assert "Nothing" in stranger.text("section[aria-labelledby=h-w]")
    right_everywhere(stranger, "/portal/inventory", "/portal/inventory?at=game-demo", "/portal/inventory?q=nothing")
    character = await house.pool.fetchval("select character_id from profiles.characters where player_id = $1", player)
    stranger.go(f"/portal/inventory?at=character-{character}")
    assert "Ash in Demo" in stranger.text("section[aria-labelledby=h-w]")
    assert len(stranger.all("section[aria-labelledby=h-t] .row form button")) == 1, "no slot there is for rifles"
