"""Deliveries made in the caller's transaction, and enqueued to be carried out once it has committed."""

from collections.abc import Sequence

from playerbase.fulfilment.actions.carrying import JOBS, Carry
from playerbase.fulfilment.actions.sealing import seal_addressed
from playerbase.fulfilment.model import Delivery, Kind, NewDelivery, Row
from playerbase.fulfilment.store import deliveries as store
from playerbase.kit import clock, ids
from playerbase.kit.db import Tx
from playerbase.kit.jobs import enqueue


async def begin(tx: Tx, wanted: Sequence[NewDelivery]) -> list[Delivery]:
    """Make these deliveries if this transaction commits, and return them in the same order.

    A line that has its delivery keeps the one it has, whatever is asked now: begun twice is begun once.
    """
    # In one order, so that two who begin the same lines cannot deadlock.
    rows = [_row(each) for each in sorted(wanted, key=lambda each: each.line_id)]
    new = set(await store.add(tx, rows, clock.now()))
    for row in rows:
        if row.delivery_id in new:
            await enqueue(tx, JOBS[row.kind], Carry(row.delivery_id))
    found = {each.line_id: each for each in await store.of_lines(tx, [row.line_id for row in rows])}
    return [found[each.line_id] for each in wanted]


def _row(wanted: NewDelivery) -> Row:
    delivery_id = wanted.delivery_id or ids.uuid7()
    source = {
        Kind.EMAIL: wanted.data.pool, Kind.SHOPIFY: wanted.data.variant, Kind.FUNCTIONAL: wanted.data.effect,
    }[wanted.kind]  # fmt: skip
    return Row(
        delivery_id, wanted.order_id, wanted.line_id, wanted.player_id, wanted.item_id, wanted.item_code,
        wanted.item_name, wanted.quantity, wanted.kind, source, seal_addressed(delivery_id, wanted.data),
    )  # fmt: skip
