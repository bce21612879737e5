"""The catalog in the console: found, made, previewed, changed, sorted into shelves, and brought in as a file."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from playerbase import catalog
from playerbase.catalog import CosmeticType, NewCategory, Platform, Price, Sku, Status, StockDraft
from playerbase.catalog.model import Media
from playerbase.kit import clock
from playerbase.kit.db import transaction
from tests.catalog.things import BY, bundle, draft, potion
from tests.console.browser import LOOKS, Visitor
from tests.console.house import House
from tests.console.test_pages import RATIOS, faults_of

LONG = "A name that is as long as the name of an item may be, all of a hundred letters with some left over.."
PAGES = (
    "/console/catalog", "/console/catalog?q=nothing-like-it", "/console/catalog?status=inactive&type=durable",
    "/console/catalog?only=low", "/console/catalog/items/hall_axe", "/console/catalog/items/hall_chest",
    "/console/catalog/items/hall_long", "/console/catalog/items/hall_axe/edit", "/console/catalog/new",
    "/console/catalog/new?like=hall_axe", "/console/catalog/categories", "/console/catalog/categories/new",
    "/console/catalog/categories/hall_blades", "/console/catalog/import",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
async def _goods(house: House) -> AsyncIterator[None]:
    """One of everything there can be."""
    async with transaction(house.pool) as tx:
        for code, parent in (("hall_wear", None), ("hall_blades", "hall_wear")):
            new = NewCategory(code=code, name=code.removeprefix("hall_").title(), parent=parent)
            await catalog.create_category(tx, new, BY)
        soon = clock.now() + timedelta(days=2)
        for each in (
            draft(
                "hall_axe",
                cosmetic=CosmeticType.SKIN,
                slot="weapon_skin",
                category="hall_blades",
                metadata={"fits": ["rifle", "pistol"]},
                description="Cuts <b>through</b> everything.",
                skus=[Sku(Platform.STEAM, "1001", 499, "USD")],
                is_limited=True,
                available_until=soon,
                media=[Media("https://cdn.example/a-rather-long-address-of-a-picture-of-an-axe/in-very-high/axe.png")],
                prices=[Price("gems", 9_007_199_254_740_991), Price("coins", 12_000_000)],
            ),
            potion("hall_potion"),
            bundle("hall_chest", ("hall_potion", 3), stock=StockDraft(20)),
            draft("hall_long", name=LONG, status=Status.INACTIVE),
        ):
            await catalog.create_item(tx, each, BY)
        await catalog.take_stock(tx, {(await catalog.item(tx, "hall_chest")).item_id: 18})
        await catalog.update_item(tx, "hall_potion", potion("hall_potion", prices=[Price("gems", 70)]), 1, BY)
    yield
    async with transaction(house.pool) as tx:
        for code in ("hall_axe", "hall_chest"):
            item = await catalog.item(tx, code)
            quiet = draft(code, status=Status.INACTIVE) if code == "hall_axe" else None
            if quiet is None:
                quiet = bundle(code, "hall_potion", status=Status.INACTIVE)
            await catalog.update_item(tx, code, quiet, item.version, BY)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_right_at_every_size_and_in_both_themes(operator: Visitor, path: str) -> None:
    operator.go(path)
    for size, theme in LOOKS:  # The page follows without being loaded anew.
        operator.look(size, theme)
        assert faults_of(operator) == [], (theme, size)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/console/catalog", "/console/catalog/items/hall_axe", "/console/catalog/new"])
def test_words_stand_out_from_their_ground(operator: Visitor, path: str, theme: str) -> None:
    operator.look("wide", theme)
    operator.go(path)
    assert operator.ask(RATIOS) == []


def besides_the_refusal(visitor: Visitor) -> list[str]:
    """What is wrong with a page that was refused, but that it was: the browser reports its status too."""
    return [each for each in faults_of(visitor) if "422" not in each]


def test_what_an_editor_wrote_is_text(operator: Visitor) -> None:
    operator.go("/console/catalog/items/hall_axe")
    assert "Cuts <b>through</b> everything." in operator.text()
    assert operator.all("main .body b") == []


def test_items_are_found_by_word_status_and_shelf(operator: Visitor) -> None:
    operator.go("/console/catalog?q=hall_")
    assert len(operator.all("main tbody tr")) == 4
    operator.click(".filters a[href*='status=inactive']")
    operator.until(lambda: len(operator.all("main tbody tr")) == 1)
    operator.go("/console/catalog?category=hall_wear")
    assert [each.text.split("\n")[0] for each in operator.all("main tbody tr .lead")] == ["Hall Axe hall_axe"]


async def test_an_item_is_looked_at_before_it_is_made(operator: Visitor, house: House) -> None:
    operator.go("/console/catalog/new")
    operator.write("code", "hall_cape")
    operator.write("name", "Cape")
    operator.write("prices", "gems=1500\ngold=3")
    operator.click("button[value=preview]")
    operator.until(lambda: "There is no asset gold" in operator.text())
    assert "15.00 gems" in operator.text("section[aria-labelledby=h-preview]")
    assert besides_the_refusal(operator) == []
    assert await house.pool.fetchval("select count(*) from catalog.items where code = 'hall_cape'") == 0
    operator.write("prices", "gems=1500")
    operator.click("button[value=save]")
    operator.until_at("/console/catalog/items/hall_cape?told=made")
    assert faults_of(operator) == []
    entry = await house.pool.fetchrow("select action, actor_kind from audit.entries where target_id = 'hall_cape'")
    assert tuple(entry or ()) == ("item_created", "staff")


async def test_an_edit_shows_what_changes_and_says_who_was_first(operator: Visitor, house: House) -> None:
    operator.go("/console/catalog/items/hall_potion/edit")
    operator.write("name", "Draught")
    operator.write("stock_total", "5")
    operator.write("stock_opens_at", "2026-11-20 18:00")
    operator.click("button[value=preview]")
    operator.until(lambda: "Draught" in operator.text("section[aria-labelledby=h-changes]"))
    assert faults_of(operator) == []
    operator.click("button[value=save]")
    operator.until_at("/console/catalog/items/hall_potion?told=saved")
    assert "Draught" in operator.text("section[aria-labelledby=h-course]")
    row = await house.pool.fetchrow(
        "select total, opens_at from catalog.stocks join catalog.items using (item_id) where code = 'hall_potion'"
    )
    assert row is not None
    assert (row["total"], f"{row['opens_at']:%Y-%m-%d %H:%M}") == (5, "2026-11-20 18:00")

    operator.go("/console/catalog/items/hall_potion/edit")
    async with transaction(house.pool) as tx:
        item = await catalog.item(tx, "hall_potion")
        await catalog.update_item(tx, "hall_potion", potion("hall_potion", name="Elixir"), item.version, BY)
    operator.write("name", "Brew")
    operator.click("button[value=save]")
    operator.until(lambda: "Somebody changed this meanwhile" in operator.text())
    assert operator.find("[name=name]").get_attribute("value") == "Brew"


async def test_a_shelf_is_put_up_and_cannot_stand_below_itself(operator: Visitor, house: House) -> None:
    operator.go("/console/catalog/categories/new?parent=hall_wear")
    operator.write("code", "hall_hats")
    operator.write("name", "Hats")
    operator.click("main button.primary")
    operator.until_at("/console/catalog/categories?told=made")
    assert faults_of(operator) == []
    assert await house.pool.fetchval("select parent from catalog.categories where code = 'hall_hats'") == "hall_wear"
    operator.go("/console/catalog/categories/hall_wear")
    offered = [each.get_attribute("value") for each in operator.all("[name=parent] option")]
    assert {"hall_wear", "hall_blades", "hall_hats"}.isdisjoint(offered)


async def test_a_file_is_checked_with_its_lines_and_then_applied(operator: Visitor, house: House) -> None:
    operator.go("/console/catalog/import")
    operator.write("text", "record,code,name,type,prices\nitem,hall_mug,Mug,durable,gold=1\n")
    operator.click("button[value=check]")
    operator.until(lambda: "There is no asset gold" in operator.text("main table"))
    assert operator.text("main tbody tr .num") == "2"
    assert besides_the_refusal(operator) == []
    operator.write("text", "record,code,name,type,prices\nitem,hall_mug,Mug,durable,gems=1\n")
    operator.click("button[value=check]")
    operator.until(lambda: "Nothing is done yet" in operator.text())
    assert faults_of(operator) == []
    assert await house.pool.fetchval("select count(*) from catalog.items where code = 'hall_mug'") == 0
    operator.click("button[value=apply]")
    operator.until(lambda: "Done." in operator.text())
    assert await house.pool.fetchval("select count(*) from catalog.items where code = 'hall_mug'") == 1


def test_a_chosen_file_fills_the_form(operator: Visitor, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("files") / "catalog.json"
    path.write_text('{"items": []}')
    operator.go("/console/catalog/import")
    operator.find("input[type=file]").send_keys(str(path))
    operator.until(lambda: operator.find("[name=text]").get_attribute("value") == '{"items": []}')
    operator.scripts(are_on=False)
    operator.go("/console/catalog/import")
    assert not operator.find("input[type=file]").is_displayed()


def test_what_runs_out_is_on_the_first_page(operator: Visitor) -> None:
    operator.go("/console")
    said = operator.text()
    assert "Hall Chest is nearly sold out" in said
    assert "Hall Axe leaves the shop soon" in said
    operator.go("/console/catalog?only=ending")
    assert len(operator.all("main tbody tr")) == 1
