"""A shop at Shopify: its GraphQL Admin interface, as much as we ask, and its webhooks."""

import base64
import hashlib
import hmac
import json
import secrets
import time
import uuid
from typing import Any

import msgspec

from playerbase.simulators import settings
from playerbase.simulators.web import JSON, Asked, Reply, Route, route, said
from playerbase.simulators.world import Provider, Push, World, keep, seconds

NAME = "shopify"
WEBHOOK = "/webhooks/shopify/order"

# What a person can let happen, and which webhook tells of it.
DEEDS: dict[str, tuple[str, str]] = {
    "pay": ("Paid", "orders/paid"),
    "fulfil": ("Send it", "orders/fulfilled"),
    "cancel": ("Cancel", "orders/cancelled"),
}


class Order(msgspec.Struct, kw_only=True):
    """An order of the shop."""

    id: str  # The number behind its gid.
    name: str
    our_id: str
    tags: list[str]
    lines: list[dict[str, Any]]
    updated_at: int
    is_fulfilled: bool = False
    is_delivered: bool = False
    cancelled_at: int | None = None
    person_id: str = ""
    tracking: str = ""

    @property
    def what(self) -> str:
        """What is ordered, for a person to read."""
        return ", ".join(f"{line['quantity']} x variant {line['variantId'].rpartition('/')[2]}" for line in self.lines)

    @property
    def state(self) -> str:
        """How it stands."""
        if self.cancelled_at is not None:
            return "Cancelled"
        return f"Sent, {self.tracking}" if self.is_fulfilled else "Ordered"


def graphql(asked: Asked) -> Reply:
    """Whatever is asked; every answer but that to a wrong token has status 200."""
    if asked.headers.get("x-shopify-access-token") != settings.SHOPIFY_ACCESS_TOKEN:
        return said({"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}, 401)
    shop, sent = asked.world.provider(NAME), asked.json()
    query, variables = str(sent.get("query", "")), sent.get("variables", {})
    for name, answer in {"orderCreate(": _create, "orderCancel(": _cancel, "orders(": _find, "order(": _show}.items():
        if name in query:
            return said({"data": answer(asked.world, shop, variables), "extensions": _cost()})
    return said({"errors": [{"message": "Field doesn't exist", "extensions": {"code": "undefinedField"}}]})


def happen(world: World, order: Order, what: str) -> Push:
    """Let something happen to an order, which Playerbase is told; a KeyError for what there is not."""
    _title, topic = DEEDS[what]
    if what == "fulfil":
        order.is_fulfilled, order.tracking = True, order.tracking or f"SIM{secrets.randbelow(10**9):09}"
    elif what == "cancel":
        order.cancelled_at = order.cancelled_at or seconds()
    order.updated_at = max(seconds(), order.updated_at)
    return world.push(webhook(topic, told(order)))


def possible(order: Order) -> dict[str, str]:
    """What a person may let happen to it now."""
    fitting = {"pay", "fulfil", "cancel"} if order.cancelled_at is None else {"cancel"}
    return {name: title for name, (title, _) in DEEDS.items() if name in fitting}


def told(order: Order) -> dict[str, Any]:
    """An order as webhooks write it."""
    return {
        "id": int(order.id), "admin_graphql_api_id": f"gid://shopify/Order/{order.id}", "name": order.name,
        "source_identifier": order.our_id, "tags": ", ".join(order.tags), "financial_status": "paid",
        "fulfillment_status": "fulfilled" if order.is_fulfilled else None, "test": True,
        "cancelled_at": _moment(order.cancelled_at), "cancel_reason": "other" if order.cancelled_at else None,
        "updated_at": _moment(order.updated_at), "fulfillments": [parcel(order)] if order.is_fulfilled else [],
    }  # fmt: skip


def parcel(order: Order) -> dict[str, Any]:
    """A parcel as webhooks write it."""
    url = f"https://parcels.example/{order.tracking}"
    return {
        "id": int(order.id) + 1, "order_id": int(order.id), "status": "success",
        "shipment_status": "delivered" if order.is_delivered else None, "tracking_company": "Simulated Post",
        "tracking_number": order.tracking, "tracking_numbers": [order.tracking], "tracking_url": url,
        "tracking_urls": [url], "updated_at": _moment(order.updated_at), "name": f"{order.name}.1",
    }  # fmt: skip


def webhook(topic: str, body: dict[str, Any], *, secret: str = settings.SHOPIFY_SECRET) -> Push:
    """A webhook, signed over its bytes."""
    text, push_id = json.dumps(body), str(uuid.uuid4())
    signature = base64.b64encode(hmac.digest(secret.encode(), text.encode(), hashlib.sha256)).decode()
    headers = {
        "Content-Type": JSON, "X-Shopify-Topic": topic, "X-Shopify-Hmac-SHA256": signature,
        "X-Shopify-Shop-Domain": settings.SHOPIFY_SHOP, "X-Shopify-API-Version": "2026-10",
        "X-Shopify-Webhook-Id": push_id, "X-Shopify-Event-Id": str(uuid.uuid4()),
        "X-Shopify-Triggered-At": time.strftime("%Y-%m-%dT%H:%M:%S.000000000Z", time.gmtime()),
    }  # fmt: skip
    return Push(push_id, NAME, topic, f"{WEBHOOK}/{topic.partition('/')[2]}", headers, text)


def routes() -> list[Route]:
    """Where the shop answers."""
    return [route("POST", "/shopify/admin/api/{version}/graphql.json", graphql, provider=NAME, commits=True)]


def _create(_world: World, shop: Provider, variables: dict[str, Any]) -> dict[str, Any]:
    wanted = variables["order"]
    if shop.refusing:
        shop.refusing.popleft()
        wrong = {"field": ["order", "lineItems"], "message": "Line items variant is invalid"}
        return {"orderCreate": {"order": None, "userErrors": [wrong]}}
    number = 5_000_000_000_000 + secrets.randbelow(10**12)
    order = Order(
        id=str(number), name=f"#{1001 + len(shop.sales)}", our_id=wanted.get("sourceIdentifier", ""),
        tags=list(wanted.get("tags", [])), lines=wanted["lineItems"], updated_at=seconds(),
    )  # fmt: skip
    keep(shop.sales, order.id, order)
    return {"orderCreate": {"order": _node(order), "userErrors": []}}


def _cancel(world: World, shop: Provider, variables: dict[str, Any]) -> dict[str, Any]:
    order = shop.sales.get(variables["orderId"].rpartition("/")[2])
    if order is None or order.cancelled_at is not None:
        text = "Order does not exist" if order is None else "Order has already been cancelled"
        wrong = {"field": ["orderId"], "message": text, "code": "NOT_FOUND" if order is None else "INVALID"}
        return {"orderCancel": {"job": None, "orderCancelUserErrors": [wrong]}}
    happen(world, order, "cancel")
    return {"orderCancel": {"job": {"id": f"gid://shopify/Job/{uuid.uuid4()}"}, "orderCancelUserErrors": []}}


def _find(_world: World, shop: Provider, variables: dict[str, Any]) -> dict[str, Any]:
    # Like theirs it finds more than was asked for: all whose number begins alike.
    wanted = variables["query"].partition(":")[2].strip('"')
    return {"orders": {"nodes": [_node(each) for each in shop.sales.values() if each.our_id.startswith(wanted)][:5]}}


def _show(_world: World, shop: Provider, variables: dict[str, Any]) -> dict[str, Any]:
    order = shop.sales.get(variables["id"].rpartition("/")[2])
    return {"order": None if order is None else _node(order)}


def _node(order: Order) -> dict[str, Any]:
    tracking = {
        "company": "Simulated Post", "number": order.tracking, "url": f"https://parcels.example/{order.tracking}",
    }  # fmt: skip
    sent = {
        "id": f"gid://shopify/Fulfillment/{int(order.id) + 1}", "status": "SUCCESS",
        "displayStatus": "DELIVERED" if order.is_delivered else "IN_TRANSIT", "trackingInfo": [tracking],
    }  # fmt: skip
    return {
        "id": f"gid://shopify/Order/{order.id}", "name": order.name, "sourceIdentifier": order.our_id,
        "tags": order.tags, "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "FULFILLED" if order.is_fulfilled else "UNFULFILLED",
        "cancelledAt": _moment(order.cancelled_at), "updatedAt": _moment(order.updated_at),
        "fulfillments": [sent] if order.is_fulfilled else [],
    }  # fmt: skip


def _cost() -> dict[str, Any]:
    status = {"maximumAvailable": 2000.0, "currentlyAvailable": 1990, "restoreRate": 100.0}
    return {"cost": {"requestedQueryCost": 10, "actualQueryCost": 10, "throttleStatus": status}}


def _moment(at: int | None) -> str | None:
    return None if at is None else time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(at))
