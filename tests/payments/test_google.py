"""Google Play: purchases it is asked about, what was taken back, and what it tells us."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from playerbase.kit import clock
from playerbase.payments import (
    GoogleNotificationKind,
    GoogleState,
    GoogleVoided,
    NotificationRefused,
    PaymentRefused,
    PaymentUnknownOutcome,
    ProviderAway,
    Tills,
)
from playerbase.simulators import google
from playerbase.simulators.google import Purchase
from playerbase.simulators.world import Fault, Push, World, seconds
from tests.payments.conftest import Opening

ADA = "google-1"


def bought(world: World, **options: Any) -> Purchase:
    return google.buy(world, ADA, "gems_100", **options)


def a_week_ago() -> datetime:
    return datetime.now(UTC) - timedelta(days=7)


async def reason_of(tills: Tills, push: Push) -> str:
    with pytest.raises(NotificationRefused) as refused:
        await tills.google.notification(push.headers.get("Authorization"), push.body.encode())
    return refused.value.reason


async def test_a_purchase_is_asked_about(world: World, tills: Tills) -> None:
    purchase = bought(world, quantity=2, account_id="our-player")
    found = await tills.google.purchase("gems_100", purchase.id)
    assert (found.state, found.order_id, found.quantity) == (GoogleState.PURCHASED, purchase.order_id, 2)
    assert (found.account_id, found.is_test, found.is_acknowledged) == ("our-player", False, False)
    assert (await tills.google.purchase("gems_100", bought(world, is_test=True).id)).is_test


async def test_a_token_goes_in_a_header_and_is_asked_for_once(world: World, tills: Tills) -> None:
    for _ in range(3):
        await tills.google.purchase("gems_100", bought(world).id)
    assert [call.path for call in world.provider("google").calls].count("/google/token") == 1


async def test_a_token_that_was_withdrawn_is_renewed(world: World, tills: Tills) -> None:
    purchase = bought(world)
    await tills.google.purchase("gems_100", purchase.id)
    world.provider("google").tokens.clear()
    assert await tills.google.purchase("gems_100", purchase.id)
    world.provider("google").tokens.clear()
    await tills.google.acknowledge("gems_100", purchase.id)


@pytest.mark.parametrize("wrong", [{"GOOGLE_PLAY_EMAIL": "other@x.example"}])
async def test_an_account_google_does_not_know_is_our_fault(
    wrong: dict[str, str], world: World, opening: Opening
) -> None:
    with pytest.raises(ProviderAway):
        await opening(wrong).google.purchase("gems_100", bought(world).id)


async def test_a_purchase_there_is_not_or_of_another_product(world: World, tills: Tills) -> None:
    for product, token in (("gems_100", "made-up"), ("gems_1000", bought(world).id)):
        with pytest.raises(PaymentRefused) as refused:
            await tills.google.purchase(product, token)
        assert refused.value.reason == "unknown_purchase"
    asked = len(world.provider("google").calls)
    for product, token in (("../x", "a"), ("gems_100", "a/b"), ("gems_100", "a:acknowledge"), ("GEMS", "a"), ("g", "")):
        with pytest.raises(PaymentRefused) as refused:
            await tills.google.purchase(product, token)
        assert refused.value.reason == "invalid"
    assert len(world.provider("google").calls) == asked


async def test_what_is_pending_is_not_paid(world: World, tills: Tills) -> None:
    purchase = bought(world, is_pending=True)
    assert (await tills.google.purchase("gems_100", purchase.id)).state is GoogleState.PENDING
    google.happen(world, purchase, "approve")
    assert (await tills.google.purchase("gems_100", purchase.id)).state is GoogleState.PURCHASED
    other = bought(world, is_pending=True)
    google.happen(world, other, "decline")
    assert (await tills.google.purchase("gems_100", other.id)).state is GoogleState.CANCELED


async def test_it_is_acknowledged_and_consumed_as_often_as_one_likes(world: World, tills: Tills) -> None:
    purchase = bought(world)
    for _ in range(2):
        await tills.google.acknowledge("gems_100", purchase.id)
    await tills.google.consume("gems_100", purchase.id)
    found = await tills.google.purchase("gems_100", purchase.id)
    assert (found.is_acknowledged, found.is_consumed) == (True, True)
    with pytest.raises(PaymentRefused) as refused:
        await tills.google.consume("gems_100", bought(world, is_pending=True).id)
    assert refused.value.reason == "invalid"


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.CLOSE, Fault.FAILING])
async def test_a_deed_without_an_answer_may_have_been_done(fault: Fault, world: World, opening: Opening) -> None:
    world.slow_seconds = 60.0
    tills = opening(seconds=5.0 if fault is Fault.LOST else 20.0)
    purchase = bought(world)
    await tills.google.purchase("gems_100", purchase.id)
    world.provider("google").break_next(fault, 1)
    with pytest.raises(PaymentUnknownOutcome):
        await tills.google.acknowledge("gems_100", purchase.id)
    assert (await tills.google.purchase("gems_100", purchase.id)).is_acknowledged is (fault is not Fault.FAILING)


@pytest.mark.parametrize("fault", [Fault.CLOSE, Fault.HALF, Fault.FAILING, Fault.TOO_MANY, Fault.FORBIDDEN])
async def test_google_away_is_neither_yes_nor_no(fault: Fault, world: World, tills: Tills) -> None:
    world.provider("google").break_next(fault, 1)
    with pytest.raises(ProviderAway):
        await tills.google.purchase("gems_100", bought(world).id)


async def test_a_polite_mistake_is_no_purchase(world: World, tills: Tills) -> None:
    await tills.google.voided(a_week_ago())
    world.provider("google").break_next(Fault.MISTAKE, 1)
    assert (await tills.google.purchase("gems_100", bought(world).id)).state is GoogleState.OTHER


async def test_what_was_taken_back_is_told_in_pages(world: World, tills: Tills) -> None:
    purchases = [bought(world) for _ in range(5)]
    for purchase in purchases:
        google.happen(world, purchase, "chargeback" if purchase is purchases[0] else "refund")
    world.provider("google").page_max = 2
    found: list[GoogleVoided] = []
    page_token, since = None, datetime.now(UTC) - timedelta(days=90)
    while True:
        page = await tills.google.voided(since, page_token=page_token)
        found, page_token, since = [*found, *page.rows], page.next_token, page.since
        if page_token is None:
            break
    assert [row.token for row in found] == [purchase.id for purchase in purchases]
    assert [row.is_chargeback for row in found] == [True, False, False, False, False]
    assert found[0].order_id == purchases[0].order_id


async def test_nothing_taken_back_is_an_empty_page(tills: Tills) -> None:
    assert (await tills.google.voided(a_week_ago())).rows == []


async def test_google_remembers_thirty_days_and_says_since_when(tills: Tills) -> None:
    page = await tills.google.voided(datetime.now(UTC) - timedelta(days=90))
    assert timedelta(days=29) < datetime.now(UTC) - page.since < timedelta(days=30)


async def test_our_clock_may_be_moved_and_theirs_is_the_worlds(world: World, tills: Tills) -> None:
    clock.set_offset(timedelta(days=60))
    try:
        purchase = bought(world)
        assert await tills.google.purchase("gems_100", purchase.id)
        assert (await tills.google.voided(clock.now())).rows == []
        push = google.happen(world, purchase, "refund")
        assert await tills.google.notification(push.headers["Authorization"], push.body.encode())
    finally:
        clock.set_offset(timedelta())


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("refund", GoogleNotificationKind.VOIDED),
        ("chargeback", GoogleNotificationKind.VOIDED),
        ("approve", GoogleNotificationKind.PRODUCT),
    ],
)
async def test_what_google_tells_us_names_the_purchase(
    what: str, kind: GoogleNotificationKind, world: World, tills: Tills
) -> None:
    purchase = bought(world, is_pending=what == "approve")
    push = google.happen(world, purchase, what)
    told = await tills.google.notification(push.headers["Authorization"], push.body.encode())
    again = await tills.google.notification(push.headers["Authorization"], push.body.encode())
    assert (told.kind, told.token, told.id) == (kind, purchase.id, push.id)
    assert told == again, "a repetition is known by its id"
    assert abs(told.at.timestamp() - seconds()) < 60


async def test_a_test_speaks_of_no_purchase(world: World, tills: Tills) -> None:
    push = google.happen(world, bought(world), "test")
    assert (await tills.google.notification(push.headers["Authorization"], push.body.encode())).token is None


FORGED: dict[str, tuple[dict[str, Any], str]] = {
    "another's address": ({"aud": "https://other.example"}, "audience"),
    "somebody with an account": ({"email": "eve@gmail.example"}, "email"),
    "an address nobody verified": ({"email_verified": False}, "email"),
    "another issuer": ({"iss": "https://accounts.google.com.evil.example"}, "issuer"),
    "ended": ({"exp": 1_700_000_000}, "expired"),
    "made tomorrow": ({"iat": 4_000_000_000}, "not_yet"),
    "unsigned": ({"alg": "none"}, "malformed"),
    "said to be unsigned": ({"header": {"alg": "none"}}, "algorithm"),
    "signed with our public key as a password": ({"alg": "HS256"}, "algorithm"),
    "a key of the forger's own": ({"header": {"jwk": {"kty": "RSA"}}}, "malformed"),
    "unknown key": ({"header": {"kid": "made-up"}}, "key_unknown"),
}


@pytest.mark.parametrize(("options", "reason"), FORGED.values(), ids=FORGED.keys())
async def test_a_forged_push_is_refused(options: dict[str, Any], reason: str, world: World, tills: Tills) -> None:
    push = google.notification(world, "testNotification", {"version": "1.0"}, **options)
    assert await reason_of(tills, push) == reason


async def test_a_push_without_its_token_or_with_a_broken_one(world: World, tills: Tills) -> None:
    push = google.notification(world, "testNotification", {"version": "1.0"})
    token = push.headers["Authorization"]
    for authorization in (None, "", "Basic abc", token.removeprefix("Bearer ")):
        with pytest.raises(NotificationRefused) as refused:
            await tills.google.notification(authorization, push.body.encode())
        assert refused.value.reason == "token_missing"
    changed = token[:-6] + ("AAAAAA" if not token.endswith("AAAAAA") else "BBBBBB")
    with pytest.raises(NotificationRefused) as refused:
        await tills.google.notification(changed, push.body.encode())
    assert (refused.value.reason, refused.value.status) == ("signature", 401)


async def test_a_push_about_another_app_or_about_nothing(world: World, tills: Tills) -> None:
    push = google.notification(world, "testNotification", {"version": "1.0"})
    other = google.notification(world, "packageName", {})
    for body in (b"", b"{}", b'{"message": {"data": "!!", "messageId": "1"}}', b"\xff", other.body.encode()):
        with pytest.raises(NotificationRefused) as refused:
            await tills.google.notification(push.headers["Authorization"], body)
        assert refused.value.reason == "claims"


async def test_a_push_of_another_package_is_refused(world: World, opening: Opening) -> None:
    push = google.notification(world, "testNotification", {"version": "1.0"})
    assert await reason_of(opening({"GOOGLE_PLAY_PACKAGE": "com.example.other"}), push) == "package"


async def test_without_an_audience_nothing_is_expected(world: World, opening: Opening) -> None:
    push = google.notification(world, "testNotification", {"version": "1.0"})
    tills = opening({"GOOGLE_PUSH_AUDIENCE": "", "GOOGLE_PUSH_EMAIL": ""})
    assert await reason_of(tills, push) == "not_expected"


async def test_while_keys_cannot_be_read_a_push_is_neither_right_nor_wrong(world: World, tills: Tills) -> None:
    push = google.notification(world, "testNotification", {"version": "1.0"})
    world.provider("google").break_next(Fault.FAILING, 1)
    with pytest.raises(ProviderAway):
        await tills.google.notification(push.headers["Authorization"], push.body.encode())
    assert await tills.google.notification(push.headers["Authorization"], push.body.encode())


async def test_made_up_keys_are_looked_for_once(world: World, tills: Tills) -> None:
    for number in range(5):
        push = google.notification(world, "testNotification", {}, header={"kid": f"made-up-{number}"})
        assert await reason_of(tills, push) == "key_unknown"
    assert len(world.provider("google").calls) == 1
    assert json.loads(push.body)["message"]["messageId"] == push.id
