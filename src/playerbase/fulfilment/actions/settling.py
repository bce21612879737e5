"""How a delivery moves from state to state, and what is told of it: every change of state passes through here."""

import random
from datetime import datetime

from playerbase.fulfilment.events import DeliveryCancelled, DeliveryCompleted, DeliveryFailed
from playerbase.fulfilment.model import Delivery, Outcome, Settings, State
from playerbase.fulfilment.model.shop import ShopOrder
from playerbase.fulfilment.rules import shop, steps
from playerbase.fulfilment.store import deliveries as store
from playerbase.kit import clock, metrics
from playerbase.kit.db import Db, Tx, after_commit
from playerbase.kit.outbox import emit

FAULT_CHARACTERS_MAX = 500

_ended = metrics.Counter("deliveries_ended", "Deliveries that came to an end, by kind and which.", ["kind", "state"])
_tried = metrics.Counter("delivery_attempts", "Attempts at deliveries, by kind and outcome.", ["kind", "outcome"])


async def settings(db: Db) -> Settings:
    """What holds now; the defaults until somebody has decided otherwise."""
    return await store.settings(db) or Settings()


def dice() -> float:
    """Between 0 and 1: so that pauses differ."""
    return random.random()  # noqa: S311 - jitter


async def end(tx: Tx, delivery: Delivery, state: State, *, fault: str = "", reason: str = "") -> Delivery:
    """Bring a delivery to an end, and tell it."""
    return await _put(tx, delivery, state, fault=fault, reason=reason)


async def follow(tx: Tx, delivery: Delivery, outcome: Outcome, said: str, retry_after: float = 0) -> Delivery:
    """What follows an attempt that did not succeed: another one later, or the end."""
    held = await settings(tx)
    now = clock.now()
    step = steps.after(outcome, held, tried=delivery.tried, now=now, dice=dice(), retry_after=retry_after)
    if delivery.cancel_reason and not await store.is_in_doubt(tx, delivery.delivery_id):
        # Somebody wished it stopped while it was under way, and now it is known to have had no effect.
        return await _put(tx, delivery, State.CANCELLED, reason=delivery.cancel_reason)
    tried = delivery.tried if step.is_spent else max(0, delivery.tried - 1)
    return await _put(
        tx, delivery, step.state, tried=tried, due_at=step.due_at, fault=said, reason=delivery.cancel_reason
    )


async def again(tx: Tx, delivery: Delivery) -> Delivery:
    """Give a delivery its attempts anew, at once."""
    return await _put(tx, delivery, State.PENDING, tried=0, due_at=clock.now(), fault=delivery.fault)


async def hear(tx: Tx, delivery: Delivery, order: ShopOrder) -> Delivery:
    """Take down what the shop says of a delivery's order, and tell what that changes."""
    now = clock.now()
    told = shop.heard(delivery, await store.said_at(tx, delivery.delivery_id), order)
    await _prove(tx, delivery, order, now)
    held = await settings(tx)
    due_at = None if told.state is not State.PROCESSING else now + steps.pause_of_shop(held)
    if delivery.cancel_reason and told.state is State.PROCESSING:
        due_at = now + steps.pause(held, 1, dice())  # A shop cancels a little later than it is asked to.
    reason = (told.reason or delivery.cancel_reason or "The shop cancelled it.") if told.state == "cancelled" else ""
    if told.state is State.PROCESSING:
        reason = delivery.cancel_reason
    changed = await store.put_told(tx, delivery.delivery_id, told, due_at, "", reason[:FAULT_CHARACTERS_MAX], now)
    await _tell(tx, delivery, changed)
    return changed


async def note(tx: Tx, delivery: Delivery, number: int, outcome: Outcome, answered: str) -> None:
    """Write down how an attempt ended."""
    said = answered[:FAULT_CHARACTERS_MAX]
    if await store.end_attempt(tx, delivery.delivery_id, number, outcome.value, said, clock.now()):
        after_commit(tx, _tried.labels(delivery.kind.value, outcome.value).inc)


async def _prove(tx: Tx, delivery: Delivery, order: ShopOrder, now: datetime) -> None:
    """An order that is there was made: by the last attempt whose outcome nobody knew, if there is one."""
    said = f"The shop knows it as {order.external_id}."
    if await store.prove_attempt(tx, delivery.delivery_id, said, now) is not None:
        return
    if not await store.has_succeeded(tx, delivery.delivery_id):
        number = await store.begin_attempt(tx, delivery.delivery_id, "deliver", "Nothing: the shop told of it.", now)
        await note(tx, delivery, number, Outcome.SUCCEEDED, said)


async def _put(
    tx: Tx,
    delivery: Delivery,
    state: State,
    *,
    tried: int | None = None,
    due_at: datetime | None = None,
    fault: str = "",
    reason: str = "",
) -> Delivery:
    changed = await store.put_step(
        tx, delivery.delivery_id, state.value, "", delivery.tried if tried is None else tried, due_at,
        fault[:FAULT_CHARACTERS_MAX], reason[:FAULT_CHARACTERS_MAX], clock.now(),
    )  # fmt: skip
    await _tell(tx, delivery, changed)
    return changed


async def _tell(tx: Tx, before: Delivery, now: Delivery) -> None:
    if now.state is before.state:
        return
    if now.state is State.COMPLETED:
        await emit(tx, DeliveryCompleted.of(now))
    elif now.state is State.FAILED:
        await emit(tx, DeliveryFailed.of(now, now.fault))
    elif now.state is State.CANCELLED:
        await emit(tx, DeliveryCancelled.of(now, now.cancel_reason))
    if now.ended_at is not None:
        after_commit(tx, _ended.labels(now.kind.value, now.state.value).inc)
