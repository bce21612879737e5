"""Deliveries over HTTP: what staff sees of them and does, and what players see of their own."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase.fulfilment import actions
from playerbase.fulfilment.model import Address, Attempt, Delivery, Kind, Settings, State, Stopped
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import PLAYER, Caller, Cursors, Listing, Request, get, post, put, staff

READ, RETRY, WRITE = staff("fulfilment.read"), staff("fulfilment.retry"), staff("fulfilment.write")
Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=1000)]


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why; kept in the audit."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500, pattern=r"\S")]


class GivenCode(msgspec.Struct, frozen=True):
    """A code of a delivery, of which only the end is shown."""

    code_id: UUID
    masked: str
    given_at: datetime


class Whole(msgspec.Struct, frozen=True):
    """A delivery with its attempts, latest first, and its codes."""

    delivery: Delivery
    attempts: list[Attempt]
    codes: list[GivenCode]


class Retried(msgspec.Struct, frozen=True):
    """The delivery as it stands, and whether what was sent before is sent once more."""

    delivery: Delivery
    is_resent: bool


class Cancelled(msgspec.Struct, frozen=True):
    """Whether it is stopped, or whoever has it was asked to stop it."""

    outcome: Stopped


class OwnDelivery(msgspec.Struct, frozen=True):
    """A delivery as its player sees it; ``waits_for`` is ``address`` when they can do something about it."""

    delivery_id: UUID
    order_id: UUID
    line_id: UUID
    item_code: str
    item_name: str
    quantity: int
    kind: Kind
    state: State
    waits_for: Literal["", "address"]
    tracking_company: str
    tracking_number: str
    tracking_url: str
    created_at: datetime
    ended_at: datetime | None


@get("/admin/fulfilments", policy=READ, limit="console")
async def list_deliveries(
    db: Db, caller: Caller, cursors: Cursors, state: State | None = None, kind: Kind | None = None,
    player_id: UUID | None = None, limit: Limit = 20, cursor: Cursor | None = None,
) -> Listing[Delivery]:  # fmt: skip
    """Deliveries, newest first; of one state, kind or player, or all."""
    scope = f"deliveries {state or ''} {kind or ''} {player_id} {caller.subject}"
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else actions.LAST_ID
    found = await actions.page(
        db, state=state or "", kind=kind or "", player_id=player_id, before=before, count=limit + 1
    )
    return Listing(found[:limit], cursors.make((found[limit - 1].delivery_id,), scope=scope) if found[limit:] else None)


@get("/admin/fulfilments/settings", policy=READ, limit="console")
async def read_settings(db: Db) -> Settings:
    """How often a delivery is attempted, and with which pauses."""
    return await actions.settings(db)


@put("/admin/fulfilments/settings", policy=WRITE, limit="console")
async def set_settings(tx: Tx, request: Request, body: Settings) -> Settings:
    """Decide how often a delivery is attempted; what is left out is as shipped."""
    return await actions.set_settings(tx, request, body)


@get("/admin/fulfilments/{delivery_id}", policy=READ, limit="console")
async def read_delivery(db: Db, delivery_id: UUID) -> Whole:
    """One delivery: every attempt, what was asked, what came back and how it ended."""
    delivery, attempts = await actions.delivery(db, delivery_id)
    codes = [GivenCode(each.code_id, masked, each.given_at) for each, masked in await actions.codes_of(db, delivery_id)]
    return Whole(delivery, attempts, codes)


@post("/admin/fulfilments/{delivery_id}/retry", policy=RETRY, limit="console")
async def retry_delivery(tx: Tx, request: Request, delivery_id: UUID, body: Reason) -> Retried:
    """Give it its attempts anew; a letter that was sent is sent once more, with the same codes."""
    done = await actions.retry(tx, request, delivery_id, body.reason)
    return Retried(done.delivery, done.is_resent)


@post("/admin/fulfilments/{delivery_id}/cancel", policy=WRITE, limit="console")
async def cancel_delivery(tx: Tx, request: Request, delivery_id: UUID, body: Reason) -> Cancelled:
    """Stop it, or ask whoever has it by now; ``delivery.cancelled`` says when that is done."""
    return Cancelled(await actions.cancel_by_staff(tx, request, delivery_id, body.reason))


@get("/me/deliveries", policy=PLAYER)
async def my_deliveries(
    db: Db, caller: Caller, cursors: Cursors, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[OwnDelivery]:
    """What is on its way to me, and what has come; newest first, with the tracking of parcels."""
    assert caller.player_id is not None
    scope = f"own deliveries {caller.subject}"
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else actions.LAST_ID
    found = await actions.of_player(db, caller.player_id, before, limit + 1)
    following = cursors.make((found[limit - 1].delivery_id,), scope=scope) if found[limit:] else None
    return Listing([own(each) for each in found[:limit]], following)


@put("/me/deliveries/{delivery_id}/address", policy=PLAYER)
async def give_address(tx: Tx, caller: Caller, delivery_id: UUID, body: Address) -> OwnDelivery:
    """Say where a parcel of mine is to be sent that has not been ordered yet."""
    assert caller.player_id is not None
    return own(await actions.give_address(tx, caller.player_id, delivery_id, body))


def own(delivery: Delivery) -> OwnDelivery:
    """A delivery without what is the house's business."""
    return OwnDelivery(
        delivery.delivery_id, delivery.order_id, delivery.line_id, delivery.item_code, delivery.item_name,
        delivery.quantity, delivery.kind, delivery.state, "address" if delivery.waits_for == "address" else "",
        delivery.tracking_company, delivery.tracking_number, delivery.tracking_url, delivery.created_at,
        delivery.ended_at,
    )  # fmt: skip
