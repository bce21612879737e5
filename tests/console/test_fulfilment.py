"""Deliveries and voucher pools in the console, in a real browser."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from playerbase import fulfilment
from playerbase.fulfilment import Kind
from playerbase.fulfilment.actions import carry_out
from playerbase.kit.db import transaction
from tests.console.browser import LOOKS, Visitor
from tests.console.house import House
from tests.console.test_pages import faults_of
from tests.fulfilment.lines import begun, line, stock
from tests.fulfilment.shops import Counter

TABLES = ("inbox", "codes", "attempts", "deliveries", "pools")


@pytest.fixture(scope="module", autouse=True)
async def sold(house: House) -> AsyncIterator[dict[str, UUID]]:
    """A letter that was sent, one that waits for codes, one for an address, and a parcel that failed."""
    async with transaction(house.pool) as tx:
        await stock(tx, 2, "browser", low_at=5, named="WXYZ-1234")
    counter = Counter()
    counter.fails = ["refuse"]
    fulfilment.use_shop(counter)
    player = house.players[0]
    sent, short, lost, failed, parcel = await begun(
        house.pool, line(player, Kind.EMAIL, pool="browser", email="ada@example.com"),
        line(player, Kind.EMAIL, pool="browser", email="ada@example.com", quantity=9),
        line(house.players[1], Kind.EMAIL, pool="browser"),
        line(player, Kind.SHOPIFY), line(player, Kind.SHOPIFY),
    )  # fmt: skip
    for each in (sent, short, lost, failed, parcel):
        await carry_out(house.pool, each)
    yield {"sent": sent, "short": short, "lost": lost, "failed": failed, "parcel": parcel}
    fulfilment.use_shop(None)
    for table in TABLES:
        await house.pool.execute(f"delete from fulfilment.{table}")


async def pool_of(house: House) -> UUID:
    return UUID(str(await house.pool.fetchval("select pool_id from fulfilment.pools where code = 'browser'")))


async def test_every_page_is_right_at_every_size_and_in_both_themes(
    operator: Visitor, house: House, sold: dict[str, UUID]
) -> None:
    pool_id = await pool_of(house)
    code_id = await house.pool.fetchval("select code_id from fulfilment.codes where delivery_id is not null limit 1")
    paths = [
        "/console", "/console/fulfilments", "/console/fulfilments?state=failed", "/console/fulfilments?kind=functional",
        f"/console/fulfilments?player_id={house.players[0]}&waits_for=codes", "/console/voucher-pools",
        "/console/voucher-pools/new", f"/console/voucher-pools/{pool_id}", f"/console/voucher-pools/{pool_id}/codes",
        f"/console/voucher-codes/{code_id}/reveal",
    ]  # fmt: skip
    paths += [f"/console/fulfilments/{each}" for each in sold.values()]
    paths += [f"/console/fulfilments/{sold[name]}/{verb}" for name, verb in (("sent", "retry"), ("failed", "cancel"))]
    for path in paths:
        operator.go(path)
        for size, theme in LOOKS:  # The page follows without being loaded anew.
            operator.look(size, theme)
            assert faults_of(operator) == [], (path, theme, size)


def test_what_needs_a_human_is_said(operator: Visitor) -> None:
    operator.go("/console")
    told = operator.text()
    for words in ("A delivery failed for good", "A delivery has no address", "is nearly empty"):
        assert words in told


async def test_a_failed_delivery_is_given_up_by_the_keyboard(
    operator: Visitor, house: House, sold: dict[str, UUID]
) -> None:
    here = f"/console/fulfilments/{sold['failed']}"
    operator.go(here)
    assert "There is no such variant." in operator.text()
    operator.tab_to(f'a[href="{here}/cancel"]')
    operator.press("\ue007")
    operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
    operator.write("reason", "Sold out for good")
    operator.click("dialog .danger")
    operator.until_at(f"{here}?told=stopped")
    assert "Sold out for good" in operator.text()
    state = await house.pool.fetchval("select state from fulfilment.deliveries where delivery_id = $1", sold["failed"])
    assert state == "cancelled"


async def test_codes_come_from_a_file_and_every_fault_is_named(operator: Visitor, house: House, tmp_path: Path) -> None:
    pool_id = await pool_of(house)
    here = f"/console/voucher-pools/{pool_id}"
    operator.go(f"{here}/codes")
    listed = tmp_path / "codes.txt"
    listed.write_text("FILE-0001\nFILE-0001\nWXYZ-1234-0000\n")
    operator.find("#f-file").send_keys(str(listed))
    operator.until(lambda: "FILE-0001" in operator.ask("document.querySelector('#f-codes').value"))
    operator.click("[name=dry_run]")
    operator.until(lambda: "Nothing was added." in operator.text())
    assert "Line 2: This code stands on line 1 already" in operator.text()
    assert "Line 3: This code is in the pool already" in operator.text()
    operator.write("codes", "FILE-0001\nFILE-0002")
    operator.click("[name=dry_run]")
    operator.until(lambda: "2 codes, and nothing is wrong with them." in operator.text())
    operator.click("main .primary")
    operator.until_at(f"{here}?told=added")
    assert await house.pool.fetchval("select count(*) from fulfilment.codes") == 4


async def test_a_code_is_masked_until_somebody_says_why(operator: Visitor, house: House, sold: dict[str, UUID]) -> None:
    operator.go(f"/console/fulfilments/{sold['sent']}")
    assert "WXYZ-1234" not in operator.text()
    operator.click("a[href^='/console/voucher-codes/']")
    operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
    operator.write("reason", "It does not work")
    operator.click("dialog .danger")
    assert operator.until(lambda: operator.text("#secret")).startswith("WXYZ-1234-000")
    looked = "select reason from audit.entries where action = 'voucher_code_revealed'"
    assert await house.pool.fetchval(looked) == "It does not work"


async def test_a_pool_is_made_in_the_browser(operator: Visitor, house: House) -> None:
    operator.go("/console/voucher-pools/new")
    operator.write("code", "Not A Code")
    operator.write("name", "Coffee")
    operator.write("instructions", "Show it at the counter.")
    operator.click("main button.primary")
    operator.until(lambda: "lower-case letters" in operator.text())
    operator.write("code", "coffee")
    operator.click("main button.primary")
    operator.until(lambda: "told=made" in operator.path)
    assert "No code was given yet" in operator.text()
    assert await house.pool.fetchval("select count(*) from fulfilment.pools") == 2
