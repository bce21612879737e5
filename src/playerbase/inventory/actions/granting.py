"""Giving things and taking them back: what orders, platforms, passes and operators do."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from playerbase import catalog, ledger
from playerbase.inventory import rules, store
from playerbase.inventory.actions.holding import touch
from playerbase.inventory.events import ItemGranted, ItemRevoked, LoadoutChanged
from playerbase.inventory.model import Entitlement, Grant, Revocation, Revoked, State
from playerbase.kit import clock, ids, metrics
from playerbase.kit.db import Db, Tx, after_commit
from playerbase.kit.outbox import Event, emit

_granted = metrics.Counter("inventory_granted", "Things given, by where they came from.", ["source"])
_revoked = metrics.Counter("inventory_revoked", "Entitlements taken back.")


async def owned(tx: Tx, wanted: Mapping[UUID, Collection[UUID]]) -> dict[UUID, dict[UUID, int]]:
    """How many of each of these items each of these players has; hold them first.

    What is stacked is counted in the ledger, what is set aside there included. What is ordered and not granted yet is
    for whoever keeps such orders to add.
    """
    counted: dict[UUID, dict[UUID, int]] = {player: dict.fromkeys(items, 0) for player, items in wanted.items()}
    item_ids = sorted({item_id for items in wanted.values() for item_id in items})
    items = await catalog.items_by_id(tx, item_ids)
    stacked = {item.asset: item_id for item_id, item in items.items() if item.asset is not None}
    plain = [item_id for item_id in item_ids if item_id not in set(stacked.values())]
    if plain:
        for row in await store.counts(tx, list(wanted), plain, clock.now()):
            if row.item_id in counted[row.player_id]:
                counted[row.player_id][row.item_id] = row.quantity
    if stacked:
        for count in await ledger.item_counts(tx, list(wanted), list(stacked)):
            if stacked[count.asset] in counted[count.owner_id]:
                counted[count.owner_id][stacked[count.asset]] = count.quantity
    return counted


async def has(db: Db, player_id: UUID, item_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many of each of these items a player has at this moment; to be shown, and nothing is decided by it."""
    counts = {row.item_id: row.quantity for row in await store.counts(db, [player_id], sorted(item_ids), clock.now())}
    items = await catalog.items_by_id(db, item_ids)
    stacked = {item.asset: item_id for item_id, item in items.items() if item.asset is not None}
    if stacked:
        for count in await ledger.item_counts(db, [player_id], list(stacked)):
            counts[stacked[count.asset]] = count.quantity
    return counts


async def grant(tx: Tx, grants: Sequence[Grant]) -> list[Entitlement]:
    """Give these things, each once for good; answers the entitlements in the order of their making, known ones too.

    Hold the players first; before or after the posting, since nothing is locked here. What is stacked gets no
    entitlement: the caller posts ``legs`` of it, and here it is told and remembered where the stack came from.
    Bundles are opened by the caller.
    """
    if not grants:
        return []
    items = await catalog.items_by_id(tx, {each.item_id for each in grants})
    stacked = [each for each in grants if items[each.item_id].is_stackable]
    single = [each for each in grants if not items[each.item_id].is_stackable]
    assert not any(each.expires_at for each in stacked), "what is stacked does not expire by itself"
    assert not any(items[each.item_id].type is catalog.ItemType.BUNDLE for each in grants), "bundles are opened first"
    made, found = await _entitle(tx, single)
    if stacked:
        rows = {
            (each.player_id, each.item_id): store.StackRow(
                each.player_id, each.item_id, each.source, each.source_ref
            )
            for each in stacked
        }  # fmt: skip
        await store.note_stacks(tx, list(rows.values()), clock.now())
    await touch(tx, {each.player_id for each in made} | {each.player_id for each in stacked})
    told = [
        _told(items, each.player_id, each.item_id, each.granted, each.entitlement_id, each)
        for each in made
    ] + [_told(items, each.player_id, each.item_id, each.quantity, None, each) for each in stacked]  # fmt: skip
    await emit(tx, *told)
    after_commit(tx, lambda: _count(told))
    return found


async def revoke(tx: Tx, revocations: Sequence[Revocation]) -> list[Revoked]:
    """Take these back as far as they are there, and off whoever wears them; hold the players first.

    What is gone already is not in the answer: who wants the rest decides what becomes of it.
    """
    now = clock.now()
    things: dict[UUID, Entitlement] = {}
    taken: dict[UUID, Revoked] = {}
    reasons: dict[UUID, str] = {}
    for each in revocations:
        for found in await _meant(tx, each):
            thing = things.get(found.entitlement_id, found)
            after = rules.take_back(thing, each.quantity, now, each.reason)
            lost = thing.quantity - after.quantity
            if lost:
                before = taken[thing.entitlement_id].quantity if thing.entitlement_id in taken else 0
                taken[thing.entitlement_id] = Revoked(after, before + lost)
                reasons[thing.entitlement_id] = each.reason
            things[found.entitlement_id] = after
    done = list(taken.values())
    if not done:
        return []
    facts = await end(tx, [each.entitlement for each in done])
    items = await catalog.items_by_id(tx, {each.entitlement.item_id for each in done})
    told = [
        ItemRevoked(
            player_id=each.entitlement.player_id, item_id=each.entitlement.item_id,
            item=items[each.entitlement.item_id].code, quantity=each.quantity,
            entitlement_id=each.entitlement.entitlement_id, source=each.entitlement.source,
            source_ref=each.entitlement.source_ref, reason=reasons[each.entitlement.entitlement_id],
        )
        for each in done
    ]  # fmt: skip
    await emit(tx, *told, *facts)
    after_commit(tx, lambda: _revoked.inc(len(done)))
    return done


async def end(tx: Tx, things: Sequence[Entitlement]) -> list[Event]:
    """Write how these stand now, and take off what is no longer there; answers what to tell of that."""
    rows = [
        store.Ended(each.entitlement_id, each.quantity, each.revoked, each.state, each.ended_at, each.ended_why)
        for each in things
    ]
    await store.end(tx, rows)
    over = [each.entitlement_id for each in things if each.ended_at is not None]
    emptied = await store.empty_slots_of(tx, over) if over else []
    await touch(tx, {each.player_id for each in things})
    return [
        LoadoutChanged(
            player_id=each.player_id, game=each.game, character_id=each.character_id, slot=each.slot,
            entitlement_id=None, item=None,
        )
        for each in emptied
    ]  # fmt: skip


async def granted(db: Db, grants: Sequence[Grant]) -> list[Entitlement]:
    """What became of these grants of single things; one that was never made is left out."""
    return await store.granted(
        db, [each.player_id for each in grants], [each.item_id for each in grants],
        [each.source for each in grants], [each.source_ref for each in grants], [each.part for each in grants],
    )  # fmt: skip


def legs(player_id: UUID, item: catalog.Item, quantity: int) -> tuple[ledger.Leg, ...]:
    """What the ledger is to post for so many of a stackable item: given, or (below zero) taken from the player."""
    assert item.asset is not None
    assert quantity
    opposite = ledger.Purpose.ISSUANCE if quantity > 0 else ledger.Purpose.BURN
    return (
        ledger.Leg(player_id, item.asset, quantity),
        ledger.Leg(ledger.HOUSE, item.asset, -quantity, opposite),
    )


async def _entitle(tx: Tx, grants: Sequence[Grant]) -> tuple[list[Entitlement], list[Entitlement]]:
    """The entitlements made now, and all of these grants, earlier ones too."""
    if not grants:
        return [], []
    rows = [
        store.NewEntitlement(
            ids.uuid7(), each.player_id, each.item_id, each.quantity, each.expires_at, each.source, each.source_ref,
            each.part, msgspec.json.encode(each.metadata).decode(),
        )
        for each in grants
    ]  # fmt: skip
    now = clock.now()
    new = set(await store.add_entitlements(tx, rows, now))
    if len(new) == len(rows):
        made = [_as_made(row, now) for row in rows]
        return made, made
    found = await granted(tx, grants)
    once = list({each.entitlement_id: each for each in found}.values())
    return [each for each in once if each.entitlement_id in new], once


def _as_made(row: store.NewEntitlement, now: datetime) -> Entitlement:
    return Entitlement(
        row.entitlement_id, row.player_id, row.item_id, row.quantity, row.quantity, 0, now, row.expires_at, row.source,
        row.source_ref, row.part, State.ACTIVE, None, "", row.metadata,
    )  # fmt: skip


async def _meant(tx: Tx, wanted: Revocation) -> list[Entitlement]:
    if wanted.entitlement_id is not None:
        return await store.active_by_id(tx, [wanted.player_id], [wanted.entitlement_id])
    assert wanted.source is not None
    assert wanted.source_ref is not None
    found = await store.active_from(tx, wanted.player_id, wanted.source, wanted.source_ref)
    return [each for each in found if wanted.item_id in {None, each.item_id}]


def _told(
    items: Mapping[UUID, catalog.Item], player_id: UUID, item_id: UUID, quantity: int, entitlement_id: UUID | None,
    of: Grant | Entitlement,
) -> ItemGranted:  # fmt: skip
    return ItemGranted(
        player_id=player_id, item_id=item_id, item=items[item_id].code, quantity=quantity,
        entitlement_id=entitlement_id, source=of.source, source_ref=of.source_ref, expires_at=of.expires_at,
    )  # fmt: skip


def _count(told: Sequence[ItemGranted]) -> None:
    for each in told:
        _granted.labels(each.source).inc()
