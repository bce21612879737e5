"""What staff does with what players have: gives and takes, with a reason, written into the audit with it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import audit, catalog, identity, ledger
from playerbase.inventory import rules, store
from playerbase.inventory.actions.granting import grant, legs, revoke
from playerbase.inventory.actions.holding import hold, touch
from playerbase.inventory.model import QUANTITY_MAX, Grant, NotThatMany, Revocation, Source, ThingNotYours
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Fault, Refusal
from playerbase.kit.http import Request

Quantity = Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX)]
ItemName = Annotated[str, msgspec.Meta(min_length=1, max_length=64, description="The item's code or id.")]
Why = Annotated[
    str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")
]
Text = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class ItemGrant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a player is given, why, and what it is about: the ticket, for instance. A bundle is opened."""

    item: ItemName
    reason: Why
    quantity: Quantity = 1
    ref: Text = ""
    expires_at: Moment | None = None


class ItemRevocation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is taken back, why, and what it is about; all of it if no quantity is said."""

    reason: Why
    item: ItemName | None = None
    entitlement_id: UUID | None = None
    quantity: Quantity | None = None
    ref: Text = ""


class ItemsMoved(msgspec.Struct, frozen=True):
    """What was given or taken: so many, of which entitlements, and by which transaction of the ledger."""

    item: str
    quantity: int
    entitlement_ids: list[UUID]
    transaction_id: UUID | None


async def give(tx: Tx, request: Request, player_id: UUID, wish: ItemGrant, ref: str) -> ItemsMoved:
    """Give a player an item, or all that is in a bundle; ``ref`` names the grant for good.

    Staff is not bound by how many one may have. Raises PlayerGone, ItemUnknown, Fault.
    """
    await _check_player(tx, player_id)
    item = await catalog.item(tx, wish.item)
    if wish.expires_at is not None and wish.expires_at <= clock.now():
        raise Fault("expires_at", "in_past", "Its end lies in the past")
    contents = catalog.expand(item, wish.quantity, await catalog.items_by_code(tx, [item.code]))
    if wish.expires_at is not None and any(each.is_stackable for each, _ in contents.items):
        raise Fault("expires_at", "stacked", "What is stacked does not expire by itself")
    if any(count > QUANTITY_MAX for _, count in contents.items):
        raise Fault("quantity", "out_of_range", f"At most {QUANTITY_MAX} of an item are given at once")
    await hold(tx, [player_id])
    moved: list[ledger.Leg] = []
    for each, count in contents.items:
        moved += legs(player_id, each, count) if each.is_stackable else ()
    for asset, amount in contents.assets:
        moved += [
            ledger.Leg(player_id, asset, amount), ledger.Leg(ledger.HOUSE, asset, -amount, ledger.Purpose.ISSUANCE),
        ]  # fmt: skip
    given = await grant(
        tx,
        [
            Grant(
                player_id=player_id, item_id=each.item_id, source=Source.GRANT, source_ref=ref, quantity=count,
                expires_at=wish.expires_at,
            )
            for each, count in contents.items
        ],
    )  # fmt: skip
    after = {"item": item.code, "quantity": wish.quantity, "ref": wish.ref, "source_ref": ref}
    deed = audit.deed(
        request, "item_granted", "player", player_id, player_id=player_id, reason=wish.reason, after=after
    )
    await audit.record(tx, deed)
    posted = await _post(tx, request, moved, "grant", wish.reason, wish.ref, ref) if moved else None
    return ItemsMoved(item.code, wish.quantity, [each.entitlement_id for each in given], posted)


async def take(tx: Tx, request: Request, player_id: UUID, wish: ItemRevocation, ref: str) -> ItemsMoved:
    """Take from a player what they have of an item, newest first, or of one entitlement.

    Raises PlayerGone, ItemUnknown, ThingNotYours, NotThatMany, Fault.
    """
    await _check_player(tx, player_id)
    if (wish.item is None) is (wish.entitlement_id is None):
        raise Fault("item", "one_of_two", "Name an item or an entitlement_id, and not both")
    await hold(tx, [player_id])
    if wish.entitlement_id is not None:
        things = await store.active_by_id(tx, [player_id], [wish.entitlement_id])
        if not things:
            raise ThingNotYours
        item = await catalog.item(tx, things[0].item_id)
    else:
        item = await catalog.item(tx, wish.item or "")
        things = await store.of_items(tx, [player_id], [item.item_id])
    if item.is_stackable:
        return await _unstack(tx, request, player_id, item, wish, ref)
    there = rules.left(things, clock.now())
    if not there:
        raise ThingNotYours
    if wish.quantity is not None and wish.quantity > there:
        raise NotThatMany(item=item.code, available=there)
    wanted = [
        Revocation(player_id=player_id, entitlement_id=each.entitlement_id, quantity=count, reason=wish.reason)
        for each, count in rules.newest(things, wish.quantity or there, clock.now())
    ]
    done = await revoke(tx, wanted)
    await _note(tx, request, player_id, item, wish, sum(each.quantity for each in done))
    ids = [each.entitlement.entitlement_id for each in done]
    return ItemsMoved(item.code, sum(each.quantity for each in done), ids, None)


async def item_of(db: Db, player_id: UUID, entitlement_id: UUID) -> catalog.Item:
    """The item of an entitlement that a player has; raises ThingNotYours."""
    things = await store.active_by_id(db, [player_id], [entitlement_id])
    if not things:
        raise ThingNotYours
    return await catalog.item(db, things[0].item_id)


async def _unstack(
    tx: Tx, request: Request, player_id: UUID, item: catalog.Item, wish: ItemRevocation, ref: str
) -> ItemsMoved:
    assert item.asset is not None
    counts = await ledger.item_counts(tx, [player_id], [item.asset])
    free = counts[0].quantity - counts[0].held if counts else 0
    quantity = wish.quantity or free
    if not free:
        raise ThingNotYours
    moved = [
        ledger.Leg(player_id, item.asset, -quantity),
        ledger.Leg(ledger.HOUSE, item.asset, quantity, ledger.Purpose.CLAWBACK),
    ]  # fmt: skip
    await touch(tx, [player_id])
    await _note(tx, request, player_id, item, wish, quantity)
    posted = await _post(tx, request, moved, "revoke", wish.reason, wish.ref, ref)
    return ItemsMoved(item.code, quantity, [], posted)


async def _note(
    tx: Tx, request: Request, player_id: UUID, item: catalog.Item, wish: ItemRevocation, quantity: int
) -> None:
    after = {"item": item.code, "quantity": quantity, "ref": wish.ref}
    deed = audit.deed(
        request, "item_revoked", "player", player_id, player_id=player_id, reason=wish.reason, after=after
    )
    await audit.record(tx, deed)


async def _post(tx: Tx, request: Request, moved: list[ledger.Leg], kind: str, reason: str, ref: str, key: str) -> UUID:
    posting = ledger.Posting(
        scope="inventory", key=f"{kind} {key}", kind=kind, legs=tuple(moved), reason=reason, ref=ref, rule="operator",
        actor=f"staff:{request.caller.player_id}", request_id=request.request_id,
    )  # fmt: skip
    (outcome,) = await ledger.post(tx, [posting])
    if isinstance(outcome, ledger.InsufficientFunds):
        raise NotThatMany
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome.transaction_id


async def _check_player(tx: Tx, player_id: UUID) -> None:
    if not await identity.existing(tx, [player_id]):
        raise identity.PlayerGone
