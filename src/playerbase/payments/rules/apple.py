"""What a signed purchase or notification of the App Store must say to be ours."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

import msgspec

from playerbase.payments.model.apple import AppleTransaction
from playerbase.payments.model.configuration import Apple
from playerbase.payments.model.refusals import NotBelieved

SKEW: Final = timedelta(seconds=60)  # How far Apple's clock may be ahead of ours.
PRODUCTION: Final = "Production"
QUANTITY_MAX: Final = 1_000
NO_SUCH_TRANSACTION: Final = frozenset({4040010, 4040001, 4040005})

_ID = re.compile(r"[0-9]{1,32}")
_PRODUCT = re.compile(r"[A-Za-z0-9._-]{1,255}")

Said = TypeVar("Said")


class Purchase(msgspec.Struct, frozen=True, rename="camel"):
    """A transaction as it is signed (JWSTransactionDecodedPayload); times are milliseconds since 1970."""

    transaction_id: str
    original_transaction_id: str
    product_id: str
    bundle_id: str
    environment: str
    type: str
    purchase_date: int
    signed_date: int
    quantity: int = 1
    in_app_ownership_type: str = "PURCHASED"
    app_account_token: str | None = None
    revocation_date: int | None = None
    revocation_reason: int | None = None
    price: int | None = None
    currency: str | None = None
    storefront: str | None = None


class Told(msgspec.Struct, frozen=True, rename="camel"):
    """What a notification is about."""

    bundle_id: str
    environment: str
    app_apple_id: int | None = None
    signed_transaction_info: str | None = None


class Notified(msgspec.Struct, frozen=True, rename="camel"):
    """A notification as it is signed; one about many purchases has a summary instead of data."""

    notification_type: str
    signed_date: int
    notification_u_u_i_d: str = msgspec.field(name="notificationUUID")
    version: str = ""
    subtype: str = ""
    data: Told | None = None
    summary: Told | None = None


class Pushed(msgspec.Struct, frozen=True, rename="camel"):
    """What is sent to us."""

    signed_payload: str


class Listed(msgspec.Struct, frozen=True, rename="camel"):
    """An answer with many purchases."""

    revision: str = ""
    has_more: bool = False
    signed_transactions: list[str] = []


class One(msgspec.Struct, frozen=True, rename="camel"):
    """An answer with one."""

    signed_transaction_info: str


class Mistake(msgspec.Struct, frozen=True, rename="camel"):
    """Why there is no answer."""

    error_code: int = 0


def is_transaction_id(text: str) -> bool:
    """Whether this could be the number of a purchase."""
    return _ID.fullmatch(text) is not None


def decoded(payload: bytes, shape: type[Said]) -> Said:
    """What was signed; raises NotBelieved for what has not the shape it should have."""
    try:
        return msgspec.json.decode(payload, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotBelieved("claims") from None


def transaction_of(payload: bytes, ours: Apple, now: datetime) -> AppleTransaction:
    """The purchase, if it is one of our app, in the environment we sell in; raises NotBelieved."""
    said = decoded(payload, Purchase)
    _check_place(said.bundle_id, said.environment, ours)
    signed_at = _moment(said.signed_date)
    checks = {
        "not_yet": signed_at <= now + SKEW,
        "transaction_id": bool(_ID.fullmatch(said.transaction_id) and _ID.fullmatch(said.original_transaction_id)),
        "product": _PRODUCT.fullmatch(said.product_id) is not None,
        "quantity": 0 < said.quantity <= QUANTITY_MAX,
    }
    for reason, holds in checks.items():
        if not holds:
            raise NotBelieved(reason)
    return AppleTransaction(
        transaction_id=said.transaction_id, original_transaction_id=said.original_transaction_id,
        product_id=said.product_id, bundle_id=said.bundle_id, environment=said.environment, kind=said.type,
        quantity=said.quantity, ownership=said.in_app_ownership_type, account_token=said.app_account_token,
        purchased_at=_moment(said.purchase_date), signed_at=signed_at,
        revoked_at=None if said.revocation_date is None else _moment(said.revocation_date),
        revocation_reason=said.revocation_reason, price_milliunits=said.price, currency=said.currency,
        storefront=said.storefront,
    )  # fmt: skip


def notification_of(payload: bytes, ours: Apple, now: datetime) -> tuple[Notified, Told]:
    """The notification and what it is about, if that is our app; raises NotBelieved."""
    said = decoded(payload, Notified)
    told = said.data or said.summary
    if said.version != "2.0" or told is None or not said.notification_u_u_i_d:
        raise NotBelieved("claims")
    _check_place(told.bundle_id, told.environment, ours)
    # Only in production has an app a number; the sandbox leaves it out.
    if told.app_apple_id != ours.app_id and (ours.environment == PRODUCTION or told.app_apple_id is not None):
        raise NotBelieved("app")
    if _moment(said.signed_date) > now + SKEW:
        raise NotBelieved("not_yet")
    return said, told


def signed_at(said: Notified) -> datetime:
    """When a notification was signed."""
    return _moment(said.signed_date)


def _check_place(bundle_id: str, environment: str, ours: Apple) -> None:
    if bundle_id != ours.bundle_id:
        raise NotBelieved("bundle")
    # Whatever is bought in the sandbox costs nothing, and Xcode signs whatever it likes.
    if environment != ours.environment:
        raise NotBelieved("environment")


def _moment(milliseconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        raise NotBelieved("claims") from None
