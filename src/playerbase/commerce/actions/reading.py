"""Looking at purchases: a player's own, and everybody's."""

from uuid import UUID

import msgspec

from playerbase.commerce.model import NoSuchPurchase, Order, Receipt, Refund, Statement, Taken
from playerbase.commerce.store import feeds, orders, receipts, refunds
from playerbase.kit.db import Db

LAST = UUID(int=2**128 - 1)


async def of_player(db: Db, player_id: UUID, before: UUID, count: int) -> list[Order]:
    """A player's orders, newest first."""
    return await orders.of_player(db, player_id, before, count)


async def refunds_of_player(db: Db, player_id: UUID, before: UUID, count: int) -> list[Refund]:
    """What was given back to a player, newest first."""
    return await refunds.of_player(db, player_id, before, count)


async def page(db: Db, *, state: str, platform: str, player_id: UUID | None, before: UUID, count: int) -> list[Order]:
    """Orders, newest first, of one state, platform or player, or all."""
    return await orders.page(db, state, platform, player_id, before, count)


async def order(db: Db, order_id: UUID) -> Order:
    """One order; raises NoSuchPurchase."""
    found = await orders.find(db, order_id)
    if found is None:
        raise NoSuchPurchase
    return found


async def whole(db: Db, order_id: UUID) -> tuple[Order, Receipt | None, list[Refund], list[Statement]]:
    """One order with its receipt, what was given back of it, and what its platform said; raises NoSuchPurchase."""
    found = await order(db, order_id)
    receipt = await receipts.of_order(db, order_id)
    said = await feeds.of_purchase(db, found.platform, found.ref or "", found.number)
    return found, receipt, await refunds.of_order(db, order_id), said


def taken(refund: Refund) -> Taken:
    """What a refund took."""
    return Taken() if refund.taken is None else msgspec.json.decode(refund.taken, type=Taken)
