"""Money that went back: what was bought is taken back once, in whichever way and how often we hear of it."""

import msgspec

from playerbase import inventory, ledger
from playerbase.commerce import events
from playerbase.commerce.actions import giving
from playerbase.commerce.model import (
    Order,
    Platform,
    Refund,
    RefundKind,
    RefundState,
    State,
    TakenItem,
    Told,
)
from playerbase.commerce.store import orders, receipts, refunds
from playerbase.kit import clock, ids, metrics
from playerbase.kit.db import Tx, after_commit
from playerbase.kit.outbox import emit

REASONS = {
    RefundKind.REFUND: "The purchase was refunded",
    RefundKind.CHARGEBACK: "The payment was charged back",
    RefundKind.REVOKED: "The purchase is no longer shared",
}

_refunded = metrics.Counter("purchases_refunded", "Purchases whose money went back.", ["platform", "kind"])


async def apply_refund(tx: Tx, told: Told) -> str:
    """Take back what a refund is of, once; answers what came of it in a word. Raises LedgerRefuses.

    A refund of what is not here yet waits for it.
    """
    await receipts.take_turn(tx, told.platform, told.ref)
    receipt = await receipts.find(tx, told.platform, told.ref)
    if receipt is not None:
        await inventory.hold(tx, [receipt.player_id])
    refund_id = await refunds.add(tx, ids.uuid7(), told, clock.now())
    if refund_id is None:
        # Known. After the platform took it back, only how it stands now begins it anew.
        known = [each for each in await refunds.of_receipt(tx, told.platform, told.ref) if each.part == told.part]
        if known[0].state is not RefundState.REVERSED or not told.is_current:
            return "known"
        refund_id = await refunds.wait_again(tx, told.platform, told.ref, told.part, told.said_at)
        assert refund_id is not None
    order = None if receipt is None else await orders.lock(tx, receipt.order_id)
    if order is None or order.granted_at is None:
        return "waiting"  # Whoever gives it will find this.
    (refund,) = [each for each in await refunds.waiting(tx, told.platform, told.ref) if each.refund_id == refund_id]
    await _take_back(tx, order, refund)
    return "applied"


async def reverse_refunds(tx: Tx, platform: str, ref: str) -> str:
    """Give again what refunds took that the platform took back; answers what came of it. Raises LedgerRefuses."""
    await receipts.take_turn(tx, platform, ref)
    receipt = await receipts.find(tx, platform, ref)
    if receipt is not None:
        await inventory.hold(tx, [receipt.player_id])
    known = await refunds.of_receipt(tx, platform, ref)
    standing = [each for each in known if each.state is not RefundState.REVERSED]
    await refunds.reverse(tx, [each.refund_id for each in standing], clock.now())
    order = None if receipt is None else await orders.lock(tx, receipt.order_id)
    quantity = sum(each.taken_quantity for each in standing)
    if order is None or order.granted_at is None or not quantity:
        return "nothing"
    postings = await giving.give(tx, order, quantity)
    order = msgspec.structs.replace(
        order, state=State.GRANTED, refunded=order.refunded - quantity, given=order.given + 1, ended_at=None
    )
    await orders.put(tx, order, is_named=True, now=clock.now())
    await emit(tx, events.granted(order, quantity))
    await giving.post(tx, order, postings)
    return "given_again"


async def _take_back(tx: Tx, order: Order, refund: Refund) -> None:
    now = clock.now()
    quantity = order.left if refund.quantity is None else min(_more(order, refund.quantity), order.left)
    is_all = quantity == order.left
    items: list[TakenItem] = []
    postings: list[ledger.Posting] = []
    if quantity:
        items, postings = await giving.take(tx, order, quantity, refund.refund_id, REASONS[refund.kind], is_all=is_all)
    after = msgspec.structs.replace(
        order, refunded=order.refunded + quantity, state=_state(order, refund.kind, is_all=is_all), step="",
        look_at=None, ended_at=now if is_all else None,
    )  # fmt: skip
    await orders.put(tx, after, is_named=True, now=now)
    # Last, but for writing down what it took.
    sums = await giving.post(tx, order, postings)
    taken = giving.written(items, sums)
    await refunds.apply(tx, refund.refund_id, order.order_id, order.player_id, quantity, taken, now)
    owed = {each.asset: each.owed for each in sums if each.owed}
    await emit(tx, events.refunded(order, refund.refund_id, refund.kind, quantity, owed))
    after_commit(tx, lambda: _refunded.labels(order.platform, refund.kind).inc())


def _more(order: Order, quantity: int) -> int:
    """How many of what was said are not back yet: Steam says each time how many are by now, others how many more."""
    return max(quantity - order.refunded, 0) if order.platform is Platform.STEAM else quantity


def _state(order: Order, kind: RefundKind, *, is_all: bool) -> State:
    """A bank's word stands over the shop's, whichever comes first."""
    if not is_all or order.state is State.CHARGED_BACK:
        return order.state
    return State.CHARGED_BACK if kind is RefundKind.CHARGEBACK else State.REFUNDED
