"""Parcels: an order at the shop under our own id, found before it is made again, and asked about until it is sent."""

from typing import Final

from playerbase.fulfilment.actions import settling
from playerbase.fulfilment.actions.asking import Answer, Plan, Work
from playerbase.fulfilment.actions.sealing import open_addressed
from playerbase.fulfilment.actions.wiring import Shop, shop
from playerbase.fulfilment.model import Delivery, Outcome, State
from playerbase.fulfilment.model.shop import ShopAway, ShopOrder, ShopRefuses, Wanted
from playerbase.fulfilment.rules import steps
from playerbase.fulfilment.store import deliveries as store
from playerbase.kit import clock
from playerbase.kit.db import Tx

NO_SHOP: Final = "No shop is set up here."
SECOND: Final = 2  # Between two attempts to cancel lies the pause before a third delivery.
NO_ADDRESS: Final = "There is no address to send it to."


async def plan(tx: Tx, delivery: Delivery, *, is_in_doubt: bool, may_try: bool) -> Plan | None:
    """What to ask the shop next; None if there is nothing to ask."""
    if delivery.external_id is not None:
        if delivery.cancel_reason:
            return Plan(what="cancel", asked=f"To cancel {delivery.external_id}.", is_spent=False)
        return Plan(what="", asked="", is_spent=False, find_first=True, may_create=False)
    if is_in_doubt and await _is_too_soon(tx, delivery):
        return None
    if not may_try and not is_in_doubt:
        await settling.end(tx, delivery, State.FAILED, fault=delivery.fault)
        return None
    addressed = open_addressed(delivery.delivery_id, await store.sealed_of(tx, delivery.delivery_id))
    if addressed.address is None:
        await store.wait_for(tx, delivery.delivery_id, "address", NO_ADDRESS, clock.now())
        return None
    asked = f"An order of {delivery.quantity} of variant {delivery.source}."
    if is_in_doubt:
        asked = "Whether there is an order of this name" + (
            "; else " + asked[0].lower() + asked[1:] if may_try else "."
        )
    return Plan(
        what="deliver", asked=asked, is_spent=may_try, find_first=is_in_doubt, may_create=may_try,
        email=addressed.email, address=addressed.address,
    )  # fmt: skip


async def ask(work: Work) -> Answer:
    """Ask the shop, and say what came of it."""
    counter = shop()
    if counter is None:
        return Answer(outcome=Outcome.PUT_OFF, said=NO_SHOP)
    try:
        order = await _asked(counter, work)
    except ShopRefuses as refusal:
        return Answer(outcome=Outcome.REFUSED, said=str(refusal))
    except ShopAway as away:
        # Whatever it was asked this time, what was in doubt before still is.
        is_in_doubt = away.perhaps_done or work.plan.find_first
        outcome = Outcome.UNKNOWN if is_in_doubt else Outcome.FAILED
        if not away.was_asked:
            outcome = Outcome.PUT_OFF
        return Answer(outcome=outcome, said=str(away), retry_after=away.retry_after)
    if order is None:
        return Answer(outcome=Outcome.FAILED, said="The shop has no such order.")
    return Answer(outcome=Outcome.SUCCEEDED, said=f"The shop knows it as {order.external_id}.", order=order)


async def settle_unheard(tx: Tx, work: Work, delivery: Delivery, answer: Answer) -> None:
    """What follows when the attempt did not succeed."""
    if delivery.external_id is None:
        await _resolve(tx, work, answer)
        await settling.follow(tx, delivery, answer.outcome, answer.said, answer.retry_after)
        return
    # The order is there: it was about cancelling it, or how it fares. Neither ends the delivery.
    held = await settling.settings(tx)
    wait = steps.pause_of_shop(held)
    reason, fault = delivery.cancel_reason, delivery.fault
    if work.plan.what == "cancel":
        if answer.outcome is Outcome.REFUSED:
            reason, fault = "", f"It could not be cancelled. {answer.said}"
        else:
            wait = min(wait, steps.pause(held, SECOND, settling.dice()))  # Asked until it says yes or no.
    await store.put_step(
        tx, delivery.delivery_id, State.PROCESSING.value, "shop", delivery.tried, clock.now() + wait, fault, reason,
        clock.now(),
    )  # fmt: skip


async def _is_too_soon(tx: Tx, delivery: Delivery) -> bool:
    """Whether the shop may not know yet what it did; then it is asked later."""
    since = await store.doubted_since(tx, delivery.delivery_id)
    if since is None or since + steps.KNOWN_AFTER <= clock.now():
        return False
    await store.put_step(
        tx, delivery.delivery_id, State.PENDING.value, "", delivery.tried, since + steps.KNOWN_AFTER, delivery.fault,
        delivery.cancel_reason, clock.now(),
    )  # fmt: skip
    return True


async def _asked(counter: Shop, work: Work) -> ShopOrder | None:
    delivery, plan = work.delivery, work.plan
    if plan.what == "cancel":
        assert delivery.external_id is not None
        return await counter.cancel(delivery.external_id, delivery.cancel_reason)
    if plan.find_first:
        try:
            found = await counter.find(delivery.delivery_id)
        except ShopRefuses as refusal:
            # To be refused an answer is not to be told that there is no order.
            raise ShopAway(str(refusal), perhaps_done=True) from refusal
        if found is not None or not plan.may_create:
            return found
    assert plan.address is not None
    return await counter.create(
        Wanted(
            delivery_id=delivery.delivery_id, variant=delivery.source, title=delivery.item_name,
            quantity=delivery.quantity, email=plan.email, address=plan.address,
        )
    )  # fmt: skip


async def _resolve(tx: Tx, work: Work, answer: Answer) -> None:
    """Earlier attempts in doubt had no effect, if the shop was asked and knows of none."""
    if work.plan.find_first and answer.outcome in {Outcome.FAILED, Outcome.REFUSED}:
        await store.clear_doubt(tx, work.delivery.delivery_id, "The shop knows of no such order.", clock.now())
