"""What a shop is asked, and what it says: GraphQL Admin answers, and webhooks signed over their raw bytes."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import msgspec

from playerbase.payments.model.configuration import Shopify
from playerbase.payments.model.refusals import NotBelieved
from playerbase.payments.model.shopify import ShopAddress, ShopLine, ShopOrder, ShopShipment, ShopWebhook
from playerbase.payments.rules import moments

LINES_MAX: Final = 100
# Shopify gives up after four hours of trying; what is a day old is sent by somebody else.
STALE_AFTER: Final = timedelta(hours=24)
TAG: Final = "playerbase:"
THROTTLED, DENIED = "THROTTLED", "ACCESS_DENIED"
WAIT_SECONDS_MAX: Final = 600.0

_OUR_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_GID = re.compile(r"gid://shopify/Order/[0-9]{1,20}")
_FIELDS: Final = (
    "id name sourceIdentifier tags displayFinancialStatus displayFulfillmentStatus cancelledAt updatedAt "
    "fulfillments(first: 20) { id status displayStatus trackingInfo(first: 1) { company number url } }"
)
CREATE: Final = (
    "mutation Create($order: OrderCreateOrderInput!) { orderCreate(order: $order) "
    "{ userErrors { field message } order { " + _FIELDS + " } } }"
)
FIND: Final = "query Find($query: String!) { orders(first: 5, query: $query) { nodes { " + _FIELDS + " } } }"
SHOW: Final = "query Show($id: ID!) { order(id: $id) { " + _FIELDS + " } }"
CANCEL: Final = (
    "mutation Cancel($orderId: ID!, $reason: OrderCancelReason!, $refundMethod: OrderCancelRefundMethodInput!, "
    "$restock: Boolean!, $notifyCustomer: Boolean, $staffNote: String) { orderCancel(orderId: $orderId, "
    "reason: $reason, refundMethod: $refundMethod, restock: $restock, notifyCustomer: $notifyCustomer, "
    "staffNote: $staffNote) { job { id } orderCancelUserErrors { field message code } } }"
)

Said = TypeVar("Said")


class Mistake(msgspec.Struct, frozen=True):
    """Why a question was not answered; it is told with status 200."""

    message: str = ""
    extensions: dict[str, Any] = {}

    @property
    def code(self) -> str:
        """The word for it."""
        return str(self.extensions.get("code", ""))


class UserError(msgspec.Struct, frozen=True):
    """What is wrong with what was sent; it is told with status 200, beside nothing."""

    message: str = ""
    field: list[str] | None = None


class Tracking(msgspec.Struct, frozen=True):
    """Where a parcel is followed."""

    company: str | None = None
    number: str | None = None
    url: str | None = None


class Fulfillment(msgspec.Struct, frozen=True, rename="camel"):
    """A parcel, as GraphQL says it."""

    id: str
    status: str = ""
    display_status: str | None = None
    tracking_info: list[Tracking] = []


class Order(msgspec.Struct, frozen=True, rename="camel"):
    """An order, as GraphQL says it."""

    id: str
    name: str = ""
    source_identifier: str | None = None
    tags: list[str] = []
    display_financial_status: str | None = None
    display_fulfillment_status: str | None = None
    cancelled_at: str | None = None
    updated_at: str | None = None
    fulfillments: list[Fulfillment] = []


class Created(msgspec.Struct, frozen=True, rename="camel"):
    """What came of orderCreate."""

    order: Order | None = None
    user_errors: list[UserError] = []


class Job(msgspec.Struct, frozen=True):
    """Something Shopify does later."""

    id: str


class Cancelled(msgspec.Struct, frozen=True, rename="camel"):
    """What came of orderCancel."""

    job: Job | None = None
    order_cancel_user_errors: list[UserError] = []


class Nodes(msgspec.Struct, frozen=True):
    """Orders that were found."""

    nodes: list[Order] = []


class Answers(msgspec.Struct, frozen=True, rename="camel"):
    """The answer to whichever was asked."""

    order_create: Created | None = None
    order_cancel: Cancelled | None = None
    orders: Nodes | None = None
    order: Order | None = None


class Envelope(msgspec.Struct, frozen=True):
    """What GraphQL wraps around every answer."""

    data: Answers | None = None
    errors: list[Mistake] = []
    extensions: dict[str, Any] = {}


class Parcel(msgspec.Struct, frozen=True):
    """A parcel, as webhooks say it."""

    id: int
    order_id: int | None = None
    status: str | None = None
    shipment_status: str | None = None
    tracking_company: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    updated_at: str | None = None


class Refund(msgspec.Struct, frozen=True):
    """That money of an order went back."""

    order_id: int
    created_at: str | None = None


class Told(msgspec.Struct, frozen=True):
    """An order, as webhooks say it."""

    id: int
    name: str = ""
    source_identifier: str | None = None
    tags: str = ""
    financial_status: str | None = None
    fulfillment_status: str | None = None
    cancelled_at: str | None = None
    updated_at: str | None = None
    fulfillments: list[Parcel] = []


def unsendable(our_id: str, lines: Sequence[ShopLine]) -> str | None:
    """Why an order cannot be sent, in a word; None if it can."""
    checks = {
        "our_id": _OUR_ID.fullmatch(our_id) is not None,
        "lines": 0 < len(lines) <= LINES_MAX,
        "quantity": all(0 < line.quantity <= 1_000 for line in lines),  # noqa: PLR2004 - a parcel
        "variant": all(0 < line.variant_id < 2**63 for line in lines),
    }
    return next((reason for reason, holds in checks.items() if not holds), None)


def is_order_id(text: str) -> bool:
    """Whether this could be an order of a shop."""
    return _GID.fullmatch(text) is not None


def is_our_id(text: str) -> bool:
    """Whether this could be a number we gave an order."""
    return _OUR_ID.fullmatch(text) is not None


def order_input(
    our_id: str, lines: Sequence[ShopLine], *, email: str | None, address: ShopAddress | None, is_test: bool
) -> dict[str, Any]:
    """What orderCreate takes: paid already, and marked with our number in two places."""
    found: dict[str, Any] = {
        "lineItems": [
            {"variantId": f"gid://shopify/ProductVariant/{line.variant_id}", "quantity": line.quantity}
            for line in lines
        ],
        "sourceIdentifier": our_id, "tags": [f"{TAG}{our_id}"], "financialStatus": "PAID", "test": is_test,
    }  # fmt: skip
    if email is not None:
        found["email"] = email
    if address is not None:
        found["shippingAddress"] = {
            "firstName": address.first_name, "lastName": address.last_name, "address1": address.address1,
            "address2": address.address2, "city": address.city, "zip": address.zip,
            "countryCode": address.country_code, "provinceCode": address.province_code or None,
            "phone": address.phone or None,
        }  # fmt: skip
    return found


def wait_of(envelope: Envelope) -> float | None:
    """In how many seconds there is room for the same question again, if the answer says."""
    cost = envelope.extensions.get("cost")
    status = cost.get("throttleStatus") if isinstance(cost, dict) else None
    if not isinstance(cost, dict) or not isinstance(status, dict):
        return None
    try:
        lacking = float(cost["requestedQueryCost"]) - float(status["currentlyAvailable"])
        return min(max(lacking / float(status["restoreRate"]), 1.0), WAIT_SECONDS_MAX)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None


def order_of(said: Order) -> ShopOrder:
    """An order of an answer."""
    return ShopOrder(
        id=said.id, name=said.name, our_id=said.source_identifier or _tagged(said.tags),
        is_paid=said.display_financial_status == "PAID", is_fulfilled=said.display_fulfillment_status == "FULFILLED",
        is_cancelled=said.cancelled_at is not None, updated_at=moment(said.updated_at),
        shipments=[_shipment_of(each) for each in said.fulfillments],
    )  # fmt: skip


def webhook_of(headers: Mapping[str, str], body: bytes, ours: Shopify, now: datetime) -> ShopWebhook:
    """What the shop tells, if it is our shop and nobody has changed it; raises NotBelieved."""
    named = {name.lower(): value for name, value in headers.items()}  # They are not always written alike.
    _check_signature(named.get("x-shopify-hmac-sha256", ""), body, ours)
    if named.get("x-shopify-shop-domain", "").lower() != ours.shop:
        raise NotBelieved("shop")
    topic, push_id = named.get("x-shopify-topic", ""), named.get("x-shopify-webhook-id", "")
    if not topic or not push_id:
        raise NotBelieved("headers")
    order, shipment, order_id, updated_at = _told(topic, body)
    if updated_at is not None and updated_at < now - STALE_AFTER:
        raise NotBelieved("stale")
    return ShopWebhook(
        id=push_id, event_id=named.get("x-shopify-event-id", ""), topic=topic,
        digest=hashlib.sha256(body).hexdigest(), triggered_at=moment(named.get("x-shopify-triggered-at")),
        updated_at=updated_at, order_id=order_id, order=order, shipment=shipment,
    )  # fmt: skip


def moment(said: str | None) -> datetime | None:
    """A moment with whatever offset the shop has; None for none, and for what is none."""
    try:
        return moments.moment(said)
    except ValueError:
        return None


def _check_signature(said: str, body: bytes, ours: Shopify) -> None:
    try:
        shown = base64.b64decode(said, validate=True)
    except (binascii.Error, ValueError):
        raise NotBelieved("signature") from None
    # Two while a secret is exchanged; all are compared, so that time tells nothing of which.
    held = [hmac.compare_digest(hmac.digest(secret.encode(), body, "sha256"), shown) for secret in ours.webhook_secrets]
    if not any(held):
        raise NotBelieved("signature")


def _told(topic: str, body: bytes) -> tuple[ShopOrder | None, ShopShipment | None, str | None, datetime | None]:
    kind = topic.partition("/")[0]
    if kind == "orders":
        said = _decoded(body, Told)
        # The topic is not signed, and what it names must have happened according to what is.
        happened = {
            "orders/paid": said.financial_status == "paid",
            "orders/fulfilled": said.fulfillment_status == "fulfilled",
            "orders/cancelled": said.cancelled_at is not None,
        }
        if not happened.get(topic, True):
            raise NotBelieved("topic")
        order = _order_told(said)
        return order, None, order.id, order.updated_at
    if kind == "fulfillments":
        parcel = _decoded(body, Parcel)
        order_id = None if parcel.order_id is None else f"gid://shopify/Order/{parcel.order_id}"
        return None, _parcel_of(parcel), order_id, moment(parcel.updated_at)
    if topic == "refunds/create":
        refund = _decoded(body, Refund)
        return None, None, f"gid://shopify/Order/{refund.order_id}", moment(refund.created_at)
    return None, None, None, None


def _order_told(said: Told) -> ShopOrder:
    return ShopOrder(
        id=f"gid://shopify/Order/{said.id}", name=said.name,
        our_id=said.source_identifier or _tagged([each.strip() for each in said.tags.split(",")]),
        is_paid=said.financial_status == "paid", is_fulfilled=said.fulfillment_status == "fulfilled",
        is_cancelled=said.cancelled_at is not None, updated_at=moment(said.updated_at),
        shipments=[_parcel_of(each) for each in said.fulfillments],
    )  # fmt: skip


def _shipment_of(said: Fulfillment) -> ShopShipment:
    tracking = said.tracking_info[0] if said.tracking_info else Tracking()
    return ShopShipment(
        id=said.id, status=said.status.lower(), shipment_status=(said.display_status or "").lower() or None,
        tracking_company=tracking.company, tracking_number=tracking.number, tracking_url=tracking.url,
    )  # fmt: skip


def _parcel_of(said: Parcel) -> ShopShipment:
    return ShopShipment(
        id=f"gid://shopify/Fulfillment/{said.id}", status=said.status or "", shipment_status=said.shipment_status,
        tracking_company=said.tracking_company, tracking_number=said.tracking_number, tracking_url=said.tracking_url,
    )  # fmt: skip


def _tagged(tags: Sequence[str]) -> str | None:
    return next((tag.removeprefix(TAG) for tag in tags if tag.startswith(TAG)), None)


def _decoded(body: bytes, shape: type[Said]) -> Said:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotBelieved("claims") from None
