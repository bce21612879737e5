"""Purchases for staff: every order with all that was said of it, what does not agree, and the bounds."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.commerce import actions
from playerbase.commerce.actions import Compared
from playerbase.commerce.model import (
    Difference,
    Discord,
    ExceptionState,
    Order,
    Platform,
    Receipt,
    Refund,
    Remedy,
    Settings,
    State,
    Statement,
)
from playerbase.commerce.rules.remedies import remedies
from playerbase.kit.db import Db, Pool, Tx
from playerbase.kit.http import Caller, Cursors, Listing, Request, get, post, put, staff

READ, WRITE = staff("commerce.read"), staff("commerce.write")
Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=1000)]


class Because(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why; kept in the audit."""

    reason: Annotated[
        str,
        msgspec.Meta(min_length=3, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"),
    ]


class WholePurchase(msgspec.Struct, frozen=True):
    """An order, its receipt, what was given back of it, and what its platform said."""

    order: Order
    receipt: Receipt | None
    refunds: list[Refund]
    statements: list[Statement]


class Exceptional(msgspec.Struct, frozen=True):
    """Something that does not agree, and what may be done about it."""

    exception: Difference
    remedies: list[Remedy]


@get("/admin/commerce/orders", policy=READ, limit="console")
async def list_orders(
    db: Db, caller: Caller, cursors: Cursors, state: State | None = None, platform: Platform | None = None,
    player_id: UUID | None = None, limit: Limit = 20, cursor: Cursor | None = None,
) -> Listing[Order]:  # fmt: skip
    """Purchases on platforms, newest first; of one state, platform or player, or all."""
    scope = f"commerce {state or ''} {platform or ''} {player_id} {caller.subject}"
    (before,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (actions.LAST,)
    found = await actions.page(
        db, state=state or "", platform=platform or "", player_id=player_id, before=before, count=limit + 1
    )
    return Listing(found[:limit], cursors.make((found[limit - 1].order_id,), scope=scope) if found[limit:] else None)


@get("/admin/commerce/orders/{order_id}", policy=READ, limit="console")
async def read_order(db: Db, order_id: UUID) -> WholePurchase:
    """One purchase, with its receipt, its refunds, and what its platform said of it."""
    return WholePurchase(*await actions.whole(db, order_id))


@get("/admin/commerce/settings", policy=READ, limit="console")
async def read_settings(db: Db) -> Settings:
    """The bounds of purchases on platforms."""
    return await actions.settings(db)


@put("/admin/commerce/settings", policy=WRITE, limit="console")
async def set_settings(tx: Tx, request: Request, body: Settings) -> Settings:
    """Decide the bounds; what is left out is as shipped."""
    return await actions.set_settings(tx, request, body)


@get("/admin/reconciliation", policy=READ, limit="console")
async def list_exceptions(
    db: Db, caller: Caller, cursors: Cursors, state: ExceptionState | None = ExceptionState.OPEN,
    kind: Discord | None = None, limit: Limit = 20, cursor: Cursor | None = None,
) -> Listing[Exceptional]:  # fmt: skip
    """What does not agree between platforms, orders and books, newest first, each with what may be done about it."""
    scope = f"reconciliation {state or ''} {kind or ''} {caller.subject}"
    (before,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (actions.LAST,)
    found = await actions.differences(db, state=state or "", kind=kind or "", before=before, count=limit + 1)
    more = cursors.make((found[limit - 1].exception_id,), scope=scope) if found[limit:] else None
    return Listing([_shown(each) for each in found[:limit]], more)


@post("/admin/reconciliation", policy=WRITE, limit="console")
async def reconcile(pool: Pool, caller: Caller) -> Compared:
    """Compare now; it is done each night by itself."""
    return await actions.reconcile(pool, asked_by=f"staff:{caller.player_id}")


@post("/admin/reconciliation/{exception_id}/{remedy}", policy=WRITE, limit="console")
async def settle_exception(
    pool: Pool, request: Request, exception_id: UUID, remedy: Remedy, body: Because
) -> Exceptional:
    """Do something about it: give it on the platform's word, ask again, refund, or accept it with a reason."""
    return _shown(await actions.remedy(pool, request, exception_id, remedy, body.reason))


def _shown(each: Difference) -> Exceptional:
    return Exceptional(each, list(remedies(each.kind)) if each.state is ExceptionState.OPEN else [])
