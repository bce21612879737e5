"""What players wear: one thing a slot, only what is theirs and fits."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from playerbase import catalog, games, profiles
from playerbase.inventory import rules, store
from playerbase.inventory.actions.holding import hold, touch
from playerbase.inventory.events import LoadoutChanged
from playerbase.inventory.model import (
    Entitlement,
    Settings,
    Slot,
    SlotUnknown,
    Spot,
    ThingNotYours,
    ThingOver,
    TooManySlots,
    TooMuchWorn,
    Wearable,
)
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Fault
from playerbase.kit.outbox import emit


class Wearing(msgspec.Struct, frozen=True, kw_only=True):
    """What to wear where: an entitlement, or whichever one has of an item; neither empties the slot."""

    slot: str
    game: str | None = None
    character_id: UUID | None = None
    entitlement_id: UUID | None = None
    item_id: UUID | None = None


async def wear(tx: Tx, player_id: UUID, wanted: Wearing) -> Entitlement | None:
    """Put something on, or take off what is worn there; answers what is worn there now.

    Raises NoSuchCharacter, ThingNotYours, ThingOver, NotWearable, OfAnotherGame, SlotTakesOther, DoesNotFit,
    TooMuchWorn, and Fault for a game there is not or that is not the character's.
    """
    spot = await _spot(tx, player_id, wanted)
    await hold(tx, [player_id])
    if wanted.entitlement_id is None and wanted.item_id is None:
        if await store.take_off(tx, player_id, spot) is not None:
            await _tell(tx, player_id, spot, None, None)
        return None
    thing = await _thing(tx, player_id, wanted)
    item = await catalog.item(tx, thing.item_id)
    row = await store.slot(tx, spot.game, spot.slot)
    wearable = Wearable(item.game, item.slot, item.metadata)
    refusal = rules.refusal_to_wear(wearable, spot, None if row is None else opened(row))
    if refusal is not None:
        raise refusal
    now = clock.now()
    worn = await store.worn(tx, player_id, spot.game, spot.character_id, now)
    if any(
        (each.game, each.character_id, each.slot, each.entitlement_id) == (*_at(spot), thing.entitlement_id)
        for each in worn
    ):
        return thing
    bound = (await store.settings(tx)).worn_max
    if await store.count_worn(tx, player_id) >= bound:
        raise TooMuchWorn(worn_max=bound)
    await store.wear(tx, player_id, spot, thing.entitlement_id, now)
    await _tell(tx, player_id, spot, thing.entitlement_id, item.code)
    return thing


async def undress(tx: Tx, gone: Sequence[profiles.CharacterDeleted]) -> None:
    """Take everything off these characters, which are no more."""
    await hold(tx, [each.player_id for each in gone])
    emptied = await store.undress(tx, [each.character_id for each in gone])
    await touch(tx, {each.player_id for each in emptied})


async def slots(db: Db) -> list[Slot]:
    """Every slot that is more than its name, the platform's first."""
    return [opened(row) for row in await store.slots(db)]


async def save_slot(tx: Tx, slot: Slot) -> tuple[Slot | None, Slot]:
    """Say what a slot takes from now on; what is worn there stays. Answers what it was and is.

    Raises TooManySlots, and Fault for a game there is not.
    """
    if slot.game is not None and await games.game(tx, slot.game) is None:
        raise Fault("game", "unknown", "There is no such game")
    bound = (await store.lock_settings(tx)).slots_max
    known = await store.slots(tx)
    was = next((opened(row) for row in known if (row.game, row.slot) == (slot.game, slot.slot)), None)
    if was is None and len(known) >= bound:
        raise TooManySlots(slots_max=bound)
    row = store.SlotRow(slot.game, slot.slot, slot.name, slot.accepts, msgspec.json.encode(slot.metadata).decode())
    await store.save_slot(tx, row)
    return was, slot


async def drop_slot(tx: Tx, game: str | None, slot: str) -> None:
    """Let a slot be no more than its name again; raises SlotUnknown."""
    await store.lock_settings(tx)
    if not await store.drop_slot(tx, game, slot):
        raise SlotUnknown


async def settings(db: Db) -> Settings:
    """The bounds of the inventory."""
    return await store.settings(db)


async def change_settings(tx: Tx, settings: Settings) -> tuple[Settings, Settings]:
    """Set the bounds; answers what they were and what they are."""
    was = await store.lock_settings(tx)
    await store.save_settings(tx, settings)
    return was, settings


def opened(row: store.SlotRow) -> Slot:
    """A slot as it is shown."""
    return Slot(row.game, row.slot, row.name, row.accepts, msgspec.json.decode(row.metadata))


async def _spot(tx: Tx, player_id: UUID, wanted: Wearing) -> Spot:
    if wanted.character_id is not None:
        # It stays until this commits: who deletes it meanwhile waits, and what is put on here is taken off then.
        character = await profiles.hold_character(tx, player_id, wanted.character_id)
        if wanted.game is not None and wanted.game != character.game:
            raise Fault("game", "conflicting", "This character belongs to another game")
        return Spot(character.game, wanted.character_id, wanted.slot)
    if wanted.game is not None and await games.game(tx, wanted.game) is None:
        raise Fault("game", "unknown", "There is no such game")
    return Spot(wanted.game, None, wanted.slot)


async def _thing(tx: Tx, player_id: UUID, wanted: Wearing) -> Entitlement:
    """The thing that is meant, which is there; raises ThingNotYours, ThingOver."""
    if wanted.entitlement_id is not None:
        found = await store.active_by_id(tx, [player_id], [wanted.entitlement_id])
    else:
        assert wanted.item_id is not None
        found = await store.of_items(tx, [player_id], [wanted.item_id])
    now = clock.now()
    there = [each for each in found if rules.is_there(each, now)]
    if there:
        # What stays longest is worn, so that it need not be put on again.
        return max(there, key=lambda each: (each.expires_at is None, each.expires_at or now))
    raise ThingOver if found else ThingNotYours


async def _tell(tx: Tx, player_id: UUID, spot: Spot, entitlement_id: UUID | None, item: str | None) -> None:
    await touch(tx, [player_id])
    told = LoadoutChanged(
        player_id=player_id, game=spot.game, character_id=spot.character_id, slot=spot.slot,
        entitlement_id=entitlement_id, item=item,
    )  # fmt: skip
    await emit(tx, told)


def _at(spot: Spot) -> tuple[str | None, UUID | None, str]:
    return spot.game, spot.character_id, spot.slot
