"""What a player has, as staff sees it, and giving and taking it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import catalog, identity, profiles
from playerbase.inventory import actions
from playerbase.inventory.actions import ItemGrant, ItemRevocation, ItemsMoved
from playerbase.inventory.model import Search, TypeWord
from playerbase.kit import clock, ids
from playerbase.kit.db import Db, Kept, Key, Tx, once
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, get, post, redirect, staff

READ, WRITE = staff("inventory.read"), staff("inventory.write")
ROWS = 50
TYPES = (("", "Everything"), ("durable", "Durable"), ("consumable", "Used up"))
LENGTHS = {"": "for good", "1": "a day", "7": "a week", "30": "30 days", "90": "90 days", "365": "a year"}
TOLD = {"given": "Given.", "taken": "Taken back."}

Text = Annotated[str, msgspec.Meta(max_length=200)]
Id = Annotated[str, msgspec.Meta(max_length=36, pattern="^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$")]
Token = Annotated[str, msgspec.Meta(max_length=64)]


class GivingAsked(msgspec.Struct, frozen=True):
    """What the form sends; ``once`` is the form's own, so that sending it twice gives once."""

    once: Token = ""
    item: Text = ""
    quantity: Text = "1"
    days: Literal["", "1", "7", "30", "90", "365"] = ""
    ref: Text = ""
    reason: Text = ""


class TakingAsked(msgspec.Struct, frozen=True):
    """What the form sends: what is taken, how many (all if it is not said), and why."""

    once: Token = ""
    item: Text = ""
    entitlement_id: Id = ""
    quantity: Text = ""
    ref: Text = ""
    reason: Text = ""


Form = TypeVar("Form", GivingAsked, TakingAsked)


@get("/console/players/{player_id}/inventory", policy=READ, limit="console", page=True)
async def read_inventory(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, player_id: UUID,
    type_: TypeWord | None = None, q: Text = "", cursor: str = "", told: str = "",
) -> Answer:  # fmt: skip
    """All a player has, and what they wear of it."""
    name, here = await _named(db, player_id), f"/console/players/{player_id}/inventory"
    asked = {"type": type_ or "", "q": q}
    scope = f"things {player_id} {asked} {caller.subject}"
    after = cursors.read(cursor, tuple[str, str], scope=scope) if cursor else None
    found, place = await actions.owned_page(db, player_id, Search(type=type_, q=q.strip() or None), after, ROWS)
    following = f"{here}?{urlencode(asked | {'cursor': cursors.make(place, scope=scope)})}" if place else ""
    worn = await actions.worn(db, player_id, None, None)
    characters = await profiles.characters_of(db, player_id, None, None, 100)
    return rendering.page(
        request, "inventory/player.html", player_id=player_id, name=name, here=here, things=found, worn=worn,
        characters={each.character_id: each.name for each in characters}, following=following,
        first=f"{here}?{urlencode(asked)}" if cursor else "", type=type_ or "", types=TYPES, q=q,
        told=TOLD.get(told, ""), moment=datetime.fromisoformat,
    )  # fmt: skip


@get("/console/players/{player_id}/inventory/give", policy=WRITE, limit="console", page=True)
async def ask_give(db: Db, request: Request, rendering: Rendering, player_id: UUID) -> Answer:
    """The form before a player is given something."""
    return await _give_form(db, request, rendering, player_id, GivingAsked(), {})


@post("/console/players/{player_id}/inventory/give", policy=WRITE, limit="console", page=True)
async def give(tx: Tx, request: Request, rendering: Rendering, player_id: UUID, form: GivingAsked) -> Answer:
    """Give a player an item, once for each form."""

    async def do() -> ItemsMoved:
        days = int(form.days) if form.days else 0
        wish = msgspec.convert(
            {"item": form.item, "quantity": _number(form.quantity) or 1, "reason": form.reason, "ref": form.ref}
            | ({"expires_at": clock.now() + timedelta(days=days)} if days else {}),
            ItemGrant,
        )
        return await actions.give(tx, request, player_id, wish, _ref(request, form.once))

    faults = _missing(item=form.item, reason=form.reason, quantity=form.quantity) or await _done(
        tx, request, form.once, do
    )
    if faults:
        return await _give_form(tx, request, rendering, player_id, form, faults)
    return redirect(f"/console/players/{player_id}/inventory?told=given")


@get("/console/players/{player_id}/inventory/take", policy=WRITE, limit="console", page=True)
async def ask_take(
    db: Db, request: Request, rendering: Rendering, player_id: UUID, item: Text = "", entitlement_id: Id = ""
) -> Answer:
    """The form before something is taken back."""
    form = TakingAsked(item=item, entitlement_id=entitlement_id)
    return await _take_form(db, request, rendering, player_id, form, {})


@post("/console/players/{player_id}/inventory/take", policy=WRITE, limit="console", page=True)
async def take(tx: Tx, request: Request, rendering: Rendering, player_id: UUID, form: TakingAsked) -> Answer:
    """Take something from a player, once for each form."""

    async def do() -> ItemsMoved:
        fields: dict[str, object] = {"reason": form.reason, "ref": form.ref, "quantity": _number(form.quantity)}
        fields |= {"entitlement_id": form.entitlement_id} if form.entitlement_id else {"item": form.item}
        wish = msgspec.convert(fields, ItemRevocation)
        return await actions.take(tx, request, player_id, wish, _ref(request, form.once))

    faults = _missing(
        item=form.item or form.entitlement_id, reason=form.reason, quantity=form.quantity or "1"
    ) or await _done(tx, request, form.once, do)  # fmt: skip
    if faults:
        return await _take_form(tx, request, rendering, player_id, form, faults)
    return redirect(f"/console/players/{player_id}/inventory?told=taken")


async def _done(tx: Tx, request: Request, token: str, do: Callable[[], Awaitable[ItemsMoved]]) -> dict[str, str]:
    """Do it once for each form; answers what is wrong, by field."""

    async def kept() -> Kept:
        return Kept(200, msgspec.json.encode(await do()))

    key = Key(f"{request.caller.subject} {request.path}", token or str(ids.uuid7()), b"form")
    try:
        answer = await once(tx, key, kept)
    except msgspec.ValidationError:
        return {"item": "There is no such thing"}
    if not answer.is_refusal:
        return {}
    return _said(answer.refusal) if answer.refusal is not None else {"": "This form was refused before."}


def _said(refusal: Refusal) -> dict[str, str]:
    errors = refusal.members.get("errors")
    if isinstance(errors, list) and errors:
        return {str(each["field"]): str(each["message"]) for each in errors}
    return {"item" if isinstance(refusal, catalog.ItemUnknown) else "": str(refusal)}


def _missing(**given: str) -> dict[str, str]:
    faults = {name: "This is needed" for name, text in given.items() if not text.strip()}
    if "quantity" not in faults and _number(given["quantity"]) is None:
        faults["quantity"] = "A whole number from 1 to 1 000 000"
    return faults


def _number(text: str) -> int | None:
    text = text.strip()
    is_number = text.isascii() and text.isdecimal() and len(text) <= len("1000000") and 1 <= int(text) <= 1_000_000  # noqa: PLR2004 - as many as the API takes
    return int(text) if is_number else None


async def _give_form(
    db: Db, request: Request, rendering: Rendering, player_id: UUID, form: GivingAsked, faults: dict[str, str]
) -> Answer:
    return rendering.page(
        request, "inventory/give.html", status=422 if faults else 200, player_id=player_id,
        name=await _named(db, player_id), form=_anew(form), faults=faults, lengths=LENGTHS,
    )  # fmt: skip


async def _take_form(
    db: Db, request: Request, rendering: Rendering, player_id: UUID, form: TakingAsked, faults: dict[str, str]
) -> Answer:
    what = form.item
    if form.entitlement_id:
        what = (await actions.item_of(db, player_id, UUID(form.entitlement_id))).name
    return rendering.page(
        request, "inventory/take.html", status=422 if faults else 200, player_id=player_id,
        name=await _named(db, player_id), form=_anew(form), faults=faults, what=what,
    )  # fmt: skip


def _anew(form: Form) -> Form:
    """The form as it is shown, to be sent once: a refusal stands for good under the name it was sent by."""
    return msgspec.structs.replace(form, once=str(ids.uuid7()))


async def _named(db: Db, player_id: UUID) -> str:
    if not await identity.existing(db, [player_id]):
        raise identity.PlayerGone
    return (await profiles.names(db, [player_id])).get(player_id, str(player_id))


def _ref(request: Request, token: str) -> str:
    return f"staff:{request.caller.player_id}:{token}"
