"""Carrying deliveries out: taken under a lease, asked of whoever delivers, and settled by who still holds the lease.

Two transactions stand around each call, and none is open during it. Whoever is killed in between leaves an attempt
without an outcome and a lease that runs out; the next worker takes the outcome for unknown and asks what became of it
before it tries again.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

import msgspec

from playerbase.fulfilment.actions import letters, parcels, settling, wiring
from playerbase.fulfilment.actions.asking import Answer, Work
from playerbase.fulfilment.model import Delivery, EffectWorthless, Kind, Outcome, State
from playerbase.fulfilment.store import deliveries as store
from playerbase.kit import clock, log
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.errors import Refusal
from playerbase.kit.jobs import Job, job

LOST: Final = "The worker that asked was gone before it heard an answer."
# Twice as long as a run may take: who holds a lease is done with it, or stopped, before somebody else gets one.
RUN_SECONDS: Final = 90
LEASE: Final = timedelta(seconds=2 * RUN_SECONDS)

_log = log.get("fulfilment")


class Carry(msgspec.Struct, frozen=True):
    """Which delivery."""

    delivery_id: UUID


@job(lane="medium", seconds_max=RUN_SECONDS)
async def deliver_letter(pool: Pool, args: Carry) -> None:
    """Send the letter with the voucher codes."""
    await carry_out(pool, args.delivery_id)


@job(lane="shopify", seconds_max=RUN_SECONDS)
async def deliver_parcel(pool: Pool, args: Carry) -> None:
    """Have the shop send the parcel, or ask how it fares."""
    await carry_out(pool, args.delivery_id)


@job(lane="high", seconds_max=RUN_SECONDS)
async def apply_effect(pool: Pool, args: Carry) -> None:
    """Let a functional item take effect."""
    await carry_out(pool, args.delivery_id)


JOBS: Mapping[Kind, Job] = {Kind.EMAIL: deliver_letter, Kind.SHOPIFY: deliver_parcel, Kind.FUNCTIONAL: apply_effect}


async def carry_out(pool: Pool, delivery_id: UUID) -> None:
    """Make one attempt at a delivery that is due; nothing if it is not, or somebody else is at it."""
    async with transaction(pool) as tx:
        delivery = await store.lock_due(tx, delivery_id, clock.now())
        work = None if delivery is None or delivery.kind is Kind.FUNCTIONAL else await _taken(tx, delivery)
    if delivery is not None and delivery.kind is Kind.FUNCTIONAL:
        await _apply(pool, delivery_id)
    elif work is not None:
        answer = await (letters.ask(work) if work.delivery.kind is Kind.EMAIL else parcels.ask(work))
        await _settle(pool, work, answer)


async def _taken(tx: Tx, delivery: Delivery) -> Work | None:
    """What there is to do, leased to us and written down as begun; None if there is nothing to be asked of anybody."""
    now = clock.now()
    await store.lose_attempts(tx, delivery.delivery_id, LOST, now)
    is_in_doubt = await store.is_in_doubt(tx, delivery.delivery_id)
    if delivery.cancel_reason and not is_in_doubt and delivery.external_id is None:
        await settling.end(tx, delivery, State.CANCELLED, reason=delivery.cancel_reason)
        return None
    may_try = delivery.tried < (await settling.settings(tx)).attempts_max
    if delivery.kind is Kind.SHOPIFY and delivery.cancel_reason:
        may_try = False  # The shop is asked what it has, and given nothing more to do.
    plan = letters.plan if delivery.kind is Kind.EMAIL else parcels.plan
    planned = await plan(tx, delivery, is_in_doubt=is_in_doubt, may_try=may_try)
    if planned is None:
        return None
    lease = uuid4()
    tried = delivery.tried + planned.is_spent
    await store.lease_out(tx, delivery.delivery_id, lease, now + LEASE, tried, now)
    number = None
    if planned.what:
        number = await store.begin_attempt(tx, delivery.delivery_id, planned.what, planned.asked, now)
    return Work(msgspec.structs.replace(delivery, tried=tried), lease, number, planned)


async def _settle(pool: Pool, work: Work, answer: Answer) -> None:
    async with transaction(pool) as tx:
        delivery = await store.lock_leased(tx, work.delivery.delivery_id, work.lease)
        if delivery is None:
            await _settle_late(tx, work, answer)
            return
        if work.number is not None:
            await settling.note(tx, delivery, work.number, answer.outcome, answer.said)
        if answer.outcome is not Outcome.SUCCEEDED:
            await parcels.settle_unheard(tx, work, delivery, answer)
        elif answer.order is not None:
            await settling.hear(tx, delivery, answer.order)
        else:
            await settling.end(tx, delivery, State.COMPLETED)


async def _settle_late(tx: Tx, work: Work, answer: Answer) -> None:
    """Our lease ran out, or the shop's own word was faster: what came after us stands, and what we know is added."""
    _log.warning("an answer came after its lease had ended", delivery_id=str(work.delivery.delivery_id))
    found = await store.lock(tx, work.delivery.delivery_id)
    if found is None or work.number is None:
        return
    if answer.outcome is not Outcome.SUCCEEDED:
        await settling.note(tx, found, work.number, answer.outcome, answer.said)
    elif answer.order is not None:
        await settling.hear(tx, found, answer.order)
    elif await store.has_succeeded(tx, found.delivery_id):
        await settling.note(tx, found, work.number, Outcome.UNKNOWN, "Another attempt had succeeded before.")
    else:
        await settling.note(tx, found, work.number, Outcome.SUCCEEDED, answer.said)
        if found.state is not State.CANCELLED:
            await settling.end(tx, found, State.COMPLETED)


async def _apply(pool: Pool, delivery_id: UUID) -> None:
    """The effect and that it took place, in one transaction: what fails has left nothing behind."""
    try:
        async with transaction(pool) as tx:
            delivery = await store.lock_due(tx, delivery_id, clock.now())
            if delivery is None:
                return
            effect = wiring.effect(delivery.source)
            if effect is None:
                raise UnknownEffect(delivery.source)  # noqa: TRY301 - answered below like every other fault
            number = await _begun(tx, delivery)
            await effect(tx, delivery)
            await settling.note(tx, delivery, number, Outcome.SUCCEEDED, "It took effect.")
            await settling.end(tx, delivery, State.COMPLETED)
    except Exception as fault:
        await _fail_effect(pool, delivery_id, fault)


async def _fail_effect(pool: Pool, delivery_id: UUID, fault: Exception) -> None:
    _log.error("an effect failed", delivery_id=str(delivery_id), exc_info=fault)
    is_final = isinstance(fault, Refusal | UnknownEffect)
    said = str(fault) if is_final else f"{type(fault).__name__}: {fault}"
    async with transaction(pool) as tx:
        delivery = await store.lock_due(tx, delivery_id, clock.now())
        if delivery is None:
            return
        outcome = Outcome.REFUSED if is_final else Outcome.FAILED
        await settling.note(tx, delivery, await _begun(tx, delivery), outcome, said)
        if isinstance(fault, EffectWorthless):
            # Nobody pays for nothing: cancelled at once, so that what was paid goes back.
            await settling.end(tx, delivery, State.CANCELLED, reason=said)
        else:
            tried = msgspec.structs.replace(delivery, tried=delivery.tried + 1)
            await settling.follow(tx, tried, outcome, said)


async def _begun(tx: Tx, delivery: Delivery) -> int:
    return await store.begin_attempt(tx, delivery.delivery_id, "deliver", f"The effect {delivery.source}.", clock.now())


class UnknownEffect(Exception):
    """This installation knows no such effect."""

    def __init__(self, name: str) -> None:
        super().__init__(f"This installation knows no effect called {name}.")
