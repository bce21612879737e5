"""The App Store: purchases, right ones and such as forgers make, its own interface, and what it tells us."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256

from playerbase.kit import clock
from playerbase.payments import AppleTransaction, NotificationRefused, PaymentRefused, ProviderAway, Tills
from playerbase.simulators import apple, apple_signing, settings
from playerbase.simulators.apple import Purchase
from playerbase.simulators.signing import Signer
from playerbase.simulators.world import Fault, World, seconds
from tests.payments.conftest import Opening

ADA = "apple-1"
TOKEN = "0190d5a0-0000-7000-8000-000000000001"


def bought(world: World, **options: Any) -> Purchase:
    return apple.buy(world, ADA, "gems_100", **options)


def signed(world: World, *, by: Any = None, alg: str = "ES256", header: Any = None, **claims: Any) -> str:
    whole = {**apple.payload(bought(world)), **claims}
    kept = {name: value for name, value in whole.items() if value is not None}
    return apple_signing.sign(kept, by=by, alg=alg, header=header)


def reason_of(tills: Tills, token: str) -> str:
    with pytest.raises(PaymentRefused) as refused:
        tills.apple.verify(token)
    return refused.value.reason


async def test_a_purchase_of_the_game_is_believed(world: World, tills: Tills) -> None:
    purchase = bought(world, quantity=3, account_token=TOKEN)
    found = tills.apple.verify(apple.receipt(world, purchase))
    assert (found.transaction_id, found.product_id, found.quantity) == (purchase.id, "gems_100", 3)
    assert (found.account_token, found.environment, found.kind) == (TOKEN, "Sandbox", "Consumable")
    assert (found.price_milliunits, found.currency, found.is_revoked, found.is_family_shared) == (
        4990,
        "EUR",
        False,
        False,
    )


def test_the_root_of_the_simulators_is_the_one_they_are_believed_by() -> None:
    assert apple_signing.root().fingerprint(SHA256()).hex() == settings.APPLE_ROOT_SHA256


FORGED: dict[str, tuple[dict[str, Any], str]] = {
    "unsigned": ({"alg": "none"}, "algorithm"),
    "said to be unsigned": ({"header": {"alg": "none"}}, "algorithm"),
    "signed with a password": ({"header": {"alg": "HS256"}}, "algorithm"),
    "signed by RSA": ({"header": {"alg": "RS256"}}, "algorithm"),
    "a key of the forger's own": ({"header": {"jwk": {"kty": "EC"}}}, "malformed"),
    "a chain at the forger's own": ({"header": {"x5u": "https://evil.example/chain"}}, "malformed"),
    "asking for what nobody understands": ({"header": {"crit": ["exp"]}}, "malformed"),
    "no chain": ({"header": {"x5c": []}}, "chain"),
    "a chain of nonsense": ({"header": {"x5c": ["AAAA", "AAAA", "AAAA"]}}, "chain"),
    "a chain of no base64": ({"header": {"x5c": ["ä", "ä", "ä"]}}, "chain"),
    "another app": ({"bundleId": "com.example.other"}, "bundle"),
    "where money moves": ({"environment": "Production"}, "environment"),
    "of Xcode": ({"environment": "Xcode"}, "environment"),
    "made tomorrow": ({"signedDate": 4_000_000_000_000}, "not_yet"),
    "no product": ({"productId": ""}, "product"),
    "a number that is none": ({"transactionId": "../1"}, "transaction_id"),
    "none bought": ({"quantity": 0}, "quantity"),
    "no number": ({"transactionId": None}, "claims"),
    "a moment beyond time": ({"purchaseDate": 10**30}, "claims"),
}


@pytest.mark.parametrize(("options", "reason"), FORGED.values(), ids=FORGED.keys())
async def test_a_forged_purchase_is_refused(options: dict[str, Any], reason: str, world: World, tills: Tills) -> None:
    assert reason_of(tills, signed(world, **options)) == reason


CHAINS: dict[str, tuple[dict[str, bool], str]] = {
    "another root": ({"own_root": True}, "root"),
    "a leaf that has ended": ({"leaf_ended": True}, "certificate_expired"),
    "a leaf made for something else": ({"leaf_mark": False}, "certificate_purpose"),
    "an intermediate made for something else": ({"middle_mark": False}, "certificate_purpose"),
    "an intermediate that may sign nobody": ({"middle_is_authority": False}, "certificate_purpose"),
}


@pytest.mark.parametrize(("wrong", "reason"), CHAINS.values(), ids=CHAINS.keys())
async def test_a_chain_with_something_wrong_is_refused(
    wrong: dict[str, bool], reason: str, world: World, tills: Tills
) -> None:
    assert reason_of(tills, signed(world, by=apple_signing.chain(**wrong))) == reason


async def test_the_right_root_above_a_stranger_is_refused(world: World, tills: Tills) -> None:
    own, right = apple_signing.chain(own_root=True), apple_signing.chain()
    leaf, middle = own.certificates[:2]
    root = right.certificates[2]
    for forged in ((leaf, middle, root), (leaf, right.certificates[1], root)):
        assert reason_of(tills, signed(world, by=apple_signing.Chain(own.key, forged))) == "chain"
    for length in ((leaf, root), (*right.certificates, root)):
        assert reason_of(tills, signed(world, by=apple_signing.Chain(own.key, length))) == "chain"
    right_chain_other_key = apple_signing.Chain(own.key, right.certificates)
    assert reason_of(tills, signed(world, by=right_chain_other_key)) == "signature"


async def test_one_changed_letter_is_seen(world: World, tills: Tills) -> None:
    token = apple.receipt(world, bought(world))
    head, body, signature = token.split(".")
    told = json.loads(base64.urlsafe_b64decode(body + "=="))
    more = base64.urlsafe_b64encode(json.dumps({**told, "quantity": 999}).encode()).decode().rstrip("=")
    assert reason_of(tills, f"{head}.{more}.{signature}") == "signature"
    assert reason_of(tills, f"{head}.{body}.{signature[:-8]}AAAAAAAA") == "signature"
    assert reason_of(tills, f"{head}.{body}.{signature}AAAA") == "signature"
    for nonsense in ("", "a.b", "a.b.c", f"{token}.x", "é.é.é", "A" * 70_000):
        assert reason_of(tills, nonsense) == "malformed"


async def test_a_token_of_another_maker_is_refused(world: World, tills: Tills) -> None:
    token = Signer().sign(apple.payload(bought(world)), alg="ES256")
    assert reason_of(tills, token) == "chain"


async def test_a_certificate_that_ends_while_we_run_is_believed_no_longer(
    world: World, tills: Tills, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = apple.receipt(world, bought(world))
    tills.apple.verify(token)
    far = clock.now() + timedelta(days=365 * 30)
    monkeypatch.setattr(clock, "now", lambda: far)
    assert reason_of(tills, token) == "certificate_expired"


async def test_our_clock_may_be_moved_and_theirs_is_the_worlds(world: World, tills: Tills) -> None:
    clock.set_offset(timedelta(days=365 * 30))
    try:
        assert tills.apple.verify(apple.receipt(world, bought(world)))
    finally:
        clock.set_offset(timedelta())


async def test_apple_tells_how_a_purchase_stands_now(world: World, tills: Tills) -> None:
    purchase = bought(world)
    old = apple.receipt(world, purchase)
    apple.happen(world, purchase, "refund")
    assert not tills.apple.verify(old).is_revoked, "it was true when it was signed"
    found = await tills.apple.transaction(purchase.id)
    assert (found.is_revoked, found.revocation_reason) == (True, 1)


async def test_what_somebody_bought_and_got_back_is_told_in_pages(world: World, tills: Tills) -> None:
    purchases = [bought(world) for _ in range(5)]
    for purchase in purchases[:3]:
        apple.happen(world, purchase, "refund")
    world.provider("apple").page_max = 2
    found: list[AppleTransaction] = []
    revision = None
    while True:
        told = await tills.apple.refunds(purchases[0].id, revision=revision)
        found, revision = [*found, *told.transactions], told.revision
        if not told.has_more:
            break
    assert [each.transaction_id for each in found] == [each.id for each in purchases[:3]]
    assert all(each.is_revoked for each in found)
    first = await tills.apple.history(purchases[4].id)
    assert (len(first.transactions), first.has_more) == (2, True)


async def test_a_purchase_there_is_not(world: World, tills: Tills) -> None:
    with pytest.raises(PaymentRefused) as refused:
        await tills.apple.transaction("999")
    assert refused.value.reason == "unknown_purchase"
    with pytest.raises(PaymentRefused) as refused:
        await tills.apple.transaction("../../v1/notifications/test")
    assert refused.value.reason == "invalid"
    assert len(world.provider("apple").calls) == 1


@pytest.mark.parametrize("wrong", [{"APPLE_ISSUER_ID": "x"}, {"APPLE_KEY_ID": "x"}])
async def test_a_wrong_key_is_our_fault_and_says_nothing_of_a_purchase(
    wrong: dict[str, str], world: World, opening: Opening
) -> None:
    with pytest.raises(ProviderAway):
        await opening(wrong).apple.transaction(bought(world).id)


@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.CLOSE, Fault.HALF, Fault.FAILING, Fault.TOO_MANY, Fault.MISTAKE])
async def test_apple_away_is_neither_yes_nor_no(fault: Fault, world: World, opening: Opening) -> None:
    world.slow_seconds = 60.0
    tills = opening(seconds=0.5) if fault is Fault.SLOW else opening(seconds=20.0)
    purchase = bought(world)
    world.provider("apple").break_next(fault, 1)
    with pytest.raises(ProviderAway):
        await tills.apple.transaction(purchase.id)


def pushed(world: World, what: str = "refund", **options: Any) -> bytes:
    return apple.happen(world, bought(world, **options), what).body.encode()


@pytest.mark.parametrize(
    ("what", "kind", "state"),
    [
        ("refund", "REFUND", "Taken back"), ("chargeback", "REFUND", "Taken back"), ("revoke", "REVOKE", "Taken back"),
        ("reverse", "REFUND_REVERSED", "Paid"),
    ],
)  # fmt: skip
async def test_what_apple_tells_us_is_believed(what: str, kind: str, state: str, world: World, tills: Tills) -> None:
    told = tills.apple.notification(pushed(world, what))
    assert (told.kind, told.environment) == (kind, "Sandbox")
    assert told.transaction
    assert told.transaction.is_revoked is (state == "Taken back")


async def test_a_test_speaks_of_no_purchase(world: World, tills: Tills) -> None:
    assert tills.apple.notification(pushed(world, "test")).transaction is None


async def test_a_repetition_is_known_by_its_id_and_age(world: World, tills: Tills) -> None:
    body = pushed(world)
    first, again = tills.apple.notification(body), tills.apple.notification(body)
    assert first.id == again.id
    assert abs(first.signed_at.timestamp() - seconds()) < 60


async def test_a_forged_notification_is_refused(world: World, tills: Tills) -> None:
    purchase = bought(world)
    right = json.loads(apple.notification(purchase, "REFUND").body)["signedPayload"]
    whole = json.loads(base64.urlsafe_b64decode(right.split(".")[1] + "=="))
    stranger = apple_signing.chain(own_root=True)
    inner = apple_signing.sign(apple.payload(purchase), by=stranger)
    other = apple_signing.sign({**apple.payload(purchase), "bundleId": "com.example.other"})

    def told(**data: Any) -> str:
        return apple_signing.sign({**whole, "data": {**whole["data"], **data}})

    forged = {
        "root": apple_signing.sign(whole, by=stranger),
        "bundle": told(bundleId="com.example.other"),
        "environment": told(environment="Production"),
        "app": told(appAppleId=7),
        "claims": apple_signing.sign({**whole, "version": "1.0"}),
        "not_yet": apple_signing.sign({**whole, "signedDate": 4_000_000_000_000}),
    }
    cases = [
        *forged.items(),
        ("root", told(signedTransactionInfo=inner)),
        ("bundle", told(signedTransactionInfo=other)),
    ]
    for reason, token in cases:
        with pytest.raises(NotificationRefused) as refused:
            tills.apple.notification(json.dumps({"signedPayload": token}).encode())
        assert (refused.value.reason, refused.value.status) == (reason, 401)
    for body in (b"", b"{}", b"[]", b'{"signedPayload": 7}', b"\xff"):
        with pytest.raises(NotificationRefused):
            tills.apple.notification(body)


async def test_in_production_it_must_be_our_app_by_number(world: World, opening: Opening) -> None:
    tills = opening({"APPLE_ENVIRONMENT": "Production"})
    purchase = bought(world, environment="Production")
    assert tills.apple.notification(apple.happen(world, purchase, "refund").body.encode()).transaction
    for number in (None, 7):
        body = apple.notification(purchase, "REFUND", appAppleId=number).body.encode()
        with pytest.raises(NotificationRefused) as refused:
            tills.apple.notification(body)
        assert refused.value.reason == "app"
    with pytest.raises(PaymentRefused, match="stand for"):
        tills.apple.verify(apple.receipt(world, bought(world)))
