"""The page of one order: as it was bought, what became of it, and what was given back."""

from uuid import UUID

from playerbase import catalog, fulfilment
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect
from playerbase.orders import actions, store
from playerbase.orders.model import NoSuchOrder, NotUndelivered, Order
from playerbase.orders.pages.reviewing import Asked
from playerbase.orders.pages.showing import HERE, READ, WRITE, page, person, why_not
from playerbase.orders.store import Part

TOLD = {
    "approved": "Approved. It is paid, and handed out.", "rejected": "Turned down. What was set aside is free again.",
    "refunded": "Given back.", "asked": "Its delivery is asked to stop. What can be given back then is, by itself.",
    "let": "What was paid for it stays.",
}  # fmt: skip


@get(f"{HERE}/{{order_id}}", policy=READ, limit="console", page=True)
async def read_order(db: Db, request: Request, rendering: Rendering, order_id: UUID, told: str = "") -> Answer:
    """One order, whole."""
    order = await found(db, order_id)
    (seen,) = await actions.all_seen(db, [order])
    lines = await store.lines_of(db, [order_id])
    refunds = await store.refunds_of(db, order_id)
    inside = {content.item_id for line in lines for content in line.contents}
    things = await store.things_of(db, [order_id])
    return await page(
        db, request, rendering, "order.html",
        people=[order.player_id, person(order.settled_by), person(order.buyer), *(person(each.by) for each in refunds)],
        order=order, seen=seen, lines=lines, refunds=refunds, items=await catalog.items_by_id(db, inside),
        deliveries=await fulfilment.of_order(db, order_id), told=TOLD.get(told, ""),
        kept=[each for each in things if each.state == "reserved"],
        signs=(await actions.signs(db, [order_id]))[order_id], parts=await actions.undelivered(db, order_id),
        differs=next((each for each in await actions.findings(db) if each.order_id == order_id), None),
        numbers={line.number: line for line in lines},
    )  # fmt: skip


@get(f"{HERE}/{{order_id}}/parts/{{thing_id}}/let-be", policy=WRITE, limit="console", page=True)
async def ask_let_be(db: Db, request: Request, rendering: Rendering, order_id: UUID, thing_id: UUID) -> Answer:
    """The question before what was paid for a bundle is kept, though a part of it did not come."""
    return await _let_be_form(db, request, rendering, order_id, thing_id)


@post(f"{HERE}/{{order_id}}/parts/{{thing_id}}/let-be", policy=WRITE, limit="console", page=True)
async def let_be(
    tx: Tx, request: Request, rendering: Rendering, order_id: UUID, thing_id: UUID, form: Asked
) -> Answer:  # fmt: skip
    """Keep what was paid."""
    if fault := why_not(form.reason):
        return await _let_be_form(tx, request, rendering, order_id, thing_id, form.reason, fault)
    await actions.let_be(tx, request, order_id, thing_id, form.reason)
    return redirect(f"{HERE}/{order_id}?told=let")


async def found(db: Db | Tx, order_id: UUID) -> Order:
    """The order of this id; raises NoSuchOrder."""
    rows = await store.orders_by_id(db, [order_id])
    if not rows:
        raise NoSuchOrder
    return rows[0]


async def _let_be_form(
    db: Db | Tx, request: Request, rendering: Rendering, order_id: UUID, thing_id: UUID, reason: str = "",
    fault: str | Refusal = "",
) -> Answer:  # fmt: skip
    part: Part | None = next(
        (each for each in await actions.undelivered(db, order_id) if each.thing_id == thing_id), None
    )
    if part is None:
        raise NotUndelivered
    items = await catalog.items_by_id(db, {part.item_id})
    return await page(
        db, request, rendering, "let_be.html", part=part, name=items[part.item_id].name, reason=reason,
        fault=str(fault), status=422 if fault else 200,
    )  # fmt: skip
