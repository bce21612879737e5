"""Purchases for players: checkout at Steam, receipts of all platforms, and what became of them."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase.commerce import actions
from playerbase.commerce.actions import Checkout
from playerbase.commerce.model import QUANTITY_MAX, Platform
from playerbase.commerce.routes.shown import OwnPurchase, OwnRefund, purchase, refund
from playerbase.kit.db import Db, Key, Pool
from playerbase.kit.errors import Fault
from playerbase.kit.http import PLAYER, Caller, Cursors, Listing, Request, get, post

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=1000)]
SkuName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", examples=["1001"])]
RECEIPT_MAX = 20_000  # A signed purchase of Apple's with its certificates has some 6,000 characters.


class BeginCheckout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be bought at Steam, once under a transaction_id (or Idempotency-Key); ``web`` for a browser."""

    sku: SkuName
    quantity: Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX)] = 1
    transaction_id: Annotated[str, msgspec.Meta(min_length=1, max_length=255, pattern=r"^[!-~]+$")] | None = None
    session: Literal["client", "web"] = "client"
    language: Annotated[str, msgspec.Meta(pattern="^[a-z]{2}$")] = "en"


class Finalizing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which order the buyer has approved."""

    order_id: UUID


class Presented(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a platform gave the game: its receipt, or the order it belongs to here."""

    provider: Platform
    receipt: Annotated[str, msgspec.Meta(min_length=1, max_length=RECEIPT_MAX)] | None = None
    order_id: UUID | None = None


@post("/commerce/steam/checkout", policy=PLAYER, limit="store", status=201)
async def check_out(pool: Pool, request: Request, caller: Caller, key: Key | None, body: BeginCheckout) -> OwnPurchase:
    """Begin a purchase at Steam, which the buyer then approves in the game, or in a browser at ``approve_url``.

    Answered 503 `payment_unknown_outcome`, it was abandoned: send it again, under the same name if you like.
    """
    assert caller.player_id is not None
    is_web = body.session == "web"
    wish = Checkout(
        player_id=caller.player_id, sku=body.sku, quantity=body.quantity,
        key=body.transaction_id or (key.key if key is not None else None), language=body.language,
        ip_address=request.ip if is_web else None,
        return_url=f"{request.site.public_url}/portal" if is_web else None,
    )  # fmt: skip
    order, _ = await actions.check_out(pool, wish)
    return purchase(order)


@post("/commerce/steam/finalize", policy=PLAYER, limit="store")
async def finalize(pool: Pool, caller: Caller, body: Finalizing) -> OwnPurchase:
    """Take the money of an order that its buyer approved, and give what was bought; asked twice it is done once.

    That a game says it was approved is not believed: Steam is asked. While nobody knows whether the money was taken the
    state is ``unknown``; look again in a minute.
    """
    assert caller.player_id is not None
    return purchase(await actions.verify_order(pool, caller.player_id, body.order_id))


@post("/commerce/verify-receipt", policy=PLAYER, limit="store")
async def verify_receipt(pool: Pool, request: Request, caller: Caller, body: Presented) -> OwnPurchase:
    """Present a purchase, and get what was bought: once, however often it is presented, and by one player for good.

    ``receipt`` is Apple's signed transaction, Google's `{"productId", "purchaseToken"}`, Epic's
    `{"accountId", "entitlementId"}`, or the number of an order at Steam.
    """
    assert caller.player_id is not None
    if (body.receipt is None) is (body.order_id is None):
        raise Fault("receipt", "one_of_two", "Send a receipt or an order_id, and not both")
    if body.receipt is not None:
        return purchase(await actions.verify(pool, request, body.provider, body.receipt))
    assert body.order_id is not None
    order = await actions.own(pool, caller.player_id, body.order_id)
    if order.platform is not body.provider:
        raise Fault("provider", "another", "This order was paid on another platform")
    return purchase(await actions.verify_order(pool, caller.player_id, body.order_id))


@get("/commerce/orders", policy=PLAYER, limit="store")
async def my_orders(
    db: Db, caller: Caller, cursors: Cursors, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[OwnPurchase]:
    """What I bought on platforms, newest first."""
    assert caller.player_id is not None
    scope = f"purchases {caller.subject}"
    (before,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (actions.LAST,)
    found = await actions.of_player(db, caller.player_id, before, limit + 1)
    more = cursors.make((found[limit - 1].order_id,), scope=scope) if found[limit:] else None
    return Listing([purchase(each) for each in found[:limit]], more)


@get("/commerce/orders/{order_id}", policy=PLAYER, limit="store")
async def my_order(pool: Pool, caller: Caller, order_id: UUID) -> OwnPurchase:
    """One purchase of mine."""
    assert caller.player_id is not None
    return purchase(await actions.own(pool, caller.player_id, order_id))


@get("/commerce/refunds", policy=PLAYER, limit="store")
async def my_refunds(
    db: Db, caller: Caller, cursors: Cursors, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[OwnRefund]:
    """What platforms gave back to me, newest first: what was taken for it, and what I owe."""
    assert caller.player_id is not None
    scope = f"purchase refunds {caller.subject}"
    (before,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (actions.LAST,)
    found = await actions.refunds_of_player(db, caller.player_id, before, limit + 1)
    more = cursors.make((found[limit - 1].refund_id,), scope=scope) if found[limit:] else None
    return Listing([refund(each) for each in found[:limit] if each.order_id is not None], more)
