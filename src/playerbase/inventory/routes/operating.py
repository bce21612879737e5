"""What slots take, and the bounds of the inventory, for staff."""

from typing import Annotated

import msgspec

from playerbase import audit
from playerbase.inventory import actions
from playerbase.inventory.model import Settings, Slot
from playerbase.inventory.routes.mine import Slug
from playerbase.inventory.routes.wearing import SlotName
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Listing, Request, delete, get, put, staff

READ, WRITE = staff("inventory.read"), staff("inventory.write")
Word = Annotated[str, msgspec.Meta(max_length=200)]
Whole = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
Trait = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,31}$")]
Traits = Annotated[
    dict[Trait, Word | Whole | bool | Annotated[list[Word], msgspec.Meta(max_length=50)]], msgspec.Meta(max_length=30)
]


class SlotDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a slot is called, which items it takes (by the slot they name), and of what nature it is."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$")]
    accepts: SlotName
    game: Slug | None = None
    metadata: Traits = {}


@get("/admin/slots", policy=READ, limit="console")
async def list_slots(db: Db) -> Listing[Slot]:
    """Every slot that is more than its name, the platform's first; as many at most as the settings allow."""
    return Listing(await actions.slots(db), None)


@put("/admin/slots/{slot}", policy=WRITE, limit="console")
async def save_slot(tx: Tx, request: Request, slot: SlotName, body: SlotDraft) -> Slot:
    """Say what a slot of a game (or of the platform) takes from now on; what is worn there stays."""
    was, now = await actions.save_slot(tx, Slot(body.game, slot, body.name, body.accepts, dict(body.metadata)))
    if was != now:
        before, after = msgspec.to_builtins(was) if was else None, msgspec.to_builtins(now)
        await audit.record(tx, audit.deed(request, "slot_changed", "slot", slot, before=before, after=after))
    return now


@delete("/admin/slots/{slot}", policy=WRITE, limit="console")
async def drop_slot(tx: Tx, request: Request, slot: SlotName, game: Slug | None = None) -> None:
    """Let a slot be no more than its name: it takes what names it, whatever else that wants."""
    await actions.drop_slot(tx, game, slot)
    await audit.record(tx, audit.deed(request, "slot_removed", "slot", slot, before={"game": game}))


@get("/admin/inventory/settings", policy=READ, limit="console")
async def read_settings(db: Db) -> Settings:
    """The bounds of the inventory."""
    return await actions.settings(db)


@put("/admin/inventory/settings", policy=WRITE, limit="console")
async def change_settings(tx: Tx, request: Request, body: Settings) -> Settings:
    """Set the bounds of the inventory; what is beyond them already stays."""
    return await actions.decide(tx, request, body)
