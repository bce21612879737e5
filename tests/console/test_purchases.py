"""Purchases for money in a browser: lists, one of them, what does not agree; and buying at Steam."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from playerbase import app, catalog, commerce, identity, ledger, payments, profiles, settings, simulators
from playerbase.accounts.actions.federated import sealed_label
from playerbase.catalog import Part
from playerbase.commerce import actions
from playerbase.commerce.actions import drafting, granting, refunding
from playerbase.commerce.model import (
    Discord,
    Environment,
    Evidence,
    Found,
    NewStatement,
    Order,
    Platform,
    RefundKind,
    Saying,
    Told,
)
from playerbase.commerce.store import exceptions, feeds
from playerbase.federation import Subject
from playerbase.kit import clock, ids
from playerbase.kit.crypto import blind
from playerbase.kit.db import Pool, transaction
from tests.catalog.things import bundle, draft, put
from tests.commerce.counters import STEAM_ADA, skus
from tests.console.browser import Visitor, free_port, served
from tests.console.house import House
from tests.console.test_inventory import right_everywhere
from tests.console.test_portal import arrive

NAMES = {"steam": "7001", "epic": "hall-gems", "apple": "com.example.hall", "google": "com.example.hall"}
LONG = "A sack of gems whose name is as long as the name of anything may be in this shop, a hundred in all"


class Sold(msgspec.Struct, frozen=True):
    """What there is to look at."""

    player_id: UUID
    granted: UUID
    refunded: UUID
    unknown: UUID
    differs: UUID
    orphan: UUID


async def buy(pool: Pool, player_id: UUID, platform: Platform, ref: str) -> Order:
    """A purchase that its platform stands for, given."""
    async with transaction(pool) as tx:
        item = await catalog.item(tx, "hall_gems")
        evidence = Evidence(
            platform=platform, ref=ref, sku=NAMES[platform.value], environment=Environment.PRODUCTION, amount=499,
            currency="EUR",
        )  # fmt: skip
        order = await granting.grant_new(tx, evidence, await drafting.of_evidence(tx, item, evidence, player_id))
    assert isinstance(order, Order)
    return order


@pytest.fixture(scope="module")
async def sold(house: House) -> AsyncIterator[Sold]:
    """One that was granted, one refunded with a debt, one nobody knows the end of, and two that do not agree."""
    pool = house.pool
    commerce.use(app.keys_of(settings.read(house.environ)), payments.Configuration(), in_production=False)
    async with transaction(pool) as tx:
        await put(
            tx,
            draft("hall_blade"),
            bundle(
                "hall_gems", name=LONG, prices=[], skus=skus(NAMES),
                parts=[Part(quantity=500, asset="gems"), Part(quantity=1, item="hall_blade")],
            ),
        )  # fmt: skip
        player = await identity.create(tx)
        await profiles.create(tx, player, "Somebody who buys more than they should, of fifty", "PT")
    granted = await buy(pool, player, Platform.STEAM, "4711")
    refunded = await buy(pool, player, Platform.APPLE, "2000000900000001")
    unknown = await buy(pool, player, Platform.EPIC, "e" * 32)
    spent = (ledger.Leg(player, "gems", -1200), ledger.Leg(ledger.HOUSE, "gems", 1200, ledger.Purpose.REVENUE))
    async with transaction(pool) as tx:
        await ledger.post(tx, [ledger.Posting(scope="tests", key=str(ids.uuid7()), kind="spend", legs=spent)])
    told = Told(platform=Platform.APPLE, ref="2000000900000001", part="refund", kind=RefundKind.REFUND, source="apple")
    sale = NewStatement(
        platform=Platform.STEAM, key="4711 sold", source="steam_report", kind=Saying.SOLD, ref="4711", sku="7001",
        amount=399, currency="EUR", said_at=clock.now(),
    )  # fmt: skip
    strange = msgspec.structs.replace(sale, key="4712 sold", ref="4712")
    differs, orphan = ids.uuid7s(2)
    found = [
        Found(
            Discord.AMOUNT_DIFFERS, Platform.STEAM, str(granted.order_id), granted.order_id, player,
            "Sold for 499, and the platform says 399 hundredths of EUR",
        ),
        Found(
            Discord.PAID_NOT_GRANTED, Platform.STEAM, "4712", None, None, "The platform sold it, and there is no order"
        ),
    ]  # fmt: skip
    async with transaction(pool) as tx:
        assert await refunding.apply_refund(tx, told) == "applied"
        await feeds.take_in(tx, [sale, strange], clock.now())
        await exceptions.note(tx, [differs, orphan], found, clock.now())
        for name in (actions.STEAM_REPORT, actions.EPIC_CLAWBACKS):
            await feeds.open_feed(tx, name, clock.now())
        await tx.execute("update commerce.feeds set fault = 'provider_away' where name = 'epic_clawbacks'")
        await tx.execute(
            "update commerce.orders set state = 'unknown', fault = 'no_answer', look_at = $2,"
            " created_at = created_at - interval '3 days' where order_id = $1",
            unknown.order_id, clock.now(),
        )  # fmt: skip
    yield Sold(player, granted.order_id, refunded.order_id, unknown.order_id, differs, orphan)
    await pool.execute(
        "truncate commerce.exceptions, commerce.feeds, commerce.statements, commerce.refunds, commerce.receipts,"
        " commerce.orders, commerce.comparisons, commerce.settings"
    )


@pytest.fixture(scope="module")
def till(house: House, browser: Visitor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """The same house with simulated platforms beside it: it is served once more, as one is that sells by Steam."""
    playing, port = free_port(), free_port()
    environ = {**house.environ, "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    environ |= simulators.surroundings(f"http://127.0.0.1:{playing}", {})
    log = tmp_path_factory.mktemp("simulators") / "log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "playerbase", "simulate", "--port", str(playing)],
            env={**environ, "PATH": "", "PLAYERBASE_HOME": str(Path(log).parent)}, stdout=said, stderr=said,
        )  # fmt: skip
        try:
            with served(environ, port):
                yield Visitor(browser.driver, environ["PUBLIC_URL"])
        finally:
            process.terminate()
            process.wait(30)


def test_every_page_is_right_at_every_size_and_in_both_themes(operator: Visitor, sold: Sold) -> None:
    purchases, differences = "/console/purchases", "/console/reconciliation"
    right_everywhere(
        operator, "/console", purchases, f"{purchases}?state=failed", f"{purchases}?player_id={sold.player_id}",
        f"{purchases}/{sold.granted}", f"{purchases}/{sold.refunded}", f"{purchases}/{sold.unknown}",
        f"{purchases}/{sold.granted}/refund", f"{purchases}/{sold.granted}/ask",
        differences, f"{differences}?state=accepted", f"{differences}/{sold.differs}", f"{differences}/{sold.orphan}",
        f"{differences}/{sold.differs}/refund", "/console/platforms",
        f"/console/players/{sold.player_id}",
    )  # fmt: skip


def test_what_needs_a_human_is_said(operator: Visitor, sold: Sold) -> None:
    operator.go("/console")
    told = operator.text()
    for words in ("2 purchases do not agree", "Nobody knows the end of a purchase", "Clawbacks of Epic cannot be read"):
        assert words in told, (words, sold)


async def test_an_exception_is_accepted_by_the_keyboard(operator: Visitor, house: House, sold: Sold) -> None:
    here = f"/console/reconciliation/{sold.orphan}"
    operator.go(here)
    operator.tab_to(f'a[href="{here}/accept"]')
    operator.press("\ue007")
    operator.until(lambda: operator.find("dialog[open] [name=reason]").is_displayed())
    operator.write("reason", "A tester of ours")
    operator.click("dialog button.primary")
    operator.until_at(f"{here}?told=accepted")
    assert "A tester of ours" in operator.text()
    state = await house.pool.fetchval("select state from commerce.exceptions where exception_id = $1", sold.orphan)
    assert state == "accepted"


async def test_it_is_compared_now(operator: Visitor, house: House, sold: Sold) -> None:
    operator.go("/console/reconciliation")
    assert "never compared" in operator.text()
    operator.click(".page-head button.primary")
    operator.until_at("/console/reconciliation?told=run")
    assert "Asked for" in operator.text()
    assert not operator.find(".page-head button.primary").is_enabled()
    right_everywhere(operator, "/console/reconciliation")
    row = await house.pool.fetchrow("select comparison_id, asked_by from commerce.comparisons")
    assert row is not None, sold
    assert row["asked_by"].startswith("staff:")
    await actions.reconcile(house.pool, comparison_id=row["comparison_id"])
    operator.go("/console/reconciliation")
    assert "Compared last" in operator.text()
    right_everywhere(operator, "/console/reconciliation")


async def test_a_player_buys_at_steam_and_comes_back(till: Visitor, house: House, sold: Sold) -> None:
    till.scripts(are_on=True)
    till.look("wide")
    till.go("/portal/sign-in")
    till.forget()
    arrive(till, "buyer@example.com", "Buyer")
    till.go("/portal/purchases")
    assert "Link your Steam account" in till.text()
    right_everywhere(till, "/portal/purchases")
    keys = app.keys_of(settings.read(house.environ))
    async with transaction(house.pool) as tx:
        (buyer,) = await profiles.search(tx, "Buyer", None, 1)
        subject = Subject(provider="steam", id=STEAM_ADA, display_name=None)
        index = blind(keys, f"steam\0{STEAM_ADA}", purpose="identity/provider")
        sealed = sealed_label(keys, buyer.player_id, subject)
        await identity.link_once(tx, buyer.player_id, "steam", index, sealed=sealed)
    right_everywhere(till, "/portal/purchases")
    till.tab_to('form[action="/portal/purchases"] button')
    till.press("\ue007")
    till.until(lambda: "/steam/checkout/" in till.driver.current_url)
    till.click("button[value=approve]")
    till.until(lambda: till.path.endswith("?told=granted"))
    assert "It is yours" in till.text()
    assert "4.99 EUR" in till.text()
    here = till.path.partition("?")[0]
    right_everywhere(till, here, "/portal/purchases")
    told = Told(
        platform=Platform.STEAM, part="refund", kind=RefundKind.REFUND, source="steam_report",
        ref=await house.pool.fetchval(
            "select ref from commerce.receipts where player_id = $1", buyer.player_id
        ),
    )  # fmt: skip
    spent = (
        ledger.Leg(buyer.player_id, "gems", -300),
        ledger.Leg(ledger.HOUSE, "gems", 300, ledger.Purpose.REVENUE),
    )
    async with transaction(house.pool) as tx:
        await ledger.post(tx, [ledger.Posting(scope="tests", key=str(ids.uuid7()), kind="spend", legs=spent)])
    async with transaction(house.pool) as tx:
        assert await refunding.apply_refund(tx, told) == "applied"
    till.go("/portal/purchases")
    assert "You owe 3.00 gems" in till.text(), sold
    right_everywhere(till, here, "/portal/purchases", f"{here}?fault=declined")
