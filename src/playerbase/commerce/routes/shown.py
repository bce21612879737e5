"""How orders and refunds are answered."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.commerce import actions
from playerbase.commerce.model import Order, Platform, Refund, RefundKind, State, TakenItem, TakenSum


class OwnPurchase(msgspec.Struct, frozen=True):
    """A purchase as its buyer sees it; ``amount`` in hundredths of the currency, ``approve_url`` while it is open."""

    order_id: UUID
    platform: Platform
    sku: str
    item_id: UUID
    item: str
    name: str
    quantity: int
    refunded_quantity: int
    amount: int | None
    currency: str | None
    state: State
    reason: str
    platform_order_id: str
    approve_url: str
    created_at: datetime
    granted_at: datetime | None
    ended_at: datetime | None


class OwnRefund(msgspec.Struct, frozen=True):
    """What was given back to a buyer, what was taken for it, and what is owed."""

    refund_id: UUID
    order_id: UUID
    platform: Platform
    kind: RefundKind
    quantity: int
    items: list[TakenItem]
    assets: list[TakenSum]
    is_reversed: bool
    at: datetime


def purchase(order: Order) -> OwnPurchase:
    """An order without what is the house's business."""
    is_steam = order.platform is Platform.STEAM
    return OwnPurchase(
        order_id=order.order_id, platform=order.platform, sku=order.sku, item_id=order.item_id, item=order.item_code,
        name=order.item_name, quantity=order.quantity, refunded_quantity=order.refunded, amount=order.amount,
        currency=order.currency, state=order.state, reason=order.fault if order.state is State.FAILED else "",
        platform_order_id=str(order.number) if is_steam else "",
        approve_url=order.approve_url if order.state is State.STARTED else "", created_at=order.created_at,
        granted_at=order.granted_at, ended_at=order.ended_at,
    )  # fmt: skip


def refund(one: Refund) -> OwnRefund:
    """A refund as its buyer sees it."""
    taken = actions.taken(one)
    assert one.order_id is not None
    return OwnRefund(
        refund_id=one.refund_id, order_id=one.order_id, platform=one.platform, kind=one.kind,
        quantity=one.taken_quantity, items=taken.items, assets=taken.sums, is_reversed=one.state == "reversed",
        at=one.applied_at or one.created_at,
    )  # fmt: skip
