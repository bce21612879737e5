"""The queue of orders that wait for a person, and deciding over one."""

from datetime import timedelta
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase.kit import clock
from playerbase.kit.db import Db, Pool, reading, transaction
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, get, post, redirect
from playerbase.orders import actions, store
from playerbase.orders.model import NoSuchOrder, NotInReview, State
from playerbase.orders.pages.showing import HERE, READ, REVIEWS, ROWS, WRITE, Reason, page, why_not

Verb = Literal["approve", "reject"]
TOLD = {"approved": "Approved. It is paid, and handed out.", "rejected": "Turned down. The player reads why."}


class Asked(msgspec.Struct, frozen=True):
    """A form that asks why, and where it goes on: with the queue, or at the order."""

    reason: Reason = ""
    back: Literal["", "queue"] = ""


@get(REVIEWS, policy=READ, limit="console", page=True)
async def list_reviews(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, cursor: str = "", told: str = ""
) -> Answer:
    """Orders that wait, the oldest first, with what made each wait and what its rule saw."""
    scope = f"reviews page {caller.subject}"
    (after,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (UUID(int=0),)
    rows = await store.waiting(db, after, ROWS + 1)
    shown, following = rows[:ROWS], ""
    if rows[ROWS:]:
        following = f"{REVIEWS}?{urlencode({'cursor': cursors.make((shown[-1].order_id,), scope=scope)})}"
    _, settings = await actions.bounds(db)
    ids = [order.order_id for order in shown]
    return await page(
        db, request, rendering, "reviews.html", people=[order.player_id for order in shown],
        orders=list(zip(shown, await actions.all_seen(db, shown), strict=True)), signs=await actions.signs(db, ids),
        given_up_after=timedelta(hours=settings.review_hours), following=following, first=REVIEWS if cursor else "",
        waiting=await actions.waiting(db), hours=settings.review_hours, told=TOLD.get(told, ""), at=clock.now(),
    )  # fmt: skip


@get(f"{HERE}/{{order_id}}/approve", policy=WRITE, limit="console", page=True)
async def ask_approve(
    db: Db, request: Request, rendering: Rendering, order_id: UUID, back: Literal["", "queue"] = ""
) -> Answer:
    """The question before an order is let be."""
    return await _form(db, request, rendering, order_id, "approve", Asked(back=back))


@get(f"{HERE}/{{order_id}}/reject", policy=WRITE, limit="console", page=True)
async def ask_reject(
    db: Db, request: Request, rendering: Rendering, order_id: UUID, back: Literal["", "queue"] = ""
) -> Answer:
    """The question before an order is turned down."""
    return await _form(db, request, rendering, order_id, "reject", Asked(back=back))


@post(f"{HERE}/{{order_id}}/approve", policy=WRITE, limit="console", page=True)
async def approve(pool: Pool, request: Request, rendering: Rendering, order_id: UUID, form: Asked) -> Answer:
    """Let it be: it is paid with what was set aside, and handed out."""
    return await _decide(pool, request, rendering, order_id, "approve", form)


@post(f"{HERE}/{{order_id}}/reject", policy=WRITE, limit="console", page=True)
async def reject(pool: Pool, request: Request, rendering: Rendering, order_id: UUID, form: Asked) -> Answer:
    """Turn it down: what was set aside and kept for it is free again."""
    return await _decide(pool, request, rendering, order_id, "reject", form)


async def _decide(
    pool: Pool, request: Request, rendering: Rendering, order_id: UUID, verb: Verb, form: Asked
) -> Answer:  # fmt: skip
    fault = why_not(form.reason)
    if not fault:
        try:
            async with transaction(pool) as tx:
                await (actions.approve if verb == "approve" else actions.reject)(tx, request, order_id, form.reason)
        except (NotInReview, NoSuchOrder):  # Somebody else was faster: the page of the order says how.
            raise
        except Refusal as refusal:
            fault = str(refusal)
        else:
            told = "approved" if verb == "approve" else "rejected"
            return redirect(f"{REVIEWS if form.back == 'queue' else f'{HERE}/{order_id}'}?told={told}")
    async with reading(pool) as db:
        return await _form(db, request, rendering, order_id, verb, form, fault)


async def _form(
    db: Db, request: Request, rendering: Rendering, order_id: UUID, verb: Verb, form: Asked, fault: str = ""
) -> Answer:
    found = await store.orders_by_id(db, [order_id])
    if not found:
        raise NoSuchOrder
    if found[0].state is not State.REVIEW:
        raise NotInReview(state=found[0].state.value)
    (seen,) = await actions.all_seen(db, found)
    return await page(
        db, request, rendering, "decide.html", people=[found[0].player_id], order=found[0], seen=seen, verb=verb,
        form=form, fault=fault, status=422 if fault else 200,
    )  # fmt: skip
