"""The editor of an item: every field, what players will see, and what would change, before it does."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec.structs import replace

from playerbase import games
from playerbase.catalog import actions, rules
from playerbase.catalog.actions.assets import assets
from playerbase.catalog.actions.editing import Wanted, begin, judge
from playerbase.catalog.actions.noting import note_item
from playerbase.catalog.model import (
    CatalogFull,
    CosmeticType,
    Delivery,
    FileItem,
    Item,
    ItemAlreadyExists,
    ItemType,
    NewItem,
    Rarity,
    Status,
    VersionConflict,
)
from playerbase.catalog.pages.listing import HERE, ItemName, moment_of, pricing
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Faults
from playerbase.kit.http import Answer, Caller, Rendering, Request, faults, get, post, redirect, staff

WRITE = staff("catalog.write")
Short = Annotated[str, msgspec.Meta(max_length=200)]
Long = Annotated[str, msgspec.Meta(max_length=20_000)]
MOMENTS = ("available_from", "available_until", "stock_opens_at", "stock_closes_at")


class Form(msgspec.Struct, frozen=True):
    """An item as a form writes it: each field as its cell in a table."""

    code: Short = ""
    name: Short = ""
    description: Long = ""
    category: Short = ""
    game: Short = ""
    type: Short = "durable"
    delivery: Short = "in_game"
    is_stackable: Short = ""
    max_per_player: Short = ""
    status: Short = "active"
    is_limited: Short = ""
    available_from: Short = ""
    available_until: Short = ""
    cosmetic: Short = ""
    rarity: Short = "common"
    slot: Short = ""
    media: Long = ""
    metadata: Long = ""
    prices: Long = ""
    skus: Long = ""
    parts: Long = ""
    stock_total: Short = ""
    stock_opens_at: Short = ""
    stock_closes_at: Short = ""
    expected_version: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 0
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""
    verb: Literal["preview", "save"] = "save"


CELLS = tuple(name for name in Form.__struct_fields__ if name not in {"expected_version", "reason", "verb"})


@get(f"{HERE}/new", policy=WRITE, limit="console", page=True)
async def ask_new(db: Db, request: Request, rendering: Rendering, like: str = "") -> Answer:
    """The form of a new item: empty, or filled like another."""
    form = Form()
    if like:
        other = replace(rules.draft_of(await actions.item(db, like)), skus=[])
        form = replace(_form_of(other, 0), code="", name="")
    return await _page(db, request, rendering, form, None)


@get(f"{HERE}/items/{{item}}/edit", policy=WRITE, limit="console", page=True)
async def ask_edit(db: Db, request: Request, rendering: Rendering, item: ItemName) -> Answer:
    """The form of an item there is."""
    was = await actions.item(db, item)
    return await _page(db, request, rendering, _form_of(rules.draft_of(was), was.version), was)


@post(f"{HERE}/new", policy=WRITE, limit="console", page=True)
async def create(tx: Tx, request: Request, caller: Caller, rendering: Rendering, form: Form) -> Answer:
    """Make an item, or show what it would be."""
    draft, told = _read(form)
    if draft is None or form.verb == "preview":
        return await _page(tx, request, rendering, form, None, draft=draft, told=told)
    try:
        made = await actions.create_item(tx, draft, caller.subject)
    except (ItemAlreadyExists, CatalogFull) as refusal:
        return await _page(tx, request, rendering, form, None, draft=draft, told={"code": str(refusal)})
    except Faults as refusal:
        return await _page(tx, request, rendering, form, None, draft=draft, told=_by_field(refusal.members["errors"]))
    await note_item(tx, request, None, made, form.reason)
    return redirect(f"{HERE}/items/{made.code}?told=made")


@post(f"{HERE}/items/{{item}}/edit", policy=WRITE, limit="console", page=True)
async def change(tx: Tx, request: Request, caller: Caller, rendering: Rendering, item: ItemName, form: Form) -> Answer:
    """Change an item, or show what would change."""
    was = await actions.item(tx, item)
    form = replace(form, code=was.code)
    draft, told = _read(form)
    if draft is None or form.verb == "preview":
        return await _page(tx, request, rendering, form, was, draft=draft, told=told)
    try:
        _, now = await actions.update_item(tx, was.code, draft, form.expected_version, caller.subject)
    except VersionConflict:
        return await _page(tx, request, rendering, form, was, draft=draft, is_late=True)
    except Faults as refusal:
        return await _page(tx, request, rendering, form, was, draft=draft, told=_by_field(refusal.members["errors"]))
    await note_item(tx, request, was, now, form.reason)
    return redirect(f"{HERE}/items/{now.code}?told={'saved' if now.version != was.version else 'same'}")


async def _page(
    db: Db, request: Request, rendering: Rendering, form: Form, was: Item | None, *, draft: NewItem | None = None,
    told: dict[str, str] | None = None, is_late: bool = False,
) -> Answer:  # fmt: skip
    told = dict(told or {})
    if draft is not None and form.verb == "preview":
        _, present = await begin(Tx(db))
        told |= _problems((await judge(Tx(db), present, Wanted(items=[draft]))).items[0])
    known = await assets(db)
    before = {} if was is None else msgspec.to_builtins(rules.draft_of(was))
    after = {} if draft is None else msgspec.to_builtins(rules.content(draft, draft.code))
    present = await actions.shelf(db)
    return rendering.page(
        request, "catalog/editor.html", status=422 if told or is_late else 200, form=form, was=was, draft=draft,
        faults=told, is_late=is_late, games=await games.games(db), categories=present.categories, assets=known,
        priced=pricing(known), before={name: before.get(name) for name in after if before.get(name) != after[name]},
        after={name: value for name, value in after.items() if before.get(name) != value}, choices=CHOICES,
    )  # fmt: skip


CHOICES = {
    "type": [each.value for each in ItemType], "delivery": [each.value for each in Delivery],
    "status": [each.value for each in Status], "cosmetic": ["", *(each.value for each in CosmeticType)],
    "rarity": [each.value for each in Rarity],
}  # fmt: skip


def _read(form: Form) -> tuple[NewItem | None, dict[str, str]]:
    """The item a form describes, or what is wrong with its fields."""
    cells = {name: getattr(form, name).replace("\r\n", "\n") for name in CELLS if getattr(form, name).strip()}
    cells |= {name: moment_of(cells[name]) for name in MOMENTS if name in cells}
    given = rules.nested({name: rules.CELLS[name](cell) for name, cell in cells.items()})
    if "stock" in given and "total" not in given["stock"]:
        return None, {"stock_total": "Say how many there are"}
    errors = list(faults.faults(given, NewItem))
    return (None, _by_field(errors)) if errors else (msgspec.convert(given, NewItem), {})


def _form_of(draft: NewItem, version: int) -> Form:
    cells = rules.written(FileItem(**msgspec.structs.asdict(draft)))
    for name in ("prices", "skus", "parts", "media"):
        cells[name] = "\n".join(cells.get(name, "").split(" "))
    for name in MOMENTS:
        if name in cells:
            cells[name] = cells[name][:19].replace("T", " ")
    return replace(Form(expected_version=version), **{name: text for name, text in cells.items() if name in CELLS})


def _problems(found: list[rules.Problem]) -> dict[str, str]:
    return _by_field([msgspec.structs.asdict(problem) for problem in found])


def _by_field(errors: Any) -> dict[str, str]:
    """Faults by the field of the form they belong to."""
    told: dict[str, str] = {}
    for each in errors:
        top, _, rest = each["field"].partition(".")
        name = f"stock_{rest}" if top == "stock" and rest else "stock_total" if top == "stock" else top
        place = f"{int(rest.split('.')[0]) + 1}: " if top != "stock" and rest.split(".")[0].isdigit() else ""
        said = f"{place}{each['message']}"
        told[name] = f"{told[name]}; {said}" if name in told else said
    return told
