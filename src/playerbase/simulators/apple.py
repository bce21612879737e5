"""The App Store: purchases it signs, the App Store Server API, and notifications."""

import json
import secrets
import uuid
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from playerbase.simulators import apple_signing, made_up, settings
from playerbase.simulators.oauth import bearer
from playerbase.simulators.web import JSON, Asked, Reply, Route, route, said
from playerbase.simulators.world import Provider, Push, World, keep, seconds

NAME = "apple"
WEBHOOK = "/webhooks/apple"
PAGE_MAX = 20

# What a person can let happen: the notification it brings, and why it was taken back.
DEEDS: dict[str, tuple[str, str, int | None]] = {
    "refund": ("Refund", "REFUND", 1),
    "chargeback": ("Chargeback", "REFUND", 0),
    "revoke": ("Leave the family", "REVOKE", None),
    "reverse": ("Take the refund back", "REFUND_REVERSED", None),
    "test": ("Test notification", "TEST", None),
}


class Purchase(msgspec.Struct, kw_only=True):
    """A purchase; what is signed of it is made anew each time."""

    id: str
    person_id: str
    product_id: str
    kind: str
    quantity: int
    account_token: str | None
    ownership: str
    environment: str
    bought_at: int
    revoked_at: int | None = None
    reason: int | None = None
    changed: int = 0

    @property
    def what(self) -> str:
        """What is bought, for a person to read."""
        return f"{self.quantity} x {self.product_id}"

    @property
    def state(self) -> str:
        """How it stands."""
        return "Paid" if self.revoked_at is None else "Taken back"


def buy(
    world: World,
    person_id: str,
    product_id: str,
    *,
    quantity: int = 1,
    account_token: str | None = None,
    kind: str = "Consumable",
    ownership: str = "PURCHASED",
    environment: str = "Sandbox",
) -> Purchase:
    """Somebody buys something in the game; a KeyError for nobody."""
    apple = world.provider(NAME)
    made = Purchase(
        id=str(2 * 10**15 + secrets.randbelow(10**15)), person_id=apple.people[person_id].id, product_id=product_id,
        kind=kind, quantity=quantity, account_token=account_token, ownership=ownership, environment=environment,
        bought_at=seconds() * 1000,
    )  # fmt: skip
    keep(apple.sales, made.id, made)
    return made


def payload(purchase: Purchase) -> dict[str, Any]:
    """What is signed of a purchase."""
    found: dict[str, Any] = {
        "transactionId": purchase.id, "originalTransactionId": purchase.id, "bundleId": settings.APPLE_BUNDLE_ID,
        "productId": purchase.product_id, "purchaseDate": purchase.bought_at,
        "originalPurchaseDate": purchase.bought_at, "quantity": purchase.quantity, "type": purchase.kind,
        "inAppOwnershipType": purchase.ownership, "signedDate": seconds() * 1000,
        "environment": purchase.environment, "transactionReason": "PURCHASE", "storefront": "DEU",
        "storefrontId": "143443", "price": 4_990, "currency": "EUR",
    }  # fmt: skip
    if purchase.account_token:
        found["appAccountToken"] = purchase.account_token
    if purchase.revoked_at is not None:
        found |= {"revocationDate": purchase.revoked_at}
        found |= {} if purchase.reason is None else {"revocationReason": purchase.reason}
    return found


def receipt(_world: World, purchase: Purchase) -> str:
    """What the game presents."""
    return apple_signing.sign(payload(purchase))


def happen(world: World, purchase: Purchase, what: str) -> Push:
    """Let something happen to a purchase, which Playerbase is told; a KeyError for what there is not."""
    _title, kind, reason = DEEDS[what]
    if kind in {"REFUND", "REVOKE"}:
        purchase.revoked_at, purchase.reason = seconds() * 1000, reason
    elif kind == "REFUND_REVERSED":
        purchase.revoked_at = purchase.reason = None
    return world.push(notification(purchase, kind))


def possible(purchase: Purchase) -> dict[str, str]:
    """What a person may let happen to it now."""
    fitting = {"reverse", "test"} if purchase.revoked_at is not None else set(DEEDS) - {"reverse"}
    return {name: title for name, (title, *_) in DEEDS.items() if name in fitting}


def notification(purchase: Purchase, kind: str, **data: Any) -> Push:
    """A notification of version 2 about a purchase."""
    told = {
        "bundleId": settings.APPLE_BUNDLE_ID, "bundleVersion": "1", "environment": purchase.environment,
        **({"appAppleId": settings.APPLE_APP_ID} if purchase.environment == "Production" else {}),
        **({} if kind == "TEST" else {"signedTransactionInfo": apple_signing.sign(payload(purchase))}), **data,
    }  # fmt: skip
    push_id = str(uuid.uuid4())
    whole = {
        "notificationType": kind, "notificationUUID": push_id, "version": "2.0",
        "signedDate": seconds() * 1000, "data": told,
    }  # fmt: skip
    body = json.dumps({"signedPayload": apple_signing.sign(whole)})
    return Push(push_id, NAME, kind, WEBHOOK, {"Content-Type": JSON}, body)


def transaction(asked: Asked) -> Reply:
    """Get Transaction Info."""
    purchase = asked.world.provider(NAME).sales.get(asked.words["transaction"])
    return _missing() if purchase is None else said({"signedTransactionInfo": receipt(asked.world, purchase)})


def history(asked: Asked) -> Reply:
    """Get Transaction History, version 2."""
    return _page(asked, lambda _: True)


def refunds(asked: Asked) -> Reply:
    """Get Refund History, version 2."""
    return _page(asked, lambda purchase: purchase.revoked_at is not None)


def routes() -> list[Route]:
    """Where the App Store answers."""
    return [
        route("GET", "/apple/inApps/v1/transactions/{transaction}", partial(_ours, transaction), provider=NAME),
        route("GET", "/apple/inApps/v2/history/{transaction}", partial(_ours, history), provider=NAME),
        route("GET", "/apple/inApps/v2/refund/lookup/{transaction}", partial(_ours, refunds), provider=NAME),
    ]


def _page(asked: Asked, wanted: Callable[[Purchase], bool]) -> Reply:
    apple: Provider = asked.world.provider(NAME)
    purchase = apple.sales.get(asked.words["transaction"])
    if purchase is None:
        return _missing()
    found = [each for each in apple.sales.values() if each.person_id == purchase.person_id and wanted(each)]
    start, count = int(asked.query.get("revision", "0")), apple.page_max or PAGE_MAX
    handed = found[start : start + count]
    return said(
        {
            "revision": str(start + len(handed)), "hasMore": start + len(handed) < len(found),
            "bundleId": settings.APPLE_BUNDLE_ID, "environment": "Sandbox",
            "signedTransactions": [receipt(asked.world, each) for each in handed],
        }
    )  # fmt: skip


def _ours(handler: Callable[[Asked], Reply], asked: Asked) -> Reply:
    """Only for who shows a token of our key, for our app, that ends soon."""
    try:
        token = jwt.decode(bearer(asked), _key(), algorithms=["ES256"])
    except (JoseError, ValueError):
        return Reply("Unauthenticated\n", 401)
    claims, now = token.claims, seconds()
    is_ours = (
        token.header.get("kid") == settings.APPLE_KEY_ID
        and claims.get("iss") == settings.APPLE_ISSUER_ID
        and claims.get("aud") == "appstoreconnect-v1"
        and claims.get("bid") == settings.APPLE_BUNDLE_ID
        and now - 60 <= claims.get("iat", 0) <= now + 60
        and now < claims.get("exp", 0) <= now + 3_600
    )
    return handler(asked) if is_ours else Reply("Unauthenticated\n", 401)


@cache
def _key() -> ECKey:
    return ECKey.import_key(f"-----BEGIN PRIVATE KEY-----\n{made_up.APPLE_KEY}\n-----END PRIVATE KEY-----")


def _missing() -> Reply:
    return said({"errorCode": 4040010, "errorMessage": "Transaction id not found."}, 404)
