"""Making and changing what is in the catalog: one edit after the other, each held against the whole."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from playerbase import games
from playerbase.catalog import rules, store
from playerbase.catalog.actions.assets import assets
from playerbase.catalog.actions.looking import as_id
from playerbase.catalog.actions.shelves import Shelf, shelf
from playerbase.catalog.actions.telling import tell
from playerbase.catalog.actions.writing import write_items
from playerbase.catalog.model import (
    ITEM_ASSET,
    CatalogFull,
    Category,
    CategoryAlreadyExists,
    CategoryDraft,
    CategoryUnknown,
    Item,
    ItemAlreadyExists,
    ItemDraft,
    ItemUnknown,
    NewCategory,
    NewItem,
    Settings,
    VersionConflict,
)
from playerbase.kit import clock
from playerbase.kit.db import Tx
from playerbase.kit.errors import Faults


class Wanted(msgspec.Struct, frozen=True):
    """An edit: what each of these is to be."""

    items: Sequence[NewItem] = ()
    categories: Sequence[NewCategory] = ()


class Judged(msgspec.Struct, frozen=True):
    """What an edit would do: the problems of each draft, and which fields of it are others than now."""

    items: list[list[rules.Problem]]
    categories: list[list[rules.Problem]]
    item_changes: list[list[str]]
    category_changes: list[list[str]]


async def create_item(tx: Tx, new: NewItem, by: str) -> Item:
    """Put an item into the catalog; raises ItemAlreadyExists, CatalogFull, and Faults that name every problem."""
    settings, present = await begin(tx)
    if new.code in present.by_code:
        raise ItemAlreadyExists(item=new.code)
    return await _change_item(tx, settings, present, new, by)


async def update_item(tx: Tx, code_or_id: str, draft: ItemDraft, expected_version: int, by: str) -> tuple[Item, Item]:
    """Make an item what the draft says; answers what it was and what it is.

    Raises ItemUnknown, VersionConflict, and Faults that name every problem.
    """
    settings, present = await begin(tx)
    item_id = as_id(code_or_id)
    was = present.by_code.get(code_or_id) or (present.by_id.get(item_id) if item_id is not None else None)
    if was is None:
        raise ItemUnknown(item=code_or_id)
    if was.version != expected_version:
        raise VersionConflict(current_version=was.version)
    return was, await _change_item(tx, settings, present, rules.content(draft, was.code), by)


async def create_category(tx: Tx, new: NewCategory, by: str) -> Category:
    """Put up a shelf; raises CategoryAlreadyExists, CatalogFull, Faults."""
    settings, present = await begin(tx)
    if any(each.code == new.code for each in present.categories):
        raise CategoryAlreadyExists(category=new.code)
    return await _change_category(tx, settings, present, new, by)


async def update_category(
    tx: Tx, code: str, draft: CategoryDraft, expected_version: int, by: str
) -> tuple[Category, Category]:
    """Rename or move a shelf; answers what it was and what it is. Raises CategoryUnknown, VersionConflict, Faults."""
    settings, present = await begin(tx)
    was = next((each for each in present.categories if each.code == code), None)
    if was is None:
        raise CategoryUnknown(category=code)
    if was.version != expected_version:
        raise VersionConflict(current_version=was.version)
    new = NewCategory(code=code, name=draft.name, parent=draft.parent, position=draft.position)
    return was, await _change_category(tx, settings, present, new, by)


async def change_settings(tx: Tx, settings: Settings) -> tuple[Settings, Settings]:
    """Set the bounds of the catalog; answers what they were and what they are."""
    was = await store.lock_settings(tx)
    await store.save_settings(tx, settings)
    return was, settings


async def begin(tx: Tx) -> tuple[Settings, Shelf]:
    """Take one's turn to edit: the bounds, and the catalog as nobody else changes it before this commits."""
    settings = await store.lock_settings(tx)
    return settings, await shelf(tx)


async def judge(tx: Tx, present: Shelf, wanted: Wanted) -> Judged:
    """Hold an edit against the catalog as it would be with all of it."""
    parents = {each.code: each.parent for each in present.categories}
    parents |= {each.code: each.parent for each in wanted.categories}
    drafts: dict[str, ItemDraft] = {item.code: rules.draft_of(item) for item in present.items}
    before = dict(drafts)
    drafts |= {each.code: each for each in wanted.items}
    skus: dict[tuple[str, str], str] = {}
    for code, draft in drafts.items():
        for sku in draft.skus:
            skus.setdefault((sku.platform, sku.sku), code)
    made = {f"{ITEM_ASSET}{each.code}" for each in wanted.items if each.is_stackable}  # Or about to be.
    known = rules.Known(
        games=frozenset(game.slug for game in await games.games(tx)), assets=frozenset(await assets(tx)) | made,
        categories=parents, drafts=drafts, skus=skus, around=_around(drafts),
    )  # fmt: skip
    touched = [present.by_code[each.code].item_id for each in wanted.items if each.code in present.by_code]
    sold = {stock.item_id: stock.sold for stock in await store.lock_stocks(tx, sorted(touched))}
    shelves = {
        each.code: NewCategory(name=each.name, parent=each.parent, position=each.position, code=each.code)
        for each in present.categories
    }
    return Judged(
        items=[_problems(each, known, present, sold) for each in wanted.items],
        categories=[rules.category_problems(each.code, each, parents) for each in wanted.categories],
        item_changes=[rules.changes(before.get(each.code), rules.content(each, each.code)) for each in wanted.items],
        category_changes=[rules.changes(shelves.get(each.code), each) for each in wanted.categories],
    )


async def write(tx: Tx, settings: Settings, present: Shelf, wanted: Wanted, by: str) -> None:
    """Make it so, if it was judged sound: write, tell, and give the catalog a new token. Raises CatalogFull."""
    now = clock.now()
    known = {each.code: each for each in present.categories}
    codes = {each.code for each in wanted.items}
    if len(present.by_code.keys() | codes) > settings.items_max:
        raise CatalogFull(items_max=settings.items_max)
    if len(known.keys() | {each.code for each in wanted.categories}) > settings.categories_max:
        raise CatalogFull(categories_max=settings.categories_max)
    rows = [
        Category(each.code, each.name, each.parent, each.position, _next(known.get(each.code)), now)
        for each in wanted.categories
    ]
    if rows:
        await store.save_categories(tx, rows)
    await write_items(tx, present, [rules.content(each, each.code) for each in wanted.items], by, now)
    if codes or rows:
        await tell(tx, sorted(codes), sorted(each.code for each in rows))


async def _change_item(tx: Tx, settings: Settings, present: Shelf, new: NewItem, by: str) -> Item:
    judged = await judge(tx, present, Wanted(items=[new]))
    _refuse(judged.items[0])
    if judged.item_changes[0]:
        await write(tx, settings, present, Wanted(items=[new]), by)
    return (await shelf(tx)).by_code[new.code]


async def _change_category(tx: Tx, settings: Settings, present: Shelf, new: NewCategory, by: str) -> Category:
    judged = await judge(tx, present, Wanted(categories=[new]))
    _refuse(judged.categories[0])
    if judged.category_changes[0]:
        await write(tx, settings, present, Wanted(categories=[new]), by)
    return next(each for each in (await shelf(tx)).categories if each.code == new.code)


def _around(drafts: dict[str, ItemDraft]) -> dict[str, list[str]]:
    around: dict[str, list[str]] = {}
    for code, draft in drafts.items():
        for part in draft.parts:
            if part.item is not None:
                around.setdefault(part.item, []).append(code)
    return around


def _problems(
    each: NewItem, known: rules.Known, present: Shelf, sold: dict[UUID, int]
) -> list[rules.Problem]:  # fmt: skip
    was = present.by_code.get(each.code)
    return rules.item_problems(each.code, each, known, was=was, sold=sold.get(was.item_id, 0) if was else 0)


def _refuse(problems: list[rules.Problem]) -> None:
    if problems:
        raise Faults(errors=[msgspec.structs.asdict(problem) for problem in problems])


def _next(was: Category | None) -> int:
    return 1 if was is None else was.version + 1
