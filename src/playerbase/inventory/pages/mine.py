"""A player's own things: what there is, what is worn, putting it on and taking it off."""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import catalog, games, profiles
from playerbase.inventory import actions, rules
from playerbase.inventory.actions import Wearing
from playerbase.inventory.model import (
    DoesNotFit,
    OfAnotherGame,
    Search,
    Slot,
    SlotTakesOther,
    Spot,
    ThingNotYours,
    ThingOver,
    TooMuchWorn,
    Wearable,
)
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.http import PLAYER, Answer, Caller, Cursors, Rendering, Request, get, post, redirect

HERE = "/portal/inventory"
ROWS = 24
CHARACTERS_MAX = 100
# What may be said again to whoever is led back here: nothing else of an address is shown.
FAULTS = {
    refusal.code: refusal.title()
    for refusal in (DoesNotFit, OfAnotherGame, SlotTakesOther, ThingNotYours, ThingOver, TooMuchWorn)
}
TOLD = {"on": "You wear it now.", "off": "Taken off."}

Text = Annotated[str, msgspec.Meta(max_length=100)]


class Stand(msgspec.Struct, frozen=True):
    """Where one looks at what is worn: everywhere, in a game, or as a character."""

    word: str  # As it stands in addresses.
    label: str
    game: str | None
    character_id: UUID | None


class Worn(msgspec.Struct, frozen=True):
    """What the form of a thing sends."""

    slot: Text
    entitlement_id: UUID | None = None
    at: Text = ""


@get(HERE, policy=PLAYER, limit="console", page=True)
async def my_things(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, at: Text = "", q: Text = "",
    cursor: str = "", told: str = "", fault: str = "",
) -> Answer:  # fmt: skip
    """What you have, and what you wear of it."""
    assert caller.player_id is not None
    stands = await _stands(db, caller.player_id)
    here = next((each for each in stands if each.word == at), stands[0])
    scope = f"portal things {q} {caller.subject}"
    after = cursors.read(cursor, tuple[str, str], scope=scope) if cursor else None
    found, place = await actions.owned_page(db, caller.player_id, Search(q=q.strip() or None), after, ROWS)
    asked = {"at": here.word, "q": q}
    following = f"{HERE}?{urlencode(asked | {'cursor': cursors.make(place, scope=scope)})}" if place else ""
    worn = [
        each for each in await actions.worn(db, caller.player_id, here.game, here.character_id)
        if (each.game, each.character_id) == (here.game, here.character_id)
    ]  # fmt: skip
    items = await catalog.items_by_id(db, {each.item_id for each in found})
    known = await actions.slots(db)
    shown = [(each, fitting(items[each.item_id], here, known)) for each in found]
    return rendering.page(
        request, "inventory/mine.html", things=shown, worn=worn, worn_ids={each.entitlement_id for each in worn},
        stands=stands, here=here, q=q, following=following, first=f"{HERE}?{urlencode(asked)}" if cursor else "",
        slots={each.slot: each.name for each in known if each.game == here.game}, told=TOLD.get(told, ""),
        fault=FAULTS.get(fault, ""), moment=datetime.fromisoformat,
    )  # fmt: skip


@post(f"{HERE}/wear", policy=PLAYER, limit="console", page=True)
async def put_on(tx: Tx, caller: Caller, form: Worn) -> Answer:
    """Wear one of your things, or take off what is in a slot."""
    assert caller.player_id is not None
    stands = await _stands(tx, caller.player_id)
    here = next((each for each in stands if each.word == form.at), stands[0])
    wanted = Wearing(
        slot=form.slot, game=here.game if here.character_id is None else None, character_id=here.character_id,
        entitlement_id=form.entitlement_id,
    )  # fmt: skip
    try:
        await actions.wear(tx, caller.player_id, wanted)
    except Refusal as refusal:
        return redirect(f"{HERE}?{urlencode({'at': here.word, 'fault': refusal.code})}")
    told = "off" if form.entitlement_id is None else "on"
    return redirect(f"{HERE}?{urlencode({'at': here.word, 'told': told})}")


def fitting(item: catalog.Item, here: Stand, known: list[Slot]) -> list[tuple[str, str]]:
    """In which slots a thing can be worn here: each slot and what it is called."""
    wearable = Wearable(item.game, item.slot, item.metadata)
    listed = [each for each in known if each.game == here.game]
    places: list[tuple[str, str, Slot | None]] = [(each.slot, each.name, each) for each in listed]
    if item.slot is not None and item.slot not in {each.slot for each in listed}:
        places.append((item.slot, item.slot.replace("_", " ").capitalize(), None))
    return [
        (slot, name) for slot, name, what in places
        if rules.refusal_to_wear(wearable, Spot(here.game, here.character_id, slot), what) is None
    ]  # fmt: skip


async def _stands(db: Db, player_id: UUID) -> list[Stand]:
    titles = {each.slug: each.name for each in await games.games(db)}
    found = [Stand("", "Everywhere", None, None)]
    found += [Stand(f"game-{slug}", name, slug, None) for slug, name in titles.items()]
    for each in await profiles.characters_of(db, player_id, None, None, CHARACTERS_MAX):
        where = titles.get(each.game or "", "the platform")
        found.append(Stand(f"character-{each.character_id}", f"{each.name} in {where}", each.game, each.character_id))
    return found
