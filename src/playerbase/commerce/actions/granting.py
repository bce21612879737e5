"""A paid purchase becomes an order that was given: once, whoever comes with its receipt, in one transaction."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase import inventory
from playerbase.commerce import events
from playerbase.commerce.actions import giving
from playerbase.commerce.actions.confirming import ConfirmReceipt, confirm_receipt
from playerbase.commerce.model import (
    GIVEN,
    Confirm,
    Evidence,
    NewOrder,
    NewReceipt,
    Order,
    Platform,
    Receipt,
    Refund,
    RefundKind,
    State,
    Told,
)
from playerbase.commerce.store import orders, receipts, refunds
from playerbase.kit import clock, ids, log, metrics
from playerbase.kit.db import Tx, after_commit
from playerbase.kit.jobs import enqueue
from playerbase.kit.outbox import emit

_log = log.get("commerce")
_granted = metrics.Counter("purchases_granted", "Purchases paid on a platform that were given.", ["platform"])


async def grant_new(tx: Tx, evidence: Evidence, wanted: NewOrder) -> Order | Receipt:
    """The order of a receipt, given now or before; the receipt itself if it is another player's.

    Raises LedgerRefuses: nothing is written then.
    """
    await receipts.take_turn(tx, evidence.platform, evidence.ref)
    known = await receipts.find(tx, evidence.platform, evidence.ref)
    if known is not None and known.player_id != wanted.player_id:
        return known
    await inventory.hold(tx, [wanted.player_id])
    order = await _locked(tx, wanted.order_id if known is None else known.order_id)
    if order is None:
        await orders.add(tx, wanted, clock.now())
        order = await _locked(tx, wanted.order_id)
        assert order is not None
    return await _given(tx, order, evidence, known)


async def grant_known(tx: Tx, evidence: Evidence, order: Order) -> Order:
    """The same of an order that was begun here. Raises LedgerRefuses."""
    await receipts.take_turn(tx, evidence.platform, evidence.ref)
    await inventory.hold(tx, [order.player_id])
    known = await receipts.find(tx, evidence.platform, evidence.ref)
    locked = await _locked(tx, order.order_id)
    assert locked is not None
    assert known is None or known.order_id == order.order_id, "a platform's number belongs to one order"
    return await _given(tx, locked, evidence, known)


async def keep_claim(tx: Tx, evidence: Evidence, wanted: NewOrder, fault: str, look_at: datetime) -> Order | None:
    """Keep whose a paid purchase is that cannot be given now, for a worker to try again."""
    await receipts.take_turn(tx, evidence.platform, evidence.ref)
    if await receipts.find(tx, evidence.platform, evidence.ref) is not None:
        return None
    await inventory.hold(tx, [wanted.player_id])
    now = clock.now()
    await orders.add(tx, msgspec.structs.replace(wanted, state=State.UNKNOWN, fault=fault, look_at=look_at), now)
    await receipts.add(tx, _receipt(evidence, wanted.order_id, wanted.player_id), now)
    return await orders.find(tx, wanted.order_id)


async def _given(tx: Tx, order: Order, evidence: Evidence, known: Receipt | None) -> Order:
    if order.state in GIVEN:
        return order
    now = clock.now()
    if known is None:
        await receipts.add(tx, _receipt(evidence, order.order_id, order.player_id), now)
    order = msgspec.structs.replace(
        order, ref=evidence.ref, amount=evidence.amount or order.amount, currency=evidence.currency or order.currency,
        step="", fault="", look_at=None, granted_at=now,
    )  # fmt: skip
    if evidence.is_taken_back:
        await refunds.add(tx, ids.uuid7(), _taken_back(evidence), now)
    given_back = await refunds.waiting(tx, order.platform, evidence.ref)
    lost = min(order.quantity, sum(order.quantity if each.quantity is None else each.quantity for each in given_back))
    quantity = order.quantity - lost
    await _give_back(tx, order, given_back)
    is_charged_back = any(each.kind is RefundKind.CHARGEBACK for each in given_back)
    ended = State.CHARGED_BACK if is_charged_back else State.REFUNDED
    order = msgspec.structs.replace(
        order, state=State.GRANTED if quantity else ended, refunded=order.quantity - quantity,
        ended_at=None if quantity else now,
    )  # fmt: skip
    postings = await giving.give(tx, order, quantity) if quantity else []
    order = msgspec.structs.replace(order, given=int(quantity > 0))
    await orders.put(tx, order, is_named=True, now=now)
    if quantity:
        await emit(tx, events.granted(order, quantity))
        await _confirm(tx, order, evidence)
    # Last: from here on accounts are locked.
    await giving.post(tx, order, postings)
    after_commit(tx, lambda: _count(order, quantity))
    return order


async def _give_back(tx: Tx, order: Order, given_back: list[Refund]) -> None:
    """Refunds that were here before what they refund: there is nothing to take, and nothing is given."""
    left = order.quantity
    for each in given_back:
        quantity = left if each.quantity is None else min(each.quantity, left)
        left -= quantity
        nothing = giving.written([], [])
        await refunds.apply(tx, each.refund_id, order.order_id, order.player_id, quantity, nothing, clock.now())
        await emit(tx, events.refunded(order, each.refund_id, each.kind, quantity, {}))


async def _confirm(tx: Tx, order: Order, evidence: Evidence) -> None:
    confirm = _confirmation(evidence)
    if confirm is Confirm.NOTHING:
        return
    await receipts.want_confirmed(tx, order.order_id, confirm, clock.now())
    await enqueue(tx, confirm_receipt, ConfirmReceipt(order.platform, evidence.ref))


async def _locked(tx: Tx, order_id: UUID) -> Order | None:
    return await orders.lock(tx, order_id)


def _taken_back(evidence: Evidence) -> Told:
    """A refund that shows in the purchase itself, before anybody told us of it."""
    return Told(
        platform=evidence.platform, ref=evidence.ref, part=RefundKind.REFUND.value, kind=RefundKind.REFUND,
        source="asking", reason="It was taken back before it was given.",
    )  # fmt: skip


def _receipt(evidence: Evidence, order_id: UUID, player_id: UUID) -> NewReceipt:
    return NewReceipt(evidence.platform, evidence.ref, order_id, player_id, _confirmation(evidence), None)


def _confirmation(evidence: Evidence) -> Confirm:
    if evidence.platform is Platform.GOOGLE:
        return Confirm.CONSUME if evidence.is_consumable else Confirm.ACKNOWLEDGE
    if evidence.platform is Platform.EPIC and evidence.is_consumable:
        return Confirm.REDEEM
    return Confirm.NOTHING


def _count(order: Order, quantity: int) -> None:
    if quantity:
        _granted.labels(order.platform).inc()
    _log.info("a purchase was settled", order_id=str(order.order_id), platform=order.platform, state=order.state.value)
