"""Buying with what is in the wallet, and looking at what was bought."""

from typing import Annotated, ClassVar
from uuid import UUID

import msgspec

from playerbase import ledger
from playerbase.kit.db import Db, Kept, Key, Pool
from playerbase.kit.http import PLAYER, Caller, Cursors, Listing, Request, get, post, server
from playerbase.orders import actions, store
from playerbase.orders.actions import OrderSeen, Purchase, Purchases
from playerbase.orders.actions.asking import AssetCode, ItemWanted, Name, Quantity
from playerbase.orders.model import NoSuchOrder, TransactionIdMissing

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]
CosmeticName = Annotated[str, msgspec.Meta(min_length=1, max_length=64, description="The cosmetic's code or id.")]
LAST = UUID(int=2**128 - 1)
BUYERS = PLAYER | server("store:write")


class CosmeticPurchase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a cosmetic is paid, once under a name."""

    transaction_id: Name | None = None
    currency: AssetCode | None = None
    quantity: Quantity = 1


class OrderWaiting(OrderSeen, frozen=True):
    """An order that somebody looks at before it is paid."""

    http_status: ClassVar[int] = 202


class OrderAgain(OrderSeen, frozen=True):
    """An order that was sent before, as it stands now."""

    http_status: ClassVar[int] = 200


class PurchaseSeen(OrderSeen, frozen=True):
    """An order, and its id under the name that older clients read."""

    purchase_id: UUID


class PurchaseWaiting(PurchaseSeen, frozen=True):
    """The same, of one that somebody looks at before it is paid."""

    http_status: ClassVar[int] = 202


class PurchaseAgain(PurchaseSeen, frozen=True):
    """The same, of one that was sent before."""

    http_status: ClassVar[int] = 200


@post("/store/purchases", policy=BUYERS, limit="purchase", status=201)
async def buy(
    pool: Pool, purchases: Purchases, caller: Caller, request: Request, key: Key | None, body: Purchase
) -> OrderSeen | OrderWaiting | OrderAgain | Kept:
    """Buy one or many items with what is in the wallet: all of it or nothing, once under its transaction_id.

    201 when it is bought, 202 when somebody looks at it first, 200 with the same order when it is sent again.
    """
    return (await _bought(pool, purchases, caller, request, key, body)).answer


@post("/purchase", policy=BUYERS, limit="purchase", status=201)
async def buy_at_once(
    pool: Pool, purchases: Purchases, caller: Caller, request: Request, key: Key | None, body: Purchase
) -> PurchaseSeen | PurchaseWaiting | PurchaseAgain | Kept:
    """The same as /store/purchases, with a purchase_id; who cannot pay is answered 400 here."""
    kept = (await _bought(pool, purchases, caller, request, key, body)).answer
    if not kept.is_refusal:
        order = msgspec.json.decode(kept.body, type=OrderSeen)
        shown = PurchaseSeen(**msgspec.structs.asdict(order), purchase_id=order.order_id)
        return msgspec.structs.replace(kept, body=msgspec.json.encode(shown))
    code = msgspec.json.decode(kept.body, type=_Coded).code
    return msgspec.structs.replace(kept, status=400) if code == ledger.InsufficientFunds.code else kept


@post("/cosmetics/{cosmetic_id}/purchase", policy=PLAYER, limit="purchase", status=201)
async def buy_cosmetic(
    pool: Pool, purchases: Purchases, caller: Caller, request: Request, key: Key | None, cosmetic_id: CosmeticName,
    body: CosmeticPurchase,
) -> OrderSeen | OrderWaiting | OrderAgain | Kept:  # fmt: skip
    """Buy one cosmetic; as an order of one line."""
    asked = Purchase([ItemWanted(cosmetic_id, body.quantity)], body.transaction_id, body.currency)
    return (await _bought(pool, purchases, caller, request, key, asked)).answer


@get("/store/purchases", policy=PLAYER, limit="game")
async def my_purchases(
    db: Db, caller: Caller, cursors: Cursors, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[OrderSeen]:
    """What you bought, latest first."""
    assert caller.player_id is not None
    scope = f"purchases {caller.subject}"
    (before,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (LAST,)
    rows = await store.of_player(db, caller.player_id, before, limit + 1)
    seen = await actions.all_seen(db, rows[:limit])
    return Listing(seen, cursors.make((rows[limit - 1].order_id,), scope=scope) if rows[limit:] else None)


@get("/store/purchases/{order_id}", policy=PLAYER, limit="game")
async def my_purchase(db: Db, caller: Caller, order_id: UUID) -> OrderSeen:
    """One thing you bought."""
    found = await store.orders_by_id(db, [order_id])
    if not found or found[0].player_id != caller.player_id:
        raise NoSuchOrder
    (seen,) = await actions.all_seen(db, found)
    return seen


class _Coded(msgspec.Struct, frozen=True):
    code: str


async def _bought(
    pool: Pool, purchases: Purchases, caller: Caller, request: Request, key: Key | None, body: Purchase
) -> actions.Bought:
    name = body.transaction_id or (key.key if key is not None else None)
    if name is None:
        raise TransactionIdMissing
    return await purchases.put(await actions.wish(pool, caller, request, body, name))
