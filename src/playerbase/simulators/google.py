"""Google Play: purchases, what was taken back of them, and pushes of Pub/Sub."""

import base64
import json
import secrets
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from playerbase.simulators import made_up, settings
from playerbase.simulators.oauth import bearer
from playerbase.simulators.web import JSON, Asked, Reply, Route, route, said
from playerbase.simulators.world import Grant, Provider, Push, World, keep, seconds

NAME = "google"
WEBHOOK = "/webhooks/google"
AT = f"/google/androidpublisher/v3/applications/{settings.GOOGLE_PLAY_PACKAGE}/purchases"
TOKEN_SECONDS = 3_600
MONTH_MILLIS = 30 * 86_400_000
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
PAID, CANCELED, PENDING = 0, 1, 2

# What a person can let happen, and why it was taken back: source and reason.
DEEDS: dict[str, tuple[str, tuple[int, int] | None]] = {
    "approve": ("Pay what was pending", None),
    "decline": ("Do not pay it", None),
    "refund": ("Refund", (0, 1)),
    "chargeback": ("Chargeback", (2, 7)),
    "unacknowledged": ("Nobody acknowledged it", (2, 8)),
    "test": ("Test notification", None),
}


class Purchase(msgspec.Struct, kw_only=True):
    """A purchase."""

    id: str  # The token.
    order_id: str
    person_id: str
    product_id: str
    quantity: int
    account_id: str | None
    is_test: bool
    status: int
    bought_at: int
    is_acknowledged: bool = False
    is_consumed: bool = False
    voided_at: int | None = None
    voided: tuple[int, int] = (0, 0)

    @property
    def what(self) -> str:
        """What is bought, for a person to read."""
        return f"{self.quantity} x {self.product_id}"

    @property
    def state(self) -> str:
        """How it stands."""
        named = {PAID: "Paid", CANCELED: "Canceled", PENDING: "Pending"}[self.status]
        marks = [named if self.voided_at is None else "Taken back"]
        marks += ["acknowledged"] if self.is_acknowledged else []
        return ", ".join([*marks, *(["consumed"] if self.is_consumed else [])])


def buy(
    world: World,
    person_id: str,
    product_id: str,
    *,
    quantity: int = 1,
    account_id: str | None = None,
    is_pending: bool = False,
    is_test: bool = False,
) -> Purchase:
    """Somebody buys something in the game; a KeyError for nobody."""
    google = world.provider(NAME)
    digits = f"{secrets.randbelow(10**17):017}"
    made = Purchase(
        id=f"{secrets.token_hex(12)}.AO-J1O{secrets.token_hex(40)}",
        order_id=f"GPA.{digits[:4]}-{digits[4:8]}-{digits[8:12]}-{digits[12:]}",
        person_id=google.people[person_id].id, product_id=product_id, quantity=quantity, account_id=account_id,
        is_test=is_test, status=PENDING if is_pending else PAID, bought_at=seconds() * 1000,
    )  # fmt: skip
    keep(google.sales, made.id, made)
    return made


def receipt(_world: World, purchase: Purchase) -> str:
    """What the game presents."""
    return json.dumps({"productId": purchase.product_id, "purchaseToken": purchase.id})


def happen(world: World, purchase: Purchase, what: str) -> Push:
    """Let something happen to a purchase, which Playerbase is told; a KeyError for what there is not."""
    _title, voided = DEEDS[what]
    if what == "test":
        return world.push(notification(world, "testNotification", {"version": "1.0"}))
    if voided is None:
        purchase.status = PAID if what == "approve" else CANCELED
        told = {"version": "1.0", "notificationType": 1 if what == "approve" else 2}
        named = {"purchaseToken": purchase.id, "sku": purchase.product_id}
        return world.push(notification(world, "oneTimeProductNotification", {**told, **named}))
    purchase.voided_at, purchase.voided, purchase.status = seconds() * 1000, voided, CANCELED
    told = {"purchaseToken": purchase.id, "orderId": purchase.order_id, "productType": 2, "refundType": 1}
    return world.push(notification(world, "voidedPurchaseNotification", told))


def possible(purchase: Purchase) -> dict[str, str]:
    """What a person may let happen to it now."""
    fitting = {"test"}
    if purchase.status == PENDING:
        fitting |= {"approve", "decline"}
    elif purchase.status == PAID:
        fitting |= {"refund", "chargeback"} | (set() if purchase.is_acknowledged else {"unacknowledged"})
    return {name: title for name, (title, _) in DEEDS.items() if name in fitting}


def notification(world: World, kind: str, told: dict[str, Any], **claims: Any) -> Push:
    """A push of Pub/Sub; the claims of its token may be a forger's."""
    whole = {
        "version": "1.0", "packageName": settings.GOOGLE_PLAY_PACKAGE, "eventTimeMillis": str(seconds() * 1000),
        kind: told,
    }  # fmt: skip
    message_id = str(secrets.randbelow(10**16))
    message = {
        "data": base64.b64encode(json.dumps(whole).encode()).decode(), "messageId": message_id,
        "message_id": message_id, "publishTime": "2026-01-01T00:00:00.000Z", "attributes": {},
    }  # fmt: skip
    body = json.dumps({"message": message, "subscription": "projects/simulated/subscriptions/playerbase"})
    headers = {"Content-Type": JSON, "Authorization": f"Bearer {push_token(world, **claims)}"}
    return Push(message_id, NAME, kind, WEBHOOK, headers, body)


def push_token(world: World, *, alg: str = "RS256", header: dict[str, Any] | None = None, **claims: Any) -> str:
    """The token Pub/Sub shows us."""
    now = seconds()
    whole = {
        "iss": "https://accounts.google.com", "aud": settings.GOOGLE_PUSH_AUDIENCE, "azp": "1", "sub": "1",
        "email": settings.GOOGLE_PUSH_EMAIL, "email_verified": True, "iat": now, "exp": now + TOKEN_SECONDS, **claims,
    }  # fmt: skip
    return world.provider(NAME).signer.sign(whole, alg=alg, header=header)


def token(asked: Asked) -> Reply:
    """A token for an assertion of the service account."""
    google = asked.world.provider(NAME)
    try:
        claims = jwt.decode(asked.form.get("assertion", ""), _key(), algorithms=["RS256"]).claims
    except (JoseError, ValueError):
        return said({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, 400)
    is_ours = (
        asked.form.get("grant_type") == GRANT
        and claims.get("iss") == settings.GOOGLE_PLAY_EMAIL
        and claims.get("aud") == f"{asked.world.url}/google/token"
        and "androidpublisher" in claims.get("scope", "")
        and seconds() < claims.get("exp", 0) <= seconds() + 3_660
    )
    if not is_ours:
        return said({"error": "invalid_grant", "error_description": "Invalid JWT."}, 400)
    issued = google.give_token(Grant(settings.GOOGLE_PLAY_EMAIL, "playerbase"))
    return said({"access_token": issued, "expires_in": TOKEN_SECONDS - 1, "token_type": "Bearer"})


def product(asked: Asked) -> Reply:
    """purchases.products.get."""
    purchase = _named(asked)
    if purchase is None:
        return _mistake(404, "The purchase token was not found.")
    found: dict[str, Any] = {
        "kind": "androidpublisher#productPurchase", "purchaseTimeMillis": str(purchase.bought_at),
        "purchaseState": purchase.status, "consumptionState": int(purchase.is_consumed), "developerPayload": "",
        "orderId": purchase.order_id, "acknowledgementState": int(purchase.is_acknowledged), "regionCode": "DE",
        "quantity": purchase.quantity,
    }  # fmt: skip
    found |= {"purchaseType": 0} if purchase.is_test else {}
    return said(found | ({"obfuscatedExternalAccountId": purchase.account_id} if purchase.account_id else {}))


def acknowledge(asked: Asked) -> Reply:
    """purchases.products.acknowledge, as often as one likes."""
    return _mark(asked, "is_acknowledged")


def consume(asked: Asked) -> Reply:
    """purchases.products.consume."""
    return _mark(asked, "is_consumed")


def voided(asked: Asked) -> Reply:
    """purchases.voidedpurchases.list: of the last 30 days, in pages."""
    google: Provider = asked.world.provider(NAME)
    now, query = seconds() * 1000, asked.query
    since = int(query.get("startTime", str(now - MONTH_MILLIS)))
    if since < now - MONTH_MILLIS:
        return _mistake(400, "The startTime cannot be older than 30 days.")
    found = [each for each in google.sales.values() if each.voided_at is not None and each.voided_at >= since]
    start, count = int(query.get("token", "0")), google.page_max or int(query.get("maxResults", "1000"))
    handed, rest = found[start : start + count], found[start + count :]
    rows = [
        {
            "kind": "androidpublisher#voidedPurchase", "purchaseToken": each.id, "orderId": each.order_id,
            "purchaseTimeMillis": str(each.bought_at), "voidedTimeMillis": str(each.voided_at),
            "voidedSource": each.voided[0], "voidedReason": each.voided[1],
        }
        for each in handed
    ]  # fmt: skip
    paging = {"tokenPagination": {"nextPageToken": str(start + count)}} if rest else {}
    return said({**({"voidedPurchases": rows} if rows else {}), **paging})


def keys(asked: Asked) -> Reply:
    """The keys pushes are signed with."""
    published = asked.world.provider(NAME).signer.published()["keys"]
    return said({"keys": [{**key, "alg": "RS256", "use": "sig"} for key in published if key["kty"] == "RSA"]})


def routes() -> list[Route]:
    """Where Google answers."""
    there = f"{AT}/products/(?P<product>[^/]+)/tokens/(?P<token>[^/:]+)"
    return [
        route("POST", "/google/token", token, provider=NAME),
        route("GET", "/google/oauth2/v3/certs", keys, provider=NAME),
        route("GET", there, partial(_known, product), provider=NAME),
        route("POST", f"{there}:acknowledge", partial(_known, acknowledge), provider=NAME, commits=True),
        route("POST", f"{there}:consume", partial(_known, consume), provider=NAME, commits=True),
        route("GET", f"{AT}/voidedpurchases", partial(_known, voided), provider=NAME),
    ]


def _known(handler: Callable[[Asked], Reply], asked: Asked) -> Reply:
    if bearer(asked) not in asked.world.provider(NAME).tokens:
        return _mistake(401, "Request had invalid authentication credentials.")
    return handler(asked)


def _named(asked: Asked) -> Purchase | None:
    found: Purchase | None = asked.world.provider(NAME).sales.get(asked.words["token"])
    return found if found is not None and found.product_id == asked.words["product"] else None


def _mark(asked: Asked, mark: str) -> Reply:
    purchase = _named(asked)
    if purchase is None:
        return _mistake(404, "The purchase token was not found.")
    if purchase.status != PAID:
        return _mistake(400, "The purchase is not in a valid state to perform the desired operation.")
    purchase.is_acknowledged = True
    setattr(purchase, mark, True)
    return Reply(status=204)


def _mistake(status: int, text: str) -> Reply:
    errors = [{"message": text, "domain": "androidpublisher", "reason": "invalid"}]
    return said({"error": {"code": status, "message": text, "errors": errors}}, status)


@cache
def _key() -> RSAKey:
    return RSAKey.import_key(f"-----BEGIN PRIVATE KEY-----\n{made_up.GOOGLE_KEY}\n-----END PRIVATE KEY-----")
