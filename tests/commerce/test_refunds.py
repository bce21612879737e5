"""Money that went back: in any order, repeated, by several ways at once, before the purchase, after half was spent."""

import asyncio
import time
from typing import Any
from uuid import UUID

import pytest

from playerbase.commerce import actions
from playerbase.commerce.actions import granting, refunding
from playerbase.commerce.model import Platform, RefundKind, Told
from playerbase.kit.db import Tx, transaction
from playerbase.simulators import apple
from playerbase.simulators.world import Fault
from tests.accounts.people import Someone
from tests.commerce.counters import CHEST, SKUS, STEAM_ADA, Counter
from tests.commerce.test_crashes import wanted
from tests.commerce.test_receipts import buyer, sold


async def gems(counter: Counter, platform: str) -> tuple[Someone, Any, dict[str, Any]]:
    """Somebody who has bought 500 gems: who, the sale at the platform, and the order here."""
    if platform == "steam":
        ada = await counter.player(steam=STEAM_ADA)
        order = await counter.bought(ada)
        (sale,) = counter.world.provider("steam").sales.values()
        return ada, sale, order
    ada = await buyer(counter, platform)
    sale = sold(counter, platform, ada)
    return ada, sale, (await counter.present(ada, platform, sale)).json()


async def went_back(counter: Counter, platform: str, sale: Any, what: str = "refund") -> None:
    """It did, and we hear of it in the way of that platform."""
    push = counter.happen(platform, sale.id, what)
    if push is not None:
        assert (await counter.pushed(push)).status_code == 204
    await counter.people.api.drain()
    await counter.polled()


@pytest.mark.parametrize("platform", ["steam", "epic", "apple", "google"])
async def test_half_was_spent_and_becomes_a_debt_that_is_repaid(counter: Counter, platform: str) -> None:
    ada, sale, order = await gems(counter, platform)
    await counter.spend(ada, 250)
    await went_back(counter, platform, sale)
    assert await counter.wallet(ada) == (0, 250)
    assert (await counter.order(order["order_id"])).state == "refunded"
    (refund,) = (await counter.get(ada, "/commerce/refunds"))["items"]
    assert (refund["assets"], refund["kind"]) == ([{"asset": "gems", "taken": 250, "owed": 250}], "refund")
    # Gems repay a debt with all that comes in.
    await counter.earn(ada, 100)
    assert await counter.wallet(ada) == (0, 150)
    await counter.earn(ada, 200)
    assert await counter.wallet(ada) == (50, 0)
    # However often and by whatever way it is said again.
    await counter.people.later(hours=25)
    await counter.polled()
    await actions.ask_apple_again(counter.pool)
    await counter.polled()
    assert await counter.wallet(ada) == (50, 0)
    assert await counter.topics() == ["purchase.granted", "purchase.refunded"]


@pytest.mark.parametrize("platform", ["steam", "google"])
async def test_a_bank_takes_it_back(counter: Counter, platform: str) -> None:
    ada, sale, order = await gems(counter, platform)
    await went_back(counter, platform, sale, "chargeback")
    assert (await counter.order(order["order_id"])).state == "charged_back"
    assert await counter.wallet(ada) == (0, 0)


async def test_things_go_stacks_go_and_what_was_drunk_is_owed(counter: Counter) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    await counter.bought(ada, CHEST["steam"])
    used = await counter.people.post("/inventory/potion/consume", {"quantity": 2, "transaction_id": "x"}, **ada.headers)
    assert used.status_code == 200
    (sale,) = counter.world.provider("steam").sales.values()
    await went_back(counter, "steam", sale)
    assert await counter.things(ada) == []
    assert (await counter.wallet(ada, "item:potion"), await counter.wallet(ada)) == ((0, 2), (0, 0))
    (refund,) = (await counter.get(ada, "/commerce/refunds"))["items"]
    assert refund["items"] == [{"item": "blade", "taken": 1, "lost": 0}]


@pytest.mark.parametrize("platform", ["epic", "google"])
async def test_a_refund_that_comes_before_its_purchase_waits_for_it(counter: Counter, platform: str) -> None:
    ada = await buyer(counter, platform)
    sale = sold(counter, platform, ada)
    receipt = counter.receipt(platform, sale)
    await went_back(counter, platform, sale)
    waiting = await counter.pool.fetch("select state from commerce.refunds")
    assert [row["state"] for row in waiting] == ["waiting"]
    # The platform no longer stands for it; and if it did, nothing would be given.
    refused = await counter.post(ada, "/verify-receipt", provider=platform, receipt=receipt)
    assert refused.status_code == 409
    if platform == "epic":
        sale.taken_at = None
    else:
        sale.status = 0
    answer = await counter.post(ada, "/verify-receipt", provider=platform, receipt=receipt)
    assert (answer.status_code, answer.json()["state"]) == (200, "refunded")
    assert (await counter.wallet(ada), await counter.topics()) == ((0, 0), ["purchase.refunded"])


async def test_a_refund_beside_its_purchase_leaves_nothing_given(counter: Counter) -> None:

    ada = await counter.player()
    for _ in range(10):
        sale = sold(counter, "google", ada)
        told = Told(platform=Platform.GOOGLE, ref=sale.id, part="refund", kind=RefundKind.REFUND, source="test")

        async def back(told: Told = told) -> str:
            async with transaction(counter.pool) as tx:
                return await refunding.apply_refund(tx, told)

        answer, _ = await asyncio.gather(counter.present(ada, "google", sale), back())
        assert answer.status_code == 200
        assert await counter.wallet(ada) == (0, 0)
        assert (await counter.order(answer.json()["order_id"])).state == "refunded"


async def test_who_gives_and_who_takes_back_take_turns_whoever_comes_first(counter: Counter) -> None:
    ada = await counter.player()

    async def give(tx: Tx, ref: str) -> None:
        evidence, order = await wanted(counter.pool, ada.player_id, ref)
        await granting.grant_new(tx, evidence, order)

    async def back(tx: Tx, ref: str) -> None:
        told = Told(platform=Platform.GOOGLE, ref=ref, part="refund", kind=RefundKind.REFUND, source="test")
        await refunding.apply_refund(tx, told)

    for ref, first, second in (("given first", give, back), ("taken back first", back, give)):

        async def follows(ref: str = ref, second: Any = second) -> None:
            async with transaction(counter.pool) as tx:
                await second(tx, ref)

        async with transaction(counter.pool) as tx:
            await first(tx, ref)
            following = asyncio.create_task(follows())
            # It has time to overtake, and must not.
            await asyncio.wait({following}, timeout=1.0)
            assert not following.done()
        await following
        assert await counter.wallet(ada) == (0, 0)
    assert await counter.pool.fetchval("select count(*) from commerce.refunds where state = 'applied'") == 2


async def test_two_feeds_and_a_notification_say_it_at_once(counter: Counter) -> None:
    ada, sale, _ = await gems(counter, "google")
    push = counter.happen("google", sale.id, "refund")
    answers, _ = await asyncio.gather(
        asyncio.gather(*(counter.pushed(push) for _ in range(5))),
        actions.read_feed(counter.pool, actions.GOOGLE_VOIDED, at_once=True),
    )
    assert {answer.status_code for answer in answers} == {204}, [each.text for each in answers]
    await asyncio.gather(*(actions.act_on_due(counter.pool) for _ in range(5)))
    await counter.people.api.drain()
    assert await counter.wallet(ada) == (0, 0)
    assert await counter.topics() == ["purchase.granted", "purchase.refunded"]
    assert await counter.pool.fetchval("select count(*) from commerce.refunds") == 1


async def test_a_part_is_taken_back_by_quantity_and_the_rest_later(counter: Counter) -> None:

    ada = await counter.player()
    sale = sold(counter, "google", ada, quantity=5)
    order = (await counter.present(ada, "google", sale)).json()
    for part, quantity, left in (("a", 2, 1500), ("a", 2, 1500), ("b", 1, 1000), ("refund", None, 0), ("c", 9, 0)):
        async with transaction(counter.pool) as tx:
            await refunding.apply_refund(
                tx,
                Told(
                    platform=Platform.GOOGLE, ref=sale.id, part=part, kind=RefundKind.REFUND, source="test",
                    quantity=quantity,
                ),
            )  # fmt: skip
        assert await counter.wallet(ada) == (left, 0)
    assert (await counter.order(order["order_id"])).state == "refunded"


async def test_apple_takes_its_refund_back_and_it_is_given_again(counter: Counter) -> None:
    ada, sale, order = await gems(counter, "apple")
    await counter.spend(ada, 300)
    first = counter.happen("apple", sale.id, "refund")
    await counter.pushed(first)
    await counter.people.api.drain()
    assert await counter.wallet(ada) == (0, 300)
    await went_back(counter, "apple", sale, "reverse")
    assert (await counter.order(order["order_id"])).state == "granted"
    balance, debt = await counter.wallet(ada)
    assert balance - debt == 200
    # The first word again, late: Apple says how it stands now.
    await counter.pool.execute("update commerce.statements set due_at = seen_at where kind = 'refund'")
    await counter.polled()
    assert await counter.wallet(ada) == (balance, debt)
    await went_back(counter, "apple", sale, "refund")
    balance, debt = await counter.wallet(ada)
    assert (balance - debt, (await counter.order(order["order_id"])).state) == (-300, "refunded")


async def test_forged_altered_old_and_repeated_notifications(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, sale, _ = await gems(counter, "apple")
    push = counter.happen("apple", sale.id, "refund")
    body = push.body
    altered = body[:-20] + ("A" if body[-20] != "A" else "B") + body[-19:]
    for wrong in (altered, "", "{}", '{"signedPayload": "a.b.c"}'):
        answer = await counter.pushed(push, body=wrong)
        assert (answer.status_code, answer.json()["code"]) == (401, "notification_refused")
    google = counter.happen("google", sold(counter, "google").id, "refund")
    token = google.headers["Authorization"]
    for wrong in ("", "Bearer x", token[:-9] + ("A" if token[-9] != "A" else "B") + token[-8:]):
        assert (await counter.pushed(google, headers={"Authorization": wrong})).status_code == 401
    assert await counter.pool.fetchval("select count(*) from commerce.statements") == 0
    await counter.pool.execute(
        "insert into commerce.settings select true, 3600, 60, 5, 60, 600, 1, 24, false, 'test', now()"
    )

    with monkeypatch.context() as patched:
        patched.setattr(apple, "seconds", lambda: int(time.time()) - 7_200)
        old = apple.notification(sale, "REFUND")
    stale = await counter.pushed(old)
    assert (stale.status_code, stale.json()["code"]) == (409, "notification_stale")
    for _ in range(3):
        assert (await counter.pushed(push)).status_code == 204
    await counter.people.api.drain()
    assert (await counter.wallet(ada), await counter.topics()) == ((0, 0), ["purchase.granted", "purchase.refunded"])
    assert {row["outcome"] for row in await counter.people.audited("webhook_refused")} == {"refused"}


async def test_a_report_in_pages_that_are_cut_off_skips_nothing(counter: Counter) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    steam = counter.world.provider("steam")
    for number in range(7):
        await counter.bought(ada, SKUS["steam"], transaction_id=str(number))
    for number, sale in enumerate(steam.sales.values()):
        counter.happen("steam", sale.id, "refund")
        sale.changed_at += number // 2  # Two share each moment.
    steam.page_max = 3

    await actions.read_feed(counter.pool, actions.STEAM_REPORT, at_once=True)
    steam.break_next(Fault.HALF, 1)
    await actions.read_feed(counter.pool, actions.STEAM_REPORT, at_once=True)
    await counter.polled()
    assert await counter.wallet(ada) == (0, 0)
    assert await counter.pool.fetchval("select count(*) from commerce.refunds where state = 'applied'") == 7


async def test_one_process_reads_a_feed_at_a_time(counter: Counter) -> None:
    ada, sale, _ = await gems(counter, "steam")
    counter.happen("steam", sale.id, "refund")
    counts = await asyncio.gather(
        *(actions.read_feed(counter.pool, actions.STEAM_REPORT, at_once=True) for _ in range(8))
    )
    assert max(counts) == sum(counts) == 1
    await counter.polled()
    assert await counter.wallet(ada) == (0, 0)


async def test_the_report_alone_tells_of_what_nobody_finalized_here(counter: Counter) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    order = await counter.begin(ada)
    (sale,) = counter.world.provider("steam").sales.values()
    counter.happen("steam", sale.id, "decline")
    await counter.finalize(ada, order)
    assert (await counter.order(order["order_id"])).state == "failed"
    sale.state = "Succeeded"  # Steam thinks better of it.
    await counter.polled()
    assert (await counter.order(order["order_id"])).state == "granted"
    assert await counter.wallet(ada) == (500, 0)


async def test_steam_says_how_many_went_back_by_now_and_not_how_many_more(counter: Counter) -> None:
    ada = await counter.player(steam=STEAM_ADA)
    bought = await counter.bought(ada, SKUS["steam"], quantity=3)
    ref = await counter.pool.fetchval("select ref from commerce.receipts where order_id = $1", UUID(bought["order_id"]))
    for by_now, left in ((1, 1_000), (2, 500), (2, 500), (3, 0)):
        told = Told(
            platform=Platform.STEAM, ref=ref, part=f"part {by_now}", kind=RefundKind.REFUND, source="test",
            quantity=by_now,
        )  # fmt: skip
        async with transaction(counter.pool) as tx:
            await refunding.apply_refund(tx, told)
        assert await counter.wallet(ada) == (left, 0)
    assert (await counter.order(bought["order_id"])).state == "refunded"
