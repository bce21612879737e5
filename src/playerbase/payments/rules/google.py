"""What Google Play's answers and pushes say (androidpublisher v3, real-time developer notifications, Pub/Sub push)."""

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import msgspec

from playerbase.payments.model.configuration import Google
from playerbase.payments.model.google import (
    GoogleNotification,
    GoogleNotificationKind,
    GooglePurchase,
    GoogleState,
    GoogleVoided,
)
from playerbase.payments.model.refusals import NotBelieved

TOLD_FOR: Final = timedelta(days=30)  # So long Google tells of what was taken back.
ROWS_MAX: Final = 1_000
SKEW_SECONDS: Final = 60
TOKEN_CHARS_MAX: Final = 16_384
ISSUERS: Final = frozenset({"https://accounts.google.com", "accounts.google.com"})
RSA_BITS_MIN, RSA_BITS_MAX = 2_048, 8_192
_STATES: Final = {0: GoogleState.PURCHASED, 1: GoogleState.CANCELED, 2: GoogleState.PENDING}
_UNWANTED: Final = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64", "zip"})

_PRODUCT = re.compile(r"[a-z0-9][a-z0-9_.]{0,149}")
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,1999}")

Said = TypeVar("Said")
Millis = int | str  # 64-bit numbers come as text.


class Product(msgspec.Struct, frozen=True, rename="camel"):
    """A purchase as purchases.products.get says it; `purchase_type` is left out where real money was paid."""

    purchase_state: int = -1
    consumption_state: int = 0
    acknowledgement_state: int = 0
    order_id: str | None = None
    purchase_type: int | None = None
    purchase_time_millis: Millis | None = None
    quantity: int = 1
    obfuscated_external_account_id: str | None = None
    region_code: str | None = None


class Voided(msgspec.Struct, frozen=True, rename="camel"):
    """A row of purchases.voidedpurchases.list."""

    purchase_token: str
    voided_time_millis: Millis
    order_id: str = ""
    voided_source: int = 2
    voided_reason: int = 0
    voided_quantity: int | None = None


class Paging(msgspec.Struct, frozen=True, rename="camel"):
    """Where the rest is."""

    next_page_token: str | None = None


class VoidedList(msgspec.Struct, frozen=True, rename="camel"):
    """Some rows; an empty list is left out."""

    voided_purchases: list[Voided] = []
    token_pagination: Paging = Paging()


class Granted(msgspec.Struct, frozen=True):
    """A token for our assertion."""

    access_token: str
    expires_in: int


class Header(msgspec.Struct, frozen=True):
    """Which key is said to have signed, and how."""

    alg: str
    kid: str


class Claims(msgspec.Struct, frozen=True):
    """What the token says that comes with a push."""

    iss: str
    aud: str
    exp: float
    iat: float
    email: str = ""
    email_verified: bool = False


class Message(msgspec.Struct, frozen=True, rename="camel"):
    """A message as Pub/Sub wraps it."""

    data: str
    message_id: str


class Envelope(msgspec.Struct, frozen=True):
    """What Pub/Sub pushes."""

    message: Message


class Told(msgspec.Struct, frozen=True, rename="camel"):
    """What the message holds; one of the last four is there."""

    package_name: str
    event_time_millis: Millis
    one_time_product_notification: dict[str, Any] | None = None
    subscription_notification: dict[str, Any] | None = None
    voided_purchase_notification: dict[str, Any] | None = None
    test_notification: dict[str, Any] | None = None


def is_product(text: str) -> bool:
    """Whether this could be the name of a product."""
    return _PRODUCT.fullmatch(text) is not None


def is_token(text: str) -> bool:
    """Whether this could be the token of a purchase."""
    return _TOKEN.fullmatch(text) is not None


def purchase_of(said: Product, product_id: str, token: str) -> GooglePurchase:
    """The purchase; raises ValueError for a moment that is none."""
    return GooglePurchase(
        product_id=product_id, token=token, order_id=said.order_id or None,
        state=_STATES.get(said.purchase_state, GoogleState.OTHER), is_acknowledged=said.acknowledgement_state == 1,
        is_consumed=said.consumption_state == 1, is_test=said.purchase_type == 0, quantity=max(said.quantity, 1),
        account_id=said.obfuscated_external_account_id, region=said.region_code,
        purchased_at=None if said.purchase_time_millis is None else moment(said.purchase_time_millis),
    )  # fmt: skip


def voided_of(said: Voided) -> GoogleVoided:
    """The row; raises ValueError."""
    return GoogleVoided(
        token=said.purchase_token, order_id=said.order_id, voided_at=moment(said.voided_time_millis),
        source=said.voided_source, reason=said.voided_reason, quantity=said.voided_quantity,
    )  # fmt: skip


def header_of(token: str) -> Header:
    """How a push's token is signed; raises NotBelieved for what nobody but Google would sign."""
    if len(token) > TOKEN_CHARS_MAX or token.count(".") != 2 or token.endswith("."):  # noqa: PLR2004 - three parts
        raise NotBelieved("malformed")
    part = token.partition(".")[0]
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
        if _UNWANTED & msgspec.json.decode(raw, type=dict[str, Any]).keys():
            raise NotBelieved("malformed")
        header = msgspec.json.decode(raw, type=Header)
    except (binascii.Error, ValueError, msgspec.DecodeError, RecursionError):
        raise NotBelieved("malformed") from None
    if header.alg != "RS256":
        raise NotBelieved("algorithm")
    return header


def check_claims(payload: bytes, ours: Google, now: datetime) -> None:
    """Raises NotBelieved unless the token is our subscription's, made for us, and has not ended."""
    claims = decoded(payload, Claims)
    checks = {
        "issuer": claims.iss in ISSUERS,
        "audience": claims.aud == ours.push_audience,
        # Anybody with an account at Google can have a token made for our address.
        "email": claims.email == ours.push_email and claims.email_verified is True,
        "expired": now.timestamp() < claims.exp,
        "not_yet": claims.iat <= now.timestamp() + SKEW_SECONDS,
    }
    for reason, holds in checks.items():
        if not holds:
            raise NotBelieved(reason)


def notification_of(body: bytes, ours: Google) -> GoogleNotification:
    """What a push says, if it is about our app; raises NotBelieved."""
    message = decoded(body, Envelope).message
    try:
        told = decoded(base64.b64decode(message.data, validate=True), Told)
        at = moment(told.event_time_millis)
    except (binascii.Error, ValueError):
        raise NotBelieved("claims") from None
    if told.package_name != ours.package:
        raise NotBelieved("package")
    kinds = {
        GoogleNotificationKind.PRODUCT: told.one_time_product_notification,
        GoogleNotificationKind.SUBSCRIPTION: told.subscription_notification,
        GoogleNotificationKind.VOIDED: told.voided_purchase_notification,
        GoogleNotificationKind.TEST: told.test_notification,
    }
    for kind, said in kinds.items():
        if said is not None:
            return GoogleNotification(
                id=message.message_id, kind=kind, at=at, token=_text(said.get("purchaseToken")),
                product_id=_text(said.get("sku") or said.get("subscriptionId")), order_id=_text(said.get("orderId")),
            )  # fmt: skip
    raise NotBelieved("claims")


def decoded(payload: bytes, shape: type[Said]) -> Said:
    """What was sent; raises NotBelieved for what has not the shape it should have."""
    try:
        return msgspec.json.decode(payload, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotBelieved("claims") from None


def moment(millis: Millis) -> datetime:
    """A moment in milliseconds since 1970; raises ValueError."""
    try:
        return datetime.fromtimestamp(int(millis) / 1000, UTC)
    except (OverflowError, OSError):
        raise ValueError("no moment") from None


def _text(said: object) -> str | None:
    return said if isinstance(said, str) and said else None
