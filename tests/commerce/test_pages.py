"""The console's pages of purchases without a browser: what they say, what their forms do, and to whom they open."""

from urllib.parse import quote
from uuid import UUID

import pytest

from playerbase.commerce import actions
from playerbase.commerce.actions import overview
from playerbase.commerce.model import Discord, Found, Platform
from playerbase.commerce.store import exceptions
from playerbase.kit import clock, ids
from playerbase.kit.db import reading, transaction
from tests.accounts.desks import Desk, deeds, desk
from tests.accounts.people import People
from tests.commerce.counters import CHEST, STEAM_ADA, Counter

STALE = "update access.sessions set authenticated_at = authenticated_at - interval '6 minutes'"

BECAUSE = {"reason": "They asked for it"}


@pytest.fixture
async def teller(people: People) -> Desk:
    """Somebody of the economy at the console."""
    return await desk(people, "economy")


async def differ(counter: Counter, kind: Discord, order_id: str | None = None, subject: str = "it") -> UUID:
    """Something that does not agree."""
    found = Found(kind, Platform.STEAM, subject, None if order_id is None else UUID(order_id), None, "It was met")
    exception_id = ids.uuid7()
    async with transaction(counter.pool) as tx:
        await exceptions.note(tx, [exception_id], [found], clock.now())
    return exception_id


async def sent(teller: Desk, path: str, **form: str) -> str:
    """Send a form, and where it leads."""
    answer = await teller.send("POST", path, form=form, signed_by=teller.own)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_a_purchase_is_shown_with_all_that_belongs_to_it(counter: Counter, teller: Desk) -> None:
    assert "No purchases yet" in (await teller.get("/console/purchases")).text
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.bought(ada, CHEST["steam"])
    await counter.spend(ada, 150)
    counter.happen("steam", order["platform_order_id"], "chargeback")
    await counter.polled()
    listed = (await teller.get(f"/console/purchases?state=charged_back&platform=steam&player_id={ada.player_id}")).text
    assert order["order_id"] in listed
    assert "9.99 EUR" in listed
    assert "Purchases on Steam over 30 days, 1 in all, and dashed refunds, 1 in all" in listed
    assert "No such purchases" in (await teller.get("/console/purchases?state=failed")).text
    page = (await teller.get(f"/console/purchases/{order['order_id']}")).text
    for said in ("Charged back", "Blade taken back", "0.50 gems taken back", "1.50 gems owed", "chest, version"):
        assert said in page, said
    rows = await counter.pool.fetch(
        "select transaction_id from ledger.transactions where group_id = $1", UUID(order["order_id"])
    )
    assert len(rows) == 2
    for row in rows:
        assert f"/console/ledger/transactions/{row['transaction_id']}" in page
    assert "/refund" not in page, "there is nothing left to refund"


async def test_a_refund_wants_a_fresh_proof_and_is_done_once(counter: Counter, teller: Desk) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.bought(ada)
    here = f"/console/purchases/{order['order_id']}"
    proving = f"/console/prove?next={quote(here, safe='')}%2Frefund"
    await counter.pool.execute(STALE)
    assert (await teller.get(f"{here}/refund")).headers["location"] == proving
    assert await sent(teller, f"{here}/refund", **BECAUSE) == proving
    assert await counter.wallet(ada) == (500, 0)
    await counter.pool.execute(STALE.replace("-", "+"))
    assert "4.99 EUR" in (await teller.get(f"{here}/refund")).text
    assert await sent(teller, f"{here}/refund", **BECAUSE) == f"{here}?told=refunded"
    assert await counter.wallet(ada) == (0, 0)
    again = await teller.send("POST", f"{here}/refund", form=BECAUSE, signed_by=teller.own)
    assert again.status_code == 409
    assert "All of this purchase was given back before" in again.text
    assert [row[4] for row in await deeds(teller.people, "purchase_refunded")] == ["They asked for it"]


async def test_a_platform_is_asked_and_the_audit_says_who_wanted_it(counter: Counter, teller: Desk) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.begin(ada)
    here = f"/console/purchases/{order['order_id']}"
    counter.happen("steam", order["platform_order_id"], "decline")
    assert await sent(teller, f"{here}/ask", **BECAUSE) == f"{here}?told=asked"
    assert "Nothing came of it" in (await teller.get(here)).text
    assert [row[4] for row in await deeds(teller.people, "purchase_asked")] == ["They asked for it"]


async def test_comparing_is_asked_for_and_done_by_a_worker(counter: Counter, teller: Desk) -> None:
    assert "It was never compared" in (await teller.get("/console/reconciliation")).text
    ada = await counter.player(steam=STEAM_ADA)
    await counter.bought(ada)
    for _ in range(2):
        assert await sent(teller, "/console/reconciliation/run") == "/console/reconciliation?told=run"
    page = (await teller.get("/console/reconciliation")).text
    assert "a worker takes it up" in page
    assert "disabled" in page
    await teller.people.api.drain()
    async with reading(counter.pool) as db:
        (done,) = await overview.comparisons(db, 5)
    assert done.ended_at is not None
    assert done.asked_by == f"staff:{teller.player_id}"
    await actions.reconcile(counter.pool)
    page = (await teller.get("/console/reconciliation")).text
    assert "Everything agrees" in page
    assert "as each night" in page


async def test_an_exception_shows_three_sides_and_is_accepted_with_a_reason(counter: Counter, teller: Desk) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.bought(ada)
    await counter.polled()
    exception_id = await differ(counter, Discord.AMOUNT_DIFFERS, order["order_id"])
    assert "Amount differs" in (await teller.get("/console/reconciliation?kind=amount_differs")).text
    here = f"/console/reconciliation/{exception_id}"
    page = (await teller.get(here)).text
    for said in (
        "The platform says",
        "The order says",
        "The books have",
        "It was met",
        "/console/ledger/transactions/",
    ):
        assert said in page, said
    assert page.count("4.99 EUR") >= 2
    assert (await teller.get(f"{here}/grant")).status_code == 409
    empty = await teller.send("POST", f"{here}/accept", form={"reason": "  "}, signed_by=teller.own)
    assert empty.status_code == 422
    assert await sent(teller, f"{here}/accept", **BECAUSE) == f"{here}?told=accepted"
    assert "They asked for it" in (await teller.get(here)).text
    late = await teller.send("POST", f"{here}/accept", form=BECAUSE, signed_by=teller.own)
    assert late.status_code == 409
    assert "closed" in late.text
    assert str(exception_id) in (await teller.get("/console/reconciliation?state=all")).text
    assert str(exception_id) not in (await teller.get("/console/reconciliation")).text


async def test_what_has_no_order_can_be_looked_at(counter: Counter, teller: Desk) -> None:
    exception_id = await differ(counter, Discord.PAID_NOT_GRANTED, None, "12345")
    page = (await teller.get(f"/console/reconciliation/{exception_id}")).text
    assert "There is no order" in page
    refused = await teller.send(
        "POST", f"/console/reconciliation/{exception_id}/ask", form=BECAUSE, signed_by=teller.own
    )
    assert refused.status_code == 409
    assert "cannot be done about this exception" in refused.text


async def test_feeds_show_what_they_met(counter: Counter, teller: Desk) -> None:
    assert "No feed was read yet" in (await teller.get("/console/platforms")).text
    await counter.polled()
    await counter.pool.execute("update commerce.feeds set fault = 'provider_away' where name = 'epic_clawbacks'")
    page = (await teller.get("/console/platforms")).text
    assert "provider away" in page
    assert "Report of Steam" in page


async def test_the_opening_page_says_what_waits(counter: Counter, teller: Desk) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.begin(ada)
    await counter.polled()
    await counter.pool.execute("update commerce.feeds set fault = 'provider_away' where name = 'steam_report'")
    await counter.pool.execute(
        "update commerce.orders set state = 'unknown', created_at = created_at - interval '2 days' where order_id = $1",
        UUID(order["order_id"]),
    )
    await differ(counter, Discord.NOT_DELIVERED, order["order_id"])
    page = (await teller.get("/console")).text
    for said in ("A purchase does not agree", "Nobody knows the end of a purchase", "Report of Steam cannot be read"):
        assert said in page, said


async def test_support_looks_and_does_nothing(counter: Counter, people: People) -> None:
    sam = await desk(people, "support", "sue@example.com", "Sue")
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.bought(ada)
    page = (await sam.get(f"/console/purchases/{order['order_id']}")).text
    assert "/ask" not in page
    for path in (f"/console/purchases/{order['order_id']}/ask", "/console/reconciliation/run"):
        answer = await sam.send("POST", path, form=BECAUSE, signed_by=sam.own)
        assert answer.status_code == 403
    player = (await sam.get(f"/console/players/{ada.player_id}")).text
    for said in ("Bought for money", f"Bought {order['name']}", "/console/purchases/"):
        assert said.lower() in player.lower(), said
