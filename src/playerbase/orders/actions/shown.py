"""An order as it is answered: with its lines, what is on its way, and amounts as people read them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from playerbase import ledger
from playerbase.kit.db import Db
from playerbase.orders import store
from playerbase.orders.model import Line, Order, Thing

Assets = Mapping[str, ledger.Asset]


class DeliverySeen(msgspec.Struct, frozen=True):
    """Something of a line that is delivered in another way than into the inventory."""

    item_id: UUID
    quantity: int
    kind: str
    state: str


class LineSeen(msgspec.Struct, frozen=True):
    """A line of an order, as it was bought."""

    line: int
    item_id: UUID
    item: str
    name: str
    quantity: int
    unit_price: int
    total: int
    display: str
    refunded: int  # How many of them were given back.
    deliveries: list[DeliverySeen]


class OrderSeen(msgspec.Struct, frozen=True):
    """An order: paid, waiting for a review, or rejected."""

    order_id: UUID
    transaction_id: str
    player_id: UUID
    state: str
    currency: str
    total: int
    display: str
    refunded: int
    refunded_display: str
    balance_after: int | None  # Once it is paid.
    lines: list[LineSeen]
    placed_at: datetime
    settled_at: datetime | None
    reason: str  # Why it was rejected.


def seen(order: Order, lines: Sequence[Line], things: Sequence[Thing], assets: Assets) -> OrderSeen:
    """An order with its lines and what is on its way."""
    asset = assets[order.currency]
    moving: dict[int, list[DeliverySeen]] = defaultdict(list)
    for thing in things:
        if thing.kind != "in_game":
            moving[thing.number].append(DeliverySeen(thing.item_id, thing.quantity, thing.kind, thing.state.value))
    return OrderSeen(
        order.order_id, order.transaction_id, order.player_id, order.state.value, order.currency, order.total,
        asset.display(order.total), order.refunded, asset.display(order.refunded), order.balance_after,
        [
            LineSeen(
                line.number, line.item_id, line.item_code, line.item_name, line.quantity, line.unit_price, line.total,
                asset.display(line.total), line.refunded, moving.get(line.number, []),
            )
            for line in lines
        ],
        order.placed_at, order.settled_at, order.settled_why if order.state == "rejected" else "",
    )  # fmt: skip


async def all_seen(db: Db, orders: Sequence[Order], assets: Assets | None = None) -> list[OrderSeen]:
    """These orders, each with all of its lines."""
    if not orders:
        return []
    order_ids = [order.order_id for order in orders]
    lines: dict[UUID, list[Line]] = defaultdict(list)
    for line in await store.lines_of(db, order_ids):
        lines[line.order_id].append(line)
    things: dict[UUID, list[Thing]] = defaultdict(list)
    for thing in await store.things_of(db, order_ids):
        things[thing.order_id].append(thing)
    known = assets if assets is not None else await ledger.assets(db)
    return [seen(order, lines[order.order_id], things[order.order_id], known) for order in orders]
