"""Editing the catalog, for staff."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from playerbase import audit, games
from playerbase.catalog import actions
from playerbase.catalog.actions.noting import note_category, note_item
from playerbase.catalog.model import (
    Category,
    CategoryDraft,
    GameDraft,
    Item,
    ItemDraft,
    NewCategory,
    NewGame,
    NewItem,
    Settings,
    VersionMissing,
)
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Caller, Cursors, Listing, Request, get, post, put, staff

READ, WRITE = staff("catalog.read"), staff("catalog.write")

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]
Version = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
ItemName = Annotated[str, msgspec.Meta(min_length=1, max_length=64, description="The item's code or id.")]
CategoryName = Annotated[str, msgspec.Meta(min_length=1, max_length=48)]
GameName = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
StatusWord = Literal["active", "inactive", "coming_soon"]


class ItemChange(ItemDraft, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an item is to be, whole, and the version that was seen; If-Match says the same."""

    expected_version: Version | None = None


class CategoryChange(CategoryDraft, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a category is to be, whole, and the version that was seen; If-Match says the same."""

    expected_version: Version | None = None


class ItemEdition(msgspec.Struct, frozen=True):
    """What an item was from one moment on, and which of its fields that changed."""

    version: int
    at: datetime
    by: str
    changed: list[str]
    content: dict[str, Any]


@get("/admin/items", policy=READ, limit="console")
async def list_every_item(
    db: Db, request: Request, cursors: Cursors, status: StatusWord | None = None, q: Text | None = None,
    limit: Limit = 20, cursor: Cursor | None = None,
) -> Listing[Item]:  # fmt: skip
    """Every item by its code, whatever its status."""
    scope = f"admin_items {status or ''} {q or ''} {request.caller.subject}"
    (after,) = cursors.read(cursor, tuple[str], scope=scope) if cursor else ("",)
    found = await actions.all_items(db, status, q, after, limit + 1)
    more = cursors.make((found[limit - 1].code,), scope=scope) if found[limit:] else None
    return Listing(found[:limit], more)


@get("/admin/items/{item}", policy=READ, limit="console")
async def read_any_item(db: Db, item: ItemName) -> Item:
    """One item with all that belongs to it; its version is what an edit must name."""
    return await actions.item(db, item)


@get("/admin/items/{item}/versions", policy=READ, limit="console")
async def list_versions(
    db: Db, request: Request, cursors: Cursors, item: ItemName, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[ItemEdition]:
    """What an item was, newest first: who changed it when, and which fields."""
    item_id = (await actions.item(db, item)).item_id
    scope = f"item_versions {item_id} {request.caller.subject}"
    (before,) = cursors.read(cursor, tuple[int], scope=scope) if cursor else (None,)
    found = await actions.editions(db, item_id, before, limit + 1)
    shown = [ItemEdition(each.version, each.at, each.by, changed, content) for each, changed, content in found]
    more = cursors.make((shown[limit - 1].version,), scope=scope) if shown[limit:] else None
    return Listing(shown[:limit], more)


@post("/admin/items", policy=WRITE, limit="console", status=201)
async def create_item(tx: Tx, request: Request, caller: Caller, body: NewItem) -> Item:
    """Put an item into the catalog; every fault of it is named at once."""
    made = await actions.create_item(tx, body, caller.subject)
    await note_item(tx, request, None, made)
    return made


@put("/admin/items/{item}", policy=WRITE, limit="console")
async def change_item(tx: Tx, request: Request, caller: Caller, item: ItemName, body: ItemChange) -> Item:
    """Make an item what the body says: what is left out falls back to its default. Never deleted, only inactive."""
    expected = _expected(request, body.expected_version)
    was, now = await actions.update_item(tx, item, body, expected, caller.subject)
    await note_item(tx, request, was, now)
    return now


@post("/admin/categories", policy=WRITE, limit="console", status=201)
async def create_category(tx: Tx, request: Request, caller: Caller, body: NewCategory) -> Category:
    """Put up a category."""
    made = await actions.create_category(tx, body, caller.subject)
    await note_category(tx, request, None, made)
    return made


@put("/admin/categories/{category}", policy=WRITE, limit="console")
async def change_category(
    tx: Tx, request: Request, caller: Caller, category: CategoryName, body: CategoryChange
) -> Category:
    """Rename or move a category with everything below it."""
    expected = _expected(request, body.expected_version)
    was, now = await actions.update_category(tx, category, body, expected, caller.subject)
    await note_category(tx, request, was, now)
    return now


@get("/admin/games", policy=READ, limit="console")
async def list_games(db: Db) -> Listing[games.Game]:
    """The titles of the studio."""
    return Listing(await games.games(db), None)


@post("/admin/games", policy=WRITE, limit="console", status=201)
async def create_game(tx: Tx, request: Request, body: NewGame) -> games.Game:
    """Add a title; its slug is its name for good."""
    made = await games.create(tx, slug=body.slug, name=body.name)
    if body.status != made.status:
        made = await games.change(tx, made.slug, name=made.name, status=body.status)
    after = msgspec.to_builtins(made)
    await audit.record(tx, audit.deed(request, "game_created", "game", made.slug, after=after))
    return made


@put("/admin/games/{game}", policy=WRITE, limit="console")
async def change_game(tx: Tx, request: Request, game: GameName, body: GameDraft) -> games.Game:
    """Rename a title, retire it or take it up again."""
    was = await games.game(tx, game)
    now = await games.change(tx, game, name=body.name, status=body.status)
    if was != now:
        before, after = msgspec.to_builtins(was), msgspec.to_builtins(now)
        await audit.record(tx, audit.deed(request, "game_changed", "game", game, before=before, after=after))
    return now


@get("/admin/catalog/settings", policy=READ, limit="console")
async def read_settings(db: Db) -> Settings:
    """The bounds of the catalog, and when somebody is reminded of stocks and ends."""
    return await actions.settings(db)


@put("/admin/catalog/settings", policy=WRITE, limit="console")
async def change_settings(tx: Tx, request: Request, body: Settings) -> Settings:
    """Set the bounds of the catalog; what is in it already stays."""
    return await actions.decide(tx, request, body)


def _expected(request: Request, named: int | None) -> int:
    """The version an edit is held against; raises VersionMissing."""
    given = (request.header("if-match") or "").strip().removeprefix("W/").strip('"')
    if named is None and given.isascii() and given.isdigit() and len(given) < 10:  # noqa: PLR2004 - below 2^31
        return int(given)
    if named is None:
        raise VersionMissing
    return named
