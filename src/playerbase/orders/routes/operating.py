"""Orders for staff: finding them, and giving them back."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase import catalog
from playerbase.kit.db import Db, Kept, Key, Pool, once, reading, transaction
from playerbase.kit.http import Caller, Cursors, Listing, Request, get, post, staff
from playerbase.orders import actions, store
from playerbase.orders.actions import OrderSeen, Returned, Returning
from playerbase.orders.actions.asking import AssetCode, ItemName
from playerbase.orders.model import Met, NoSuchOrder
from playerbase.orders.routes.buying import LAST, Cursor, Limit

READ, WRITE = staff("orders.read"), staff("orders.write")

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
StateWord = Literal["review", "placed", "rejected"]


class LineRefunded(msgspec.Struct, frozen=True):
    """How many of a line were given back."""

    line: int
    quantity: int


class RefundSeen(msgspec.Struct, frozen=True):
    """Something that was given back: which lines, how many of each, and by whom."""

    refund_id: UUID
    amount: int
    lines: list[LineRefunded]
    reason: str
    by: str
    transaction_id: UUID
    at: datetime


class OrderInFull(OrderSeen, frozen=True):
    """An order with what only staff sees of it."""

    buyer: str
    flags: list[str]
    signs: list[Met]  # What these rules saw: how much there was, and what they bear in so many seconds.
    settled_by: str
    ledger_transaction_id: UUID | None
    hold_id: UUID | None
    refunds: list[RefundSeen]


@get("/admin/orders", policy=READ, limit="console")
async def list_orders(
    db: Db, caller: Caller, cursors: Cursors, player_id: UUID | None = None, state: StateWord | None = None,
    item: ItemName | None = None, currency: AssetCode | None = None,
    refunded: bool = False,  # noqa: FBT001, FBT002 - a parameter of the query
    since: Moment | None = None, until: Moment | None = None, limit: Limit = 20, cursor: Cursor | None = None,
) -> Listing[OrderSeen]:  # fmt: skip
    """Orders, latest first: of a player, state, item, currency, time; or those of which something went back."""
    item_id = (await catalog.item(db, item)).item_id if item is not None else None
    scope = f"orders {caller.subject} {player_id} {state} {item} {currency} {refunded} {since} {until}"
    (before,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (LAST,)
    rows = await store.page(db, player_id, state, currency, item_id, refunded, since, until, before, limit + 1)
    seen = await actions.all_seen(db, rows[:limit])
    return Listing(seen, cursors.make((rows[limit - 1].order_id,), scope=scope) if rows[limit:] else None)


@get("/admin/orders/{order_id}", policy=READ, limit="console")
async def read_order(db: Db, order_id: UUID) -> OrderInFull:
    """An order, with its refunds and why it waited."""
    found = await store.orders_by_id(db, [order_id])
    if not found:
        raise NoSuchOrder
    (seen,) = await actions.all_seen(db, found)
    order = found[0]
    refunds = [
        RefundSeen(
            each.refund_id,
            each.amount,
            [LineRefunded(*piece) for piece in each.pieces],
            each.reason,
            each.by,
            each.posting_id,
            each.at,
        )
        for each in await store.refunds_of(db, order_id)
    ]
    return OrderInFull(
        **msgspec.structs.asdict(seen), buyer=order.buyer, flags=order.flags,
        signs=(await actions.signs(db, [order_id]))[order_id], settled_by=order.settled_by,
        ledger_transaction_id=order.posting_id, hold_id=order.hold_id, refunds=refunds,
    )  # fmt: skip


@post("/admin/orders/{order_id}/refund", policy=WRITE, limit="console", key_required=True)
async def refund_order(pool: Pool, request: Request, key: Key, order_id: UUID, body: Returning) -> Returned | Kept:
    """Give lines of an order back, or all that is left of it, once: what it granted is taken back first.

    What is used up, spent or sent is refused, owed (``debt``) or let go (``forgive``), as ``on_shortfall`` says.
    """
    async with reading(pool) as db:
        is_ours = bool(await store.orders_by_id(db, [order_id]))
    if not is_ours and (elsewhere := actions.elsewhere()) is not None:
        return await elsewhere(pool, request, key, order_id, body)
    async with transaction(pool) as tx:

        async def do() -> Kept:
            return Kept(200, msgspec.json.encode(await actions.refund(tx, request, order_id, body)))

        return await once(tx, key, do)
