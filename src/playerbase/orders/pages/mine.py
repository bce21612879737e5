"""A player's own orders in the portal: what they bought, what is on its way, and what was given back."""

from urllib.parse import urlencode
from uuid import UUID

from playerbase import catalog, fulfilment, ledger
from playerbase.kit.db import Db
from playerbase.kit.http import PLAYER, Answer, Caller, Cursors, Rendering, Request, get
from playerbase.orders import actions, store
from playerbase.orders.model import NoSuchOrder
from playerbase.orders.pages.showing import LAST

ORDERS = "/portal/orders"
ROWS = 25
TOLD = {
    "bought": "Bought. It is yours.", "again": "You had bought this already: here it is.",
    "waits": "Your order is in. Somebody of ours looks at it first.",
}  # fmt: skip


@get(ORDERS, policy=PLAYER, limit="console", page=True)
async def my_orders(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, cursor: str = ""
) -> Answer:
    """What you bought, latest first."""
    assert caller.player_id is not None
    scope = f"portal orders {caller.subject}"
    (before,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (LAST,)
    rows = await store.of_player(db, caller.player_id, before, ROWS + 1)
    seen, following = await actions.all_seen(db, rows[:ROWS]), ""
    if rows[ROWS:]:
        following = f"{ORDERS}?{urlencode({'cursor': cursors.make((seen[-1].order_id,), scope=scope)})}"
    return rendering.page(
        request, "orders/mine.html", orders=seen, assets=await ledger.assets(db), following=following,
        first=ORDERS if cursor else "", is_live=not caller.actor_id,
    )  # fmt: skip


@get(f"{ORDERS}/{{order_id}}", policy=PLAYER, limit="console", page=True)
async def my_order(
    db: Db, request: Request, caller: Caller, rendering: Rendering, order_id: UUID, told: str = ""
) -> Answer:
    """One order: its lines, what is on its way, and what was given back."""
    found = await store.orders_by_id(db, [order_id])
    if not found or found[0].player_id != caller.player_id:
        raise NoSuchOrder
    order, lines = found[0], await store.lines_of(db, [order_id])
    inside = {content.item_id for line in lines for content in line.contents}
    return rendering.page(
        request, "orders/my_order.html", order=order, lines=lines, assets=await ledger.assets(db),
        items=await catalog.items_by_id(db, inside), refunds=await store.refunds_of(db, order_id),
        deliveries=await fulfilment.of_order(db, order_id), told=TOLD.get(told, ""), is_live=not caller.actor_id,
        hours=(await actions.bounds(db))[1].review_hours, numbers={line.number: line for line in lines},
    )  # fmt: skip
