"""What players wear."""

from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import catalog
from playerbase.inventory import actions
from playerbase.inventory.actions import Marks, Wearing
from playerbase.inventory.model import Loadout, NotWearable, Worn
from playerbase.inventory.routes.mine import ItemName, SlotWord, Slug
from playerbase.kit.db import Db, Pool, Tx
from playerbase.kit.errors import Fault
from playerbase.kit.http import PLAYER, Answer, Caller, get, post, put
from playerbase.kit.redis import Cache

SlotName = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{1,31}$", examples=["weapon_skin"])]


class SlotFilling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to wear in a slot: an entitlement, or whichever you have of an item; neither empties it."""

    entitlement_id: UUID | None = None
    item: ItemName | None = None
    game: Slug | None = None
    character_id: UUID | None = None


class Equipping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to wear it; the item's own slot and game if nothing is said."""

    slot: SlotWord | None = None
    game: Slug | None = None
    character_id: UUID | None = None


class SlotWorn(msgspec.Struct, frozen=True):
    """What is worn in a slot now, if anything."""

    slot: str
    worn: Worn | None


@get("/me/loadouts", policy=PLAYER, limit="game")
async def my_loadouts(
    pool: Pool, cache: Cache, marks: Marks, caller: Caller, game: Slug | None = None, character: UUID | None = None
) -> Loadout | Answer:
    """What you wear: everywhere, or in one game, or as one character."""
    assert caller.player_id is not None
    return Answer(await actions.loadout(pool, cache, marks, caller.player_id, game, character))


@put("/me/loadouts/{slot}", policy=PLAYER, limit="game")
async def fill_slot(tx: Tx, caller: Caller, slot: SlotName, body: SlotFilling) -> SlotWorn:
    """Wear something of yours in a slot of a game, a character or everywhere; null takes off what is there."""
    assert caller.player_id is not None
    if body.item is not None and body.entitlement_id is not None:
        raise Fault("item", "one_of_two", "Name an item or an entitlement_id, and not both")
    item_id = (await catalog.item(tx, body.item)).item_id if body.item is not None else None
    wanted = Wearing(
        slot=slot, game=body.game, character_id=body.character_id, entitlement_id=body.entitlement_id, item_id=item_id
    )
    return await _wear(tx, caller.player_id, wanted)


@post("/cosmetics/{cosmetic_id}/equip", policy=PLAYER, limit="game")
async def equip_cosmetic(tx: Tx, caller: Caller, cosmetic_id: ItemName, body: Equipping | None) -> SlotWorn:
    """Wear a cosmetic of yours, in its own slot if no other is said."""
    assert caller.player_id is not None
    item = await catalog.item(tx, cosmetic_id)
    where = body or Equipping()
    slot = where.slot or item.slot
    if item.cosmetic is None or slot is None:
        raise NotWearable(item=item.code)
    game = where.game or (item.game if where.character_id is None else None)
    wanted = Wearing(slot=slot, game=game, character_id=where.character_id, item_id=item.item_id)
    return await _wear(tx, caller.player_id, wanted)


@get("/cosmetics/equipped", policy=PLAYER, limit="game")
async def equipped_cosmetics(
    pool: Pool, cache: Cache, marks: Marks, caller: Caller, game: Slug | None = None, character: UUID | None = None
) -> Loadout | Answer:
    """The cosmetics you wear: everywhere, or in one game, or as one character."""
    assert caller.player_id is not None
    return Answer(await actions.loadout(pool, cache, marks, caller.player_id, game, character, is_cosmetic=True))


async def _wear(tx: Tx, player_id: UUID, wanted: Wearing) -> SlotWorn:
    await actions.wear(tx, player_id, wanted)
    return SlotWorn(wanted.slot, await _seen(tx, player_id, wanted))


async def _seen(db: Db, player_id: UUID, wanted: Wearing) -> Worn | None:
    for each in await actions.worn(db, player_id, None, wanted.character_id):
        is_place = wanted.character_id is not None or (each.game == wanted.game and each.character_id is None)
        if each.slot == wanted.slot and is_place:
            return each
    return None
