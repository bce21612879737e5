"""The tree of categories: what stands where, adding a shelf, and moving one."""

from typing import Annotated, Any

import msgspec

from playerbase.catalog import actions, rules
from playerbase.catalog.actions import Shelf
from playerbase.catalog.actions.noting import note_category
from playerbase.catalog.model import (
    CatalogFull,
    Category,
    CategoryAlreadyExists,
    CategoryUnknown,
    NewCategory,
    VersionConflict,
)
from playerbase.catalog.pages.listing import HERE, READ
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.kit.errors import Faults
from playerbase.kit.http import Answer, Caller, Rendering, Request, faults, get, post, redirect, staff

WRITE = staff("catalog.write")
TREE = f"{HERE}/categories"
Short = Annotated[str, msgspec.Meta(max_length=200)]
CategoryName = Annotated[str, msgspec.Meta(min_length=1, max_length=48)]


class Form(msgspec.Struct, frozen=True):
    """A category as a form writes it."""

    code: Short = ""
    name: Short = ""
    parent: Short = ""
    position: Short = "0"
    expected_version: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 0


@get(TREE, policy=READ, limit="console", page=True)
async def list_categories(db: Db, request: Request, rendering: Rendering, told: str = "") -> Answer:
    """Every category below the one it belongs to, with how much stands on it."""
    present, now = await actions.shelf(db), clock.now()
    listed = [item.category for item in present.items if rules.is_listed(item, now)]
    rows = [
        (each, depth, sum(1 for category in listed if category in present.under(each.code)))
        for each, depth in _tree(present)
    ]
    said = {"made": "Added.", "saved": "Saved. Players see it at once."}.get(told, "")
    return rendering.page(request, "catalog/categories.html", rows=rows, told=said)


@get(f"{TREE}/new", policy=WRITE, limit="console", page=True)
async def ask_category(db: Db, request: Request, rendering: Rendering, parent: Short = "") -> Answer:
    """The form of a new category."""
    return await _page(db, request, rendering, Form(parent=parent), None, {})


@get(f"{TREE}/{{category}}", policy=WRITE, limit="console", page=True)
async def ask_change(db: Db, request: Request, rendering: Rendering, category: CategoryName) -> Answer:
    """The form of a category there is."""
    was = await _found(db, category)
    form = Form(was.code, was.name, was.parent or "", str(was.position), was.version)
    return await _page(db, request, rendering, form, was, {})


@post(f"{TREE}/new", policy=WRITE, limit="console", page=True)
async def create_category(tx: Tx, request: Request, caller: Caller, rendering: Rendering, form: Form) -> Answer:
    """Put up a shelf."""
    new, told = _read(form)
    if new is None:
        return await _page(tx, request, rendering, form, None, told)
    try:
        made = await actions.create_category(tx, new, caller.subject)
    except (CategoryAlreadyExists, CatalogFull) as refusal:
        return await _page(tx, request, rendering, form, None, {"code": str(refusal)})
    except Faults as refusal:
        return await _page(tx, request, rendering, form, None, _by_field(refusal.members["errors"]))
    await note_category(tx, request, None, made)
    return redirect(f"{TREE}?told=made")


@post(f"{TREE}/{{category}}", policy=WRITE, limit="console", page=True)
async def change_category(
    tx: Tx, request: Request, caller: Caller, rendering: Rendering, category: CategoryName, form: Form
) -> Answer:
    """Rename or move a shelf with everything below it."""
    was = await _found(tx, category)
    form = msgspec.structs.replace(form, code=was.code)
    new, told = _read(form)
    if new is None:
        return await _page(tx, request, rendering, form, was, told)
    try:
        was, now = await actions.update_category(tx, was.code, new, form.expected_version, caller.subject)
    except VersionConflict as refusal:
        return await _page(tx, request, rendering, form, was, {"name": str(refusal)})
    except Faults as refusal:
        return await _page(tx, request, rendering, form, was, _by_field(refusal.members["errors"]))
    await note_category(tx, request, was, now)
    return redirect(f"{TREE}?told=saved")


async def _page(
    db: Db, request: Request, rendering: Rendering, form: Form, was: Category | None, told: dict[str, str]
) -> Answer:
    present = await actions.shelf(db)
    below = present.under(was.code) if was is not None else frozenset()
    return rendering.page(
        request, "catalog/category.html", status=422 if told else 200, form=form, was=was, faults=told,
        shelves=[(each, depth) for each, depth in _tree(present) if each.code not in below],
    )  # fmt: skip


async def _found(db: Db, code: str) -> Category:
    found = next((each for each in (await actions.shelf(db)).categories if each.code == code), None)
    if found is None:
        raise CategoryUnknown(category=code)
    return found


def _read(form: Form) -> tuple[NewCategory | None, dict[str, str]]:
    position: Any = int(form.position) if form.position.isascii() and form.position.isdigit() else form.position
    given = {"code": form.code, "name": form.name, "parent": form.parent or None, "position": position}
    errors = list(faults.faults(given, NewCategory))
    return (None, _by_field(errors)) if errors else (msgspec.convert(given, NewCategory), {})


def _by_field(errors: Any) -> dict[str, str]:
    return {each["field"]: each["message"] for each in errors}


def _tree(present: Shelf) -> list[tuple[Category, int]]:
    """Parents before children, each with how deep it stands."""
    found: list[tuple[Category, int]] = []
    waiting = [(each, 0) for each in reversed(present.categories) if each.parent is None]
    while waiting:
        each, depth = waiting.pop()
        found.append((each, depth))
        waiting += [(below, depth + 1) for below in reversed(present.categories) if below.parent == each.code]
    return found
