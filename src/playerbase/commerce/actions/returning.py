"""An order of a platform, given back where orders of the store are."""

from uuid import UUID

from playerbase import orders
from playerbase.commerce.actions.operating import is_purchase, refund
from playerbase.commerce.model import WholeOnly
from playerbase.kit.db import Key, Pool
from playerbase.kit.http import Request


async def refund_order(
    pool: Pool, request: Request, key: Key, order_id: UUID, wish: orders.Returning
) -> orders.Returned:
    """Have a platform give a purchase's money back, all of it; asked again it is done already, under any key.

    Raises NoSuchOrder, WholeOnly, and as ``refund``.
    """
    assert key.key
    if not await is_purchase(pool, order_id):
        raise orders.NoSuchOrder
    if wish.lines is not None:
        raise WholeOnly
    order = await refund(pool, request, order_id, wish.reason)
    if order.amount is None or order.currency is None:  # The platform did not say what it took.
        return orders.Returned(order.order_id, None, "", 0, "", [])
    shown = f"{order.amount // 100}.{order.amount % 100:02} {order.currency}"
    return orders.Returned(order.order_id, None, order.currency, order.amount, shown, [])
