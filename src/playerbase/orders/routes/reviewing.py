"""Orders that wait for a person, and the rules that had them wait."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, Kept, Key, Pool, Tx, once, transaction
from playerbase.kit.http import Caller, Cursors, Listing, Request, get, post, put, staff
from playerbase.orders import actions
from playerbase.orders.actions.refunding import Why
from playerbase.orders.model import NotSuspected, RuleChange, RuleRow, Settings, SettingsChange, Suspect

READ, WRITE = staff("orders.read"), staff("orders.write")
SLICES = 10  # Of five hundred: what a call compares within a second or so.

RuleName = Annotated[str, msgspec.Meta(pattern="^[a-z_]{1,32}$", examples=["velocity"])]


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is decided so; a player whose order is turned down reads it."""

    reason: Why


class Decided(msgspec.Struct, frozen=True):
    """What became of an order that waited."""

    order_id: UUID
    state: str


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From when on orders are compared; all of them if it is not said."""

    since: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    cursor: Annotated[str, msgspec.Meta(max_length=1000)] | None = None


@post("/admin/orders/{order_id}/approve", policy=WRITE, limit="console", key_required=True)
async def approve_order(pool: Pool, request: Request, key: Key, order_id: UUID, body: Decision) -> Decided | Kept:
    """Let an order be that waits: it is paid with what was set aside, and handed out."""
    async with transaction(pool) as tx:

        async def do() -> Kept:
            await actions.approve(tx, request, order_id, body.reason)
            return Kept(200, msgspec.json.encode(Decided(order_id, "placed")))

        return await once(tx, key, do)


@post("/admin/orders/{order_id}/reject", policy=WRITE, limit="console", key_required=True)
async def reject_order(pool: Pool, request: Request, key: Key, order_id: UUID, body: Decision) -> Decided | Kept:
    """Turn an order down that waits: what was set aside and kept for it is free again."""
    async with transaction(pool) as tx:

        async def do() -> Kept:
            await actions.reject(tx, request, order_id, body.reason)
            return Kept(200, msgspec.json.encode(Decided(order_id, "rejected")))

        return await once(tx, key, do)


@get("/admin/order-rules", policy=READ, limit="console")
async def list_order_rules(db: Db) -> Listing[RuleRow]:
    """When orders wait for a person: more than ``count`` in so many seconds, and why these numbers."""
    return Listing((await actions.bounds(db))[0], None)


@put("/admin/order-rules/{code}", policy=WRITE, limit="console")
async def change_order_rule(tx: Tx, request: Request, code: RuleName, body: RuleChange) -> RuleRow:
    """Have orders wait from another number on, or be refused, or let them through; the next order feels it."""
    return await actions.change_rule(tx, request, code, body)


@get("/admin/order-settings", policy=READ, limit="console")
async def read_order_settings(db: Db) -> Settings:
    """How many lines an order has at most, how many units a line, and how long an order waits for a person."""
    return (await actions.bounds(db))[1]


@put("/admin/order-settings", policy=WRITE, limit="console")
async def change_order_settings(tx: Tx, request: Request, body: SettingsChange) -> Settings:
    """Bound orders otherwise; the next order feels it, and those that wait are given up after the new time."""
    wanted = Settings(body.lines_max, body.quantity_max, body.review_hours)
    return await actions.change_settings(tx, request, wanted, body.reason)


@get("/admin/order-suspects", policy=READ, limit="console")
async def list_order_suspects(db: Db) -> Listing[Suspect]:
    """Who earned so often that their orders wait; a thousand at most, each for a day."""
    return Listing(await actions.suspects(db), None)


@post("/admin/order-suspects/{player_id}/clear", policy=WRITE, limit="console")
async def clear_order_suspect(tx: Tx, request: Request, player_id: UUID, body: Decision) -> Listing[Suspect]:
    """Let somebody's orders through again."""
    if not await actions.clear(tx, request, player_id, body.reason):
        raise NotSuspected
    return Listing(await actions.suspects(tx), None)


@post("/admin/orders/check", policy=READ, limit="console")
async def check_orders(pool: Pool, caller: Caller, cursors: Cursors, body: Check) -> Listing[actions.Difference]:
    """Compare orders with the ledger now, five thousand a call: each of which it says something else.

    The latest first; ``next_cursor`` says that there are more to compare, whether or not any of these differed.
    """
    scope = f"orders check {body.since} {caller.subject}"
    (before,) = cursors.read(body.cursor, tuple[UUID], scope=scope) if body.cursor else (actions.LAST,)
    found, following = await actions.check_some(pool, body.since, before, SLICES)
    return Listing(found, cursors.make((following,), scope=scope) if following else None)
