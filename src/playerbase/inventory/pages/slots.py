"""What slots take."""

from typing import Annotated

import msgspec

from playerbase import audit, games
from playerbase.inventory import actions
from playerbase.inventory.model import Slot, SlotUnknown, Value
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect, staff

READ, WRITE = staff("inventory.read"), staff("inventory.write")
HERE = "/console/slots"
TOLD = {"saved": "Saved. It holds for whatever is put on from now.", "removed": "Removed. Its name is all it is now."}

Text = Annotated[str, msgspec.Meta(max_length=500)]
Word = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{1,31}$")]


class SlotAsked(msgspec.Struct, frozen=True):
    """What the form sends; what it is for is written as ``weapon=rifle, hands=two``."""

    slot: Text = ""
    name: Text = ""
    accepts: Text = ""
    game: Text = ""
    meant: Text = ""


class Asked(msgspec.Struct, frozen=True):
    """A form that asks why."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


@get(HERE, policy=READ, limit="console", page=True)
async def list_slots(db: Db, request: Request, rendering: Rendering, told: str = "") -> Answer:
    """Every slot that is more than its name."""
    found = [(each, written(each.metadata)) for each in await actions.slots(db)]
    return rendering.page(request, "inventory/slots.html", slots=found, told=TOLD.get(told, ""))


@get(f"{HERE}/new", policy=WRITE, limit="console", page=True)
async def ask_slot(db: Db, request: Request, rendering: Rendering, slot: Text = "", game: Text = "") -> Answer:
    """The form of a slot, new or known."""
    known = next((each for each in await actions.slots(db) if (each.slot, each.game or "") == (slot, game)), None)
    form = SlotAsked()
    if known is not None:
        form = SlotAsked(known.slot, known.name, known.accepts, known.game or "", written(known.metadata))
    return await _form(db, request, rendering, form, {})


@post(f"{HERE}/new", policy=WRITE, limit="console", page=True)
async def save_slot(tx: Tx, request: Request, rendering: Rendering, form: SlotAsked) -> Answer:
    """Say what a slot takes from now on."""
    faults: dict[str, str] = {}
    for field in ("slot", "accepts"):
        try:
            msgspec.convert(getattr(form, field).strip(), Word)
        except msgspec.ValidationError:
            faults[field] = "2 to 32 small letters, digits and _, beginning with a letter"
    if not 1 <= len(form.name.strip()) <= 100:  # noqa: PLR2004 - as many as the API takes
        faults["name"] = "1 to 100 characters"
    meant = read(form.meant)
    if meant is None:
        faults["meant"] = "Write it as weapon=rifle, hands=two"
    if faults or meant is None:
        return await _form(tx, request, rendering, form, faults)
    wanted = Slot(form.game or None, form.slot.strip(), form.name.strip(), form.accepts.strip(), meant)
    try:
        was, now = await actions.save_slot(tx, wanted)
    except Refusal as refusal:
        return await _form(tx, request, rendering, form, {"game": str(refusal)})
    if was != now:
        before, after = msgspec.to_builtins(was) if was else None, msgspec.to_builtins(now)
        await audit.record(tx, audit.deed(request, "slot_changed", "slot", now.slot, before=before, after=after))
    return redirect(f"{HERE}?told=saved")


@get(f"{HERE}/{{slot}}/remove", policy=WRITE, limit="console", page=True)
async def ask_remove(db: Db, request: Request, rendering: Rendering, slot: Word, game: Text = "") -> Answer:
    """The question before a slot is no more than its name."""
    if not any((each.slot, each.game or "") == (slot, game) for each in await actions.slots(db)):
        raise SlotUnknown
    return rendering.page(request, "inventory/slot_ask.html", slot=slot, game=game)


@post(f"{HERE}/{{slot}}/remove", policy=WRITE, limit="console", page=True)
async def remove(tx: Tx, request: Request, slot: Word, form: Asked, game: Text = "") -> Answer:
    """Let a slot be no more than its name."""
    await actions.drop_slot(tx, game or None, slot)
    deed = audit.deed(request, "slot_removed", "slot", slot, before={"game": game or None}, reason=form.reason)
    await audit.record(tx, deed)
    return redirect(f"{HERE}?told=removed")


def written(metadata: dict[str, Value]) -> str:
    """What a slot is for, as a person writes it."""
    return ", ".join(
        f"{name}={'|'.join(value) if isinstance(value, list) else value}" for name, value in metadata.items()
    )


def read(text: str) -> dict[str, Value] | None:
    """What a person wrote, or None if it cannot be read; several values stand between bars."""
    found: dict[str, Value] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, is_given, value = part.partition("=")
        try:
            name = msgspec.convert(name.strip(), Word)
        except msgspec.ValidationError:
            return None
        if not is_given or not value.strip():
            return None
        values = [each.strip() for each in value.split("|")]
        found[name] = values if values[1:] else values[0]
    return found


async def _form(db: Db, request: Request, rendering: Rendering, form: SlotAsked, faults: dict[str, str]) -> Answer:
    return rendering.page(
        request, "inventory/slot_form.html", status=422 if faults else 200, form=form, faults=faults,
        games=await games.games(db),
    )  # fmt: skip
