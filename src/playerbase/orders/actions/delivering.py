"""What becomes of orders when their deliveries end: what was not delivered is given back."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from playerbase import audit, fulfilment, inventory
from playerbase.kit.db import Db, Pool, Tx, transaction
from playerbase.kit.http import Request
from playerbase.kit.jobs import enqueue, job
from playerbase.orders import store
from playerbase.orders.actions.refunding import give_back
from playerbase.orders.model import NoSuchOrder, NotUndelivered, State, ThingState
from playerbase.orders.rules import Piece
from playerbase.orders.store import Part

REASON_CHARACTERS_MAX = 200
UNDELIVERED = "It was not delivered."
PARTS_MAX = 100


class PayBack(msgspec.Struct, frozen=True):
    """Which thing was cancelled, and why."""

    thing_id: UUID
    reason: str


async def note(tx: Tx, thing_ids: Sequence[UUID], state: ThingState) -> None:
    """Write down how deliveries ended, those of orders: what is delivered or cancelled no longer fails."""
    over = {ThingState.CANCELLED, ThingState.DELIVERED} if state is ThingState.FAILED else {ThingState.CANCELLED}
    held = await store.lock_things(tx, list(thing_ids))
    changed = [thing.thing_id for thing in held if thing.state not in over]
    if changed:
        await store.put_things(tx, changed, [state] * len(changed))


async def note_cancelled(tx: Tx, told: Sequence[fulfilment.DeliveryCancelled]) -> None:
    """Have what was cancelled paid back: each in a transaction of its own, since each posts."""
    ours = {thing.thing_id for thing in await store.things_by_id(tx, [each.line_id for each in told])}
    for each in told:
        if each.line_id in ours:
            await enqueue(tx, pay_back, PayBack(each.line_id, each.reason), once=str(each.line_id))


@job(lane="high")
async def pay_back(pool: Pool, wanted: PayBack) -> None:
    """Give back what a delivery that was cancelled had cost, unless somebody did so before.

    A bundle's part has no price of its own: that it was cancelled is shown, and a person decides.
    """
    async with transaction(pool) as tx:
        (found,) = await store.things_by_id(tx, [wanted.thing_id])
        await inventory.hold(tx, [found.player_id])
        order = await store.lock_order(tx, found.order_id)
        (thing,) = await store.lock_things(tx, [found.thing_id])
        if thing.state is ThingState.CANCELLED or order is None or order.state is not State.PLACED:
            return
        await store.put_things(tx, [thing.thing_id], [ThingState.CANCELLED])
        line = next(one for one in await store.lines_of(tx, [order.order_id]) if one.number == thing.number)
        if thing.is_alone and line.refunded < line.quantity:
            piece = Piece(line, line.quantity - line.refunded)
            reason = (wanted.reason or UNDELIVERED)[:REASON_CHARACTERS_MAX]
            await give_back(tx, order, [piece], reason, "system:fulfilment", "forgive", "")


async def undelivered(db: Db, order_id: UUID | None = None) -> list[Part]:
    """Parts of bundles that were not delivered and wait for a person, the oldest first; of one order, or of all."""
    return await store.undelivered(db, order_id, UUID(int=0), PARTS_MAX)


async def let_be(tx: Tx, request: Request, order_id: UUID, thing_id: UUID, reason: str) -> None:
    """Keep what was paid for a bundle of which a part was not delivered. Raises NoSuchOrder, NotUndelivered."""
    order = await store.lock_order(tx, order_id)
    if order is None:
        raise NoSuchOrder
    if all(part.thing_id != thing_id for part in await undelivered(tx, order_id)):
        raise NotUndelivered
    await store.let_be(tx, order_id, thing_id)
    await audit.record(
        tx,
        audit.deed(
            request, "order_part_let_be", "order", order_id, player_id=order.player_id, reason=reason,
            after={"thing": str(thing_id)},
        ),
    )  # fmt: skip
