"""The pages of deliveries: which there are, what became of one, and trying again or stopping it."""

from typing import Annotated, Literal, get_args
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase.fulfilment import actions
from playerbase.fulfilment.model import DeliveryEnded, Kind, State
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, Site, get, names, post, redirect, staff

READ, RETRY, WRITE = staff("fulfilment.read"), staff("fulfilment.retry"), staff("fulfilment.write")
HERE = "/console/fulfilments"
ROWS = 50
WaitsFor = Literal["address", "codes", "shop"]
TOLD = {
    "retried": "It is tried again, at once.", "resent": "The same letter is sent once more.",
    "stopped": "Cancelled. What was paid for it goes back.", "asked": "The shop is asked to cancel it.",
}  # fmt: skip
KINDS = {Kind.EMAIL: "Voucher by mail", Kind.SHOPIFY: "Parcel", Kind.FUNCTIONAL: "Effect"}


class Asked(msgspec.Struct, frozen=True):
    """A form that asks why."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


@get(HERE, policy=READ, limit="console", page=True)
async def list_deliveries(
    db: Db, request: Request, site: Site, caller: Caller, cursors: Cursors, rendering: Rendering,
    state: State | None = None, kind: Kind | None = None, waits_for: WaitsFor | None = None,
    player_id: UUID | None = None, cursor: str = "",
) -> Answer:  # fmt: skip
    """Deliveries, newest first: of one state, kind or player, or all."""
    asked = {
        "state": state or "", "kind": kind or "", "waits_for": waits_for or "",
        "player_id": str(player_id) if player_id else "",
    }  # fmt: skip
    scope = f"deliveries {urlencode(asked)} {caller.subject}"
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else actions.LAST_ID
    found = await actions.page(
        db, state=asked["state"], kind=asked["kind"], waits_for=asked["waits_for"], player_id=player_id,
        before=before, count=ROWS + 1,
    )  # fmt: skip
    shown, following = found[:ROWS], ""
    if found[ROWS:]:
        at = cursors.make((shown[-1].delivery_id,), scope=scope)
        following = _address(asked | {"cursor": at})
    return rendering.page(
        request, "fulfilment/deliveries.html", deliveries=shown, kinds=KINDS, states=list(State), asked=asked,
        waits=get_args(WaitsFor), linked=lambda **change: _address(asked | change), following=following,
        first=_address(asked) if cursor else "",
        names=await names(site.pages, db, [*(each.player_id for each in shown), player_id]),
    )  # fmt: skip


@get(f"{HERE}/{{delivery_id}}", policy=READ, limit="console", page=True)
async def read_delivery(
    db: Db, request: Request, site: Site, rendering: Rendering, delivery_id: UUID, told: str = ""
) -> Answer:
    """One delivery: every attempt, and the codes that went with it."""
    delivery, attempts = await actions.delivery(db, delivery_id)
    return rendering.page(
        request, "fulfilment/delivery.html", delivery=delivery, attempts=attempts, kinds=KINDS,
        codes=await actions.codes_of(db, delivery_id), told=TOLD.get(told, ""),
        names=await names(site.pages, db, [delivery.player_id]),
    )  # fmt: skip


@get(f"{HERE}/{{delivery_id}}/retry", policy=RETRY, limit="console", page=True)
async def ask_retry(db: Db, request: Request, rendering: Rendering, delivery_id: UUID) -> Answer:
    """The question before it is tried again."""
    delivery, _ = await actions.delivery(db, delivery_id)
    if delivery.state is State.CANCELLED or (delivery.state is State.COMPLETED and delivery.kind is not Kind.EMAIL):
        raise DeliveryEnded
    return rendering.page(request, "fulfilment/delivery_ask.html", delivery=delivery, verb="retry")


@get(f"{HERE}/{{delivery_id}}/cancel", policy=WRITE, limit="console", page=True)
async def ask_cancel(db: Db, request: Request, rendering: Rendering, delivery_id: UUID) -> Answer:
    """The question before it is cancelled."""
    delivery, _ = await actions.delivery(db, delivery_id)
    if delivery.state in {State.CANCELLED, State.COMPLETED}:
        raise DeliveryEnded
    return rendering.page(request, "fulfilment/delivery_ask.html", delivery=delivery, verb="cancel")


@post(f"{HERE}/{{delivery_id}}/retry", policy=RETRY, limit="console", page=True)
async def retry(tx: Tx, request: Request, delivery_id: UUID, form: Asked) -> Answer:
    """Give it its attempts anew, or send the same letter once more."""
    done = await actions.retry(tx, request, delivery_id, form.reason)
    return redirect(f"{HERE}/{delivery_id}?told={'resent' if done.is_resent else 'retried'}")


@post(f"{HERE}/{{delivery_id}}/cancel", policy=WRITE, limit="console", page=True)
async def cancel(tx: Tx, request: Request, delivery_id: UUID, form: Asked) -> Answer:
    """Stop it, or ask whoever has it by now."""
    outcome = await actions.cancel_by_staff(tx, request, delivery_id, form.reason)
    return redirect(f"{HERE}/{delivery_id}?told={outcome.value}")


def _address(asked: dict[str, str]) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{HERE}?{query}" if query else HERE
