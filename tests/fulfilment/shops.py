"""A shop that keeps its orders in memory and fails in the ways a test asks for."""

import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.fulfilment import (
    Delivery,
    Kind,
    ShopAway,
    ShopOrder,
    ShopRefuses,
    State,
    Wanted,
    WebhookForged,
    WebhookUnreadable,
)
from playerbase.fulfilment.model.shop import Told
from playerbase.kit import clock

KEY = b"what the shop and we know"


class Killed(BaseException):
    """The worker is gone in the middle of it: nothing after this line of it runs."""


class Counter:
    """``fails`` says what happens to the next calls: before or after the order was made."""

    def __init__(self) -> None:
        self.orders: dict[str, ShopOrder] = {}
        self.made: list[Wanted] = []
        self.asked: list[str] = []
        self.fails: list[str] = []

    async def create(self, wanted: Wanted) -> ShopOrder:
        how = self._next("create")
        if how == "refuse":
            raise ShopRefuses("There is no such variant.")
        if how == "before":
            raise ShopAway("It answered 503.", perhaps_done=False)
        if how == "shut":
            raise ShopAway("It failed of late.", perhaps_done=False, was_asked=False)
        order = ShopOrder(
            external_id=f"gid://shopify/Order/{len(self.made) + 1}", name=f"#{1000 + len(self.made)}",
            delivery_id=wanted.delivery_id, updated_at=clock.now(),
        )  # fmt: skip
        self.made.append(wanted)
        self.orders[order.external_id] = order
        if how == "after":
            raise ShopAway("No whole answer came in time.", perhaps_done=True)
        if how == "killed":
            raise Killed
        return order

    async def find(self, delivery_id: UUID) -> ShopOrder | None:
        how = self._next("find")
        if how:
            raise ShopAway("It answered 503.", perhaps_done=False)
        return next((each for each in self.orders.values() if each.delivery_id == delivery_id), None)

    async def cancel(self, external_id: str, reason: str) -> ShopOrder:
        how = self._next("cancel")
        if how == "refuse" or self.orders[external_id].is_fulfilled:
            raise ShopRefuses("It is on its way.")
        if how:
            raise ShopAway("It answered 503.", perhaps_done=False)
        return self.change(external_id, is_cancelled=True, cancel_reason=reason)

    def order_in(self, headers: Mapping[str, str], body: bytes) -> ShopOrder:
        if not hmac.compare_digest(headers.get("x-shopify-hmac-sha256", ""), signature(body)):
            raise WebhookForged
        try:
            return msgspec.json.decode(body, type=ShopOrder)
        except msgspec.MsgspecError:
            raise WebhookUnreadable from None

    def change(self, external_id: str, **to: object) -> ShopOrder:
        changed = msgspec.structs.replace(self.orders[external_id], updated_at=clock.now(), **to)
        self.orders[external_id] = changed
        return changed

    def _next(self, call: str) -> str:
        self.asked.append(call)
        return self.fails.pop(0) if self.fails else ""


def signature(body: bytes) -> str:
    return hmac.digest(KEY, body, "sha256").hex()


def word(order: ShopOrder, at: datetime | None = None, **to: object) -> bytes:
    """What the shop says of an order, as the bytes it signs."""
    told = msgspec.structs.replace(order, updated_at=at or clock.now() - clock.offset(), **to)
    return json.dumps(msgspec.to_builtins(told), indent=1).encode()


def blank(told: Told | None = None) -> Delivery:
    """A delivery of nothing to nobody, as this word leaves it: for rules, which ask no database."""
    nobody, now = UUID(int=0), clock.now()
    kept = msgspec.structs.asdict(told) if told else {}
    fields = {name: value for name, value in kept.items() if name in Delivery.__struct_fields__}
    made = Delivery(
        nobody, nobody, nobody, nobody, nobody, "thing", "A thing", 1, Kind.SHOPIFY, "44", State.PROCESSING, "shop", 1,
        None, "", None, "", False, "", "", "", "", now, now, None,
    )  # fmt: skip
    return msgspec.structs.replace(made, **fields)
