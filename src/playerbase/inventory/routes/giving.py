"""What staff gives players and takes from them: items here, currencies and points by the ledger."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import ledger
from playerbase.inventory import actions
from playerbase.inventory.actions import ItemGrant, ItemRevocation, ItemsMoved
from playerbase.inventory.actions.operating import ItemName, Moment, Quantity, Text, Why
from playerbase.kit.db import Kept, Key, Pool, once, transaction
from playerbase.kit.errors import Fault, Faults
from playerbase.kit.http import NotAllowed, Request, post, staff

WRITE = staff("inventory.write")

AssetCode = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_:-]{0,63}$", examples=["gems"])]
Amount = Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]


class Giving(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many of an item, or so much of an asset in its smallest unit; why, and what it is about."""

    reason: Why
    item: ItemName | None = None
    quantity: Quantity | None = None
    expires_at: Moment | None = None
    asset: AssetCode | None = None
    amount: Amount | None = None
    ref: Text = ""


class Taking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many of an item (or all of it), one entitlement, or so much of an asset; what was spent is refused or owed."""

    reason: Why
    item: ItemName | None = None
    entitlement_id: UUID | None = None
    quantity: Quantity | None = None
    asset: AssetCode | None = None
    amount: Amount | None = None
    ref: Text = ""
    on_shortfall: ledger.OnShortfall | None = None


@post("/admin/players/{player_id}/grants", policy=WRITE, limit="console", status=201, key_required=True)
async def grant(
    pool: Pool, request: Request, postings: ledger.Postings, key: Key, player_id: UUID, body: Giving
) -> ItemsMoved | ledger.TransactionPosted | Kept:
    """Give a player an item (a bundle is opened) or an asset, once: with a reason, and the ticket as ``ref``.

    An asset wants the ledger's permission too, and above its bound a proof of who you are of at most five minutes ago.
    """
    if body.item is None:
        asset, amount = _asset(request, body, ("item", "quantity", "expires_at"))
        wish = ledger.Granting(asset=asset, amount=amount, reason=body.reason, ref=body.ref)
        return await ledger.give_asset(pool, request, postings, key, player_id, wish)
    _refuse(body, ("asset", "amount"), "This goes with an asset, and an item is named")
    item = ItemGrant(body.item, body.reason, body.quantity or 1, body.ref, body.expires_at)
    async with transaction(pool) as tx:

        async def do() -> Kept:
            return Kept(201, msgspec.json.encode(await actions.give(tx, request, player_id, item, _ref(request, key))))

        return await once(tx, key, do)


@post("/admin/players/{player_id}/revocations", policy=WRITE, limit="console", status=201, key_required=True)
async def revoke(
    pool: Pool, request: Request, postings: ledger.Postings, key: Key, player_id: UUID, body: Taking
) -> ItemsMoved | ledger.TransactionPosted | Kept:
    """Take an item or an asset from a player, once; what they wear of it comes off.

    What of an asset was spent is refused, or owed with ``on_shortfall``; what was used up of an item cannot be taken.
    """
    if body.item is None and body.entitlement_id is None:
        asset, amount = _asset(request, body, ("item", "entitlement_id", "quantity"))
        wish = ledger.Revoking(
            asset=asset, amount=amount, reason=body.reason, ref=body.ref, on_shortfall=body.on_shortfall or "refuse"
        )
        return await ledger.take_asset(pool, request, postings, key, player_id, wish)
    _refuse(body, ("asset", "amount", "on_shortfall"), "This goes with an asset, and an item is named")
    item = ItemRevocation(body.reason, body.item, body.entitlement_id, body.quantity, body.ref)
    async with transaction(pool) as tx:

        async def do() -> Kept:
            return Kept(201, msgspec.json.encode(await actions.take(tx, request, player_id, item, _ref(request, key))))

        return await once(tx, key, do)


def _asset(request: Request, body: Giving | Taking, of_items: tuple[str, ...]) -> tuple[str, int]:
    """Which asset is meant, and how much; raises Fault, Faults, NotAllowed."""
    absent = [name for name in ("asset", "amount") if getattr(body, name) is None]
    if len(absent) > 1:
        raise Fault("item", "missing", "Name an item, or an asset and an amount")
    if absent:
        raise Faults(errors=[{"field": name, "code": "missing", "message": "This is needed"} for name in absent])
    _refuse(body, of_items, "This goes with an item, and an asset is named")
    if "ledger.write" not in request.caller.permissions:
        raise NotAllowed(required=["permission:ledger.write"])
    assert body.asset is not None
    assert body.amount is not None
    return body.asset, body.amount


def _refuse(body: Giving | Taking, names: tuple[str, ...], message: str) -> None:
    given = [name for name in names if getattr(body, name) is not None]
    if given:
        raise Faults(errors=[{"field": name, "code": "conflicting", "message": message} for name in given])


def _ref(request: Request, key: Key) -> str:
    """What names a deed of staff for good: who does it, under which key."""
    return f"staff:{request.caller.player_id}:{key.key}"
