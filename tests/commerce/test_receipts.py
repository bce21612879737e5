"""Receipts of Epic, Apple and Google: believed, compared, and one player's for good."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from playerbase import commerce, payments, simulators
from playerbase.commerce import actions
from playerbase.simulators.world import Fault
from tests.accounts.people import Someone
from tests.commerce.counters import BLADE, CHEST, SKUS, Counter

PLATFORMS = ("epic", "apple", "google")


async def buyer(counter: Counter, platform: str, name: str = "Ada") -> Someone:
    if platform != "epic":
        return await counter.player(name)
    return await counter.player(name, epic=next(iter(counter.world.provider("epic").people)))


def sold(counter: Counter, platform: str, who: Someone | None = None, product: str | None = None, **more: Any) -> Any:
    named = {"apple": "account_token", "google": "account_id"}.get(platform)
    options = {named: str(who.player_id)} if named and who else {}
    return counter.sale(platform, product or SKUS[platform], **{**options, **more})


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_presented_it_is_given_and_the_platform_hears_so(counter: Counter, platform: str) -> None:
    ada = await buyer(counter, platform)
    sale = sold(counter, platform, ada)
    answer = await counter.present(ada, platform, sale)
    assert (answer.status_code, answer.json()["state"]) == (200, "granted"), answer.text
    assert await counter.wallet(ada) == (500, 0)
    await counter.people.api.drain()
    heard = {"epic": "is_redeemed", "google": "is_consumed"}.get(platform)
    assert heard is None or getattr(sale, heard)
    again = await counter.present(ada, platform, sale)
    assert again.json() == answer.json()
    by_order = await counter.post(ada, "/verify-receipt", provider=platform, order_id=answer.json()["order_id"])
    assert by_order.json() == answer.json()
    assert (await counter.wallet(ada), await counter.topics()) == ((500, 0), ["purchase.granted"])


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_fifty_at_once_by_two_players_and_one_has_it(counter: Counter, platform: str) -> None:
    ada, ben = await buyer(counter, platform), await counter.player("Ben")
    sale = sold(counter, platform)
    answers = await asyncio.gather(*(counter.present(who, platform, sale) for _ in range(25) for who in (ada, ben)))
    first, second = answers[::2], answers[1::2]
    winners, losers = (first, second) if first[0].status_code == 200 else (second, first)
    assert {answer.status_code for answer in winners} == {200}
    assert len({answer.json()["order_id"] for answer in winners}) == 1
    codes = {answer.json()["code"] for answer in losers}
    # At Epic it is known at once that Ben has no account there.
    assert codes == ({"platform_not_linked", "receipt_taken"} if platform == "epic" else {"receipt_taken"}) or (
        platform == "epic" and codes <= {"platform_not_linked", "receipt_taken"}
    )
    assert sorted([await counter.wallet(ada), await counter.wallet(ben)]) == [(0, 0), (500, 0)]
    assert await counter.topics() == ["purchase.granted"]
    if platform != "epic":
        assert {row["reason"] for row in await counter.people.audited("receipt_presented")} == {"receipt_taken"}
        kinds = await counter.pool.fetch("select kind, state from commerce.exceptions")
        assert [(row["kind"], row["state"]) for row in kinds] == [("receipt_of_another", "open")]


@pytest.mark.parametrize("platform", ["apple", "google"])
async def test_what_was_bought_for_another_player_is_refused(counter: Counter, platform: str) -> None:
    ada, ben = await counter.player(), await counter.player("Ben")
    sale = sold(counter, platform, ada)
    answer = await counter.present(ben, platform, sale)
    assert (answer.status_code, answer.json()["code"]) == (403, "purchase_of_another")
    assert (await counter.present(ada, platform, sale)).status_code == 200
    named: dict[str, Any] = {"account_token" if platform == "apple" else "account_id": "somebody"}
    strange = sold(counter, platform, **named)
    assert (await counter.present(ada, platform, strange)).json()["code"] == "purchase_of_another"


async def test_an_entitlement_of_another_account_is_refused(counter: Counter) -> None:
    ada = await buyer(counter, "epic")
    other = counter.world.provider("epic").add("Ben at Epic")
    sale = sold(counter, "epic", person=other.id)
    answer = await counter.present(ada, "epic", sale)
    assert (answer.status_code, answer.json()["code"]) == (403, "purchase_of_another")
    foreign = sold(counter, "epic", namespace="another-sandbox")
    assert (await counter.present(ada, "epic", foreign)).json()["reason"] == "unknown_purchase"


async def test_a_purchase_without_a_name_is_refused_where_one_is_demanded(counter: Counter) -> None:
    ada = await counter.player()
    await counter.pool.execute(
        "insert into commerce.settings select true, 3600, 60, 5, 60, 600, 168, 24, true, 'test', now()"
    )
    answer = await counter.present(ada, "google", sold(counter, "google"))
    assert (answer.status_code, answer.json()["code"]) == (403, "purchase_unbound")
    assert (await counter.present(ada, "google", sold(counter, "google", ada))).status_code == 200


async def test_no_money_moved_and_nothing_is_given_in_production(counter: Counter) -> None:
    ada = await counter.player()
    environ = simulators.surroundings(counter.world.url, {})
    paying = payments.configured(environ, in_production=False)
    test = sold(counter, "google", ada, is_test=True)
    commerce.use(counter.people.api.site.keys, paying, in_production=True)
    answer = await counter.present(ada, "google", test)
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_environment")
    commerce.use(counter.people.api.site.keys, paying, in_production=False)
    assert (await counter.present(ada, "google", test)).status_code == 200
    # The App Store's own word for where it was bought, against where we sell: both ways.
    live = sold(counter, "apple", ada, environment="Production")
    assert (await counter.present(ada, "apple", live)).json()["reason"] == "environment"
    environ |= {"APPLE_ENVIRONMENT": "Production"}
    tills = payments.Tills(payments.configured(environ, in_production=False), seconds=20.0)
    payments.use_tills(tills)
    commerce.use(counter.people.api.site.keys, payments.configured(environ, in_production=False), in_production=True)
    tried = await counter.present(ada, "apple", sold(counter, "apple", ada))
    await tills.close()
    assert (tried.status_code, tried.json()["reason"]) == (409, "environment")
    assert await counter.wallet(ada) == (500, 0)


async def test_what_is_forged_unknown_or_unreadable_is_refused(counter: Counter) -> None:
    ada = await buyer(counter, "epic")
    sale = sold(counter, "apple", ada)
    signed = counter.receipt("apple", sale)
    altered = signed[:-8] + ("A" if signed[-8] != "A" else "B") + signed[-7:]
    for platform, receipt, status in (
        ("apple", altered, 409), ("apple", "a.b.c", 409), ("google", "{}", 422), ("epic", "[1", 422),
        ("google", '{"productId": "x", "purchaseToken": "nothing.like.it"}', 409), ("steam", "4711", 404),
        ("steam", "-1", 409), ("epic", f'{{"accountId": "{"0" * 32}", "entitlementId": "x"}}', 409),
    ):  # fmt: skip
        answer = await counter.post(ada, "/verify-receipt", provider=platform, receipt=receipt)
        assert answer.status_code == status, (platform, receipt, answer.text)
    for body in ({"provider": "apple"}, {"provider": "apple", "receipt": "x", "order_id": str(uuid4())}):
        assert (await counter.post(ada, "/verify-receipt", **body)).status_code == 422
    nobody = await counter.post(ada, "/verify-receipt", provider="apple", order_id=str(uuid4()))
    assert nobody.status_code == 404
    assert (await counter.pool.fetchval("select count(*) from commerce.orders"), await counter.topics()) == (0, [])


async def test_an_unknown_sku_gives_nothing_and_leaves_the_receipt_free(counter: Counter) -> None:
    ada = await counter.player()
    answer = await counter.present(ada, "google", sold(counter, "google", ada, "com.example.nothing"))
    assert (answer.status_code, answer.json()["code"]) == (404, "sku_unknown")
    assert await counter.pool.fetchval("select count(*) from commerce.receipts") == 0


async def test_a_payment_that_is_pending_is_given_when_google_says_that_it_went_through(counter: Counter) -> None:
    ada = await counter.player()
    sale = sold(counter, "google", ada, is_pending=True)
    answer = await counter.present(ada, "google", sale)
    assert (answer.status_code, answer.json()["code"]) == (409, "purchase_pending")
    told = await counter.pushed(counter.happen("google", sale.id, "approve"))
    assert told.status_code == 204
    await counter.people.api.drain()
    assert await counter.wallet(ada) == (500, 0)
    assert (await counter.present(ada, "google", sale)).json()["state"] == "granted"
    assert await counter.wallet(ada) == (500, 0)


async def test_what_google_did_not_hear_it_is_told_again(counter: Counter) -> None:
    ada = await counter.player()
    sale = sold(counter, "google", ada, BLADE["google"])
    google = counter.world.provider("google")
    await counter.present(ada, "google", sale)
    google.break_next(Fault.FAILING, 2)
    await counter.people.api.drain()
    assert not sale.is_acknowledged
    for _ in range(3):
        await counter.people.later(hours=1)
        await actions.confirm_due(counter.pool)
        await counter.people.api.drain()
    assert (sale.is_acknowledged, sale.is_consumed) == (True, False), "what lasts is not used up at the shop"


async def test_a_closed_wallet_keeps_the_purchase_until_it_is_opened(counter: Counter) -> None:
    ada = await counter.player()
    await counter.earn(ada, 1)
    await counter.pool.execute("update ledger.balances set locked = 2 where floor is not null")
    sale = sold(counter, "google", ada)
    kept = (await counter.present(ada, "google", sale)).json()
    assert kept["state"] == "unknown"
    ben = await counter.player("Ben")
    assert (await counter.present(ben, "google", sale)).json()["code"] == "receipt_taken"
    await counter.pool.execute("update ledger.balances set locked = 0")
    await counter.people.later(minutes=2)
    await actions.look_into_due(counter.pool)
    assert (await counter.order(kept["order_id"])).state == "granted"
    assert await counter.wallet(ada) == (501, 0)


async def test_what_was_kept_and_then_taken_back_is_never_given(counter: Counter) -> None:
    ada = await counter.player()
    await counter.earn(ada, 1)
    await counter.pool.execute("update ledger.balances set locked = 2 where floor is not null")
    sale = sold(counter, "google", ada)
    kept = (await counter.present(ada, "google", sale)).json()
    counter.happen("google", sale.id, "refund")
    await counter.pool.execute("update ledger.balances set locked = 0")
    await counter.people.later(minutes=2)
    await actions.look_into_due(counter.pool)
    await counter.polled()
    assert (await counter.order(kept["order_id"])).state == "refunded"
    assert (await counter.wallet(ada), await counter.topics()) == ((1, 0), ["purchase.refunded"])


async def test_several_of_a_chest_from_the_app_store(counter: Counter) -> None:
    ada = await counter.player()
    sale = sold(counter, "apple", ada, CHEST["apple"], quantity=3)
    done = (await counter.present(ada, "apple", sale)).json()
    assert (done["quantity"], done["amount"], done["currency"]) == (3, 499, "EUR")
    assert (await counter.wallet(ada), await counter.wallet(ada, "item:potion")) == ((600, 0), (15, 0))
