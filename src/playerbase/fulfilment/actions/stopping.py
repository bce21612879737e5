"""Stopping a delivery, trying one again, and waking those that waited."""

from typing import Final
from uuid import UUID

import msgspec

from playerbase import audit
from playerbase.fulfilment.actions import letters, settling
from playerbase.fulfilment.actions.carrying import JOBS, Carry
from playerbase.fulfilment.actions.resending import Resend, resend_letter
from playerbase.fulfilment.actions.sealing import open_addressed, seal_addressed
from playerbase.fulfilment.model import (
    Address,
    Delivery,
    DeliveryEnded,
    DeliveryTooLate,
    DeliveryUnderWay,
    Kind,
    NoSuchDelivery,
    Particulars,
    State,
    Stopped,
)
from playerbase.fulfilment.rules import steps
from playerbase.fulfilment.store import deliveries as store
from playerbase.fulfilment.store import vouchers
from playerbase.kit import clock
from playerbase.kit.db import Pool, Tx, reading, transaction
from playerbase.kit.http import Request
from playerbase.kit.jobs import enqueue

BATCH: Final = 500


class Retried(msgspec.Struct, frozen=True):
    """What a retry set going: another attempt, or the same letter once more."""

    delivery: Delivery
    is_resent: bool


async def cancel(tx: Tx, line_id: UUID, reason: str) -> Stopped:
    """Stop the delivery of this line, or have it stopped: see ``Stopped``. Raises NoSuchDelivery."""
    delivery = await store.lock_line(tx, line_id)
    if delivery is None:
        raise NoSuchDelivery
    return await _stop(tx, delivery, reason, is_sure=False)


async def cancel_by_staff(tx: Tx, request: Request, delivery_id: UUID, reason: str) -> Stopped:
    """The same by somebody who answers for it; what failed they may give up even if nobody knows whether it arrived.

    Raises NoSuchDelivery, DeliveryTooLate.
    """
    delivery = await _locked(tx, delivery_id)
    outcome = await _stop(tx, delivery, reason, is_sure=delivery.state is State.FAILED)
    if outcome is Stopped.TOO_LATE:
        raise DeliveryTooLate
    await audit.record(
        tx,
        audit.deed(
            request, "delivery_cancelled", "delivery", delivery_id, player_id=delivery.player_id, reason=reason,
            before={"state": delivery.state.value}, after={"outcome": outcome.value},
        ),
    )  # fmt: skip
    return outcome


async def retry(tx: Tx, request: Request, delivery_id: UUID, reason: str) -> Retried:
    """Give a delivery its attempts anew; a letter that was sent is sent once more, with the same codes.

    Raises NoSuchDelivery, DeliveryEnded, DeliveryUnderWay.
    """
    delivery = await _locked(tx, delivery_id)
    is_resent = delivery.state is State.COMPLETED and delivery.kind is Kind.EMAIL
    if is_resent:
        number = await store.begin_attempt(
            tx, delivery_id, "resend", "The same letter once more, to the address of today.", clock.now()
        )
        await enqueue(tx, resend_letter, Resend(delivery_id, number))
    elif delivery.ended_at is not None and delivery.state is not State.FAILED:
        raise DeliveryEnded
    elif delivery.external_id is not None:
        await store.ask_to_stop(tx, delivery_id, delivery.cancel_reason, clock.now(), clock.now())
        await enqueue(tx, JOBS[delivery.kind], Carry(delivery_id))
    else:
        if await store.is_leased(tx, delivery_id):
            raise DeliveryUnderWay
        delivery = await settling.again(tx, delivery)
        await enqueue(tx, JOBS[delivery.kind], Carry(delivery_id))
    await audit.record(
        tx,
        audit.deed(
            request, "delivery_resent" if is_resent else "delivery_retried", "delivery", delivery_id,
            player_id=delivery.player_id, reason=reason,
        ),
    )  # fmt: skip
    return Retried(delivery, is_resent)


async def give_address(tx: Tx, player_id: UUID, delivery_id: UUID, address: Address) -> Delivery:
    """Where a parcel is to be sent, as long as nobody was asked to send it. Raises NoSuchDelivery, DeliveryTooLate."""
    delivery = await _locked(tx, delivery_id)
    if delivery.player_id != player_id:
        raise NoSuchDelivery
    is_begun = await store.is_leased(tx, delivery_id) or await store.is_in_doubt(tx, delivery_id)
    if delivery.kind is not Kind.SHOPIFY or delivery.state is not State.PENDING or is_begun:
        raise DeliveryTooLate
    addressed = open_addressed(delivery_id, await store.sealed_of(tx, delivery_id))
    sealed = seal_addressed(delivery_id, Particulars(email=addressed.email, address=address))
    assert sealed is not None
    await store.reseal(tx, delivery_id, sealed)
    if delivery.waits_for == "address":
        delivery = await settling.again(tx, delivery)
        await enqueue(tx, JOBS[Kind.SHOPIFY], Carry(delivery_id))
    return delivery


async def wake_players(tx: Tx, player_ids: list[UUID]) -> None:
    """Whoever has an address by now need not wait any longer."""
    for delivery_id in await store.wake_waiting(tx, player_ids, clock.now()):
        await enqueue(tx, JOBS[Kind.EMAIL], Carry(delivery_id))


async def wake_supplied(tx: Tx) -> int:
    """Go on with deliveries whose pool holds enough for them by now; returns how many."""
    woken = await vouchers.wake_supplied(tx, clock.now(), BATCH)
    for delivery_id in woken:
        await enqueue(tx, JOBS[Kind.EMAIL], Carry(delivery_id))
    return len(woken)


async def resume(pool: Pool) -> int:
    """Enqueue what is due and was not enqueued: second attempts, what a dead worker held, what shops left unsaid."""
    now = clock.now()
    async with transaction(pool) as tx:
        await wake_supplied(tx)
        found = await store.due(tx, now, BATCH)
        for each in found:
            # Named by its moment, so that however many look, it is enqueued once.
            moment = each.due_at.isoformat() if each.due_at else ""
            await enqueue(tx, JOBS[each.kind], Carry(each.delivery_id), once=f"{each.delivery_id} {moment}")
    return len(found)


async def wake_addressed(pool: Pool) -> None:
    """Look anew for the addresses of all who wait for one, should the news of one have been missed."""
    after = UUID(int=0)
    while True:
        async with reading(pool) as db:
            waiting = await store.waiting_for_address(db, after, BATCH)
            ready = [each.player_id for each in waiting if each.kind is Kind.EMAIL and await letters.mailbox(db, each)]
        async with transaction(pool) as tx:
            await wake_players(tx, ready)
        if len(waiting) < BATCH:
            return
        after = waiting[-1].delivery_id


async def _stop(tx: Tx, delivery: Delivery, reason: str, *, is_sure: bool) -> Stopped:
    delivery_id, now = delivery.delivery_id, clock.now()
    is_leased = await store.is_leased(tx, delivery_id)
    in_doubt = await store.is_in_doubt(tx, delivery_id) and not (is_sure and delivery.kind is Kind.EMAIL)
    outcome = steps.stopping(delivery, is_leased=is_leased, is_in_doubt=in_doubt)
    if outcome is Stopped.STOPPED and delivery.state is not State.CANCELLED:
        await settling.end(tx, delivery, State.CANCELLED, reason=reason)
    elif outcome is Stopped.ASKED:
        if delivery.state is State.FAILED:
            delivery = await settling.again(tx, delivery)
        await store.ask_to_stop(
            tx, delivery_id, reason[: settling.FAULT_CHARACTERS_MAX], None if is_leased else now, now
        )
        await enqueue(tx, JOBS[delivery.kind], Carry(delivery_id))
    return outcome


async def _locked(tx: Tx, delivery_id: UUID) -> Delivery:
    delivery = await store.lock(tx, delivery_id)
    if delivery is None:
        raise NoSuchDelivery
    return delivery
