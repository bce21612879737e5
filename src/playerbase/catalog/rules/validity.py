"""Whether a draft may stand in the catalog: every problem at once, each with its field."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from playerbase.catalog.model import (
    ITEM_ASSET,
    CategoryDraft,
    CosmeticType,
    Delivery,
    Item,
    ItemDraft,
    ItemType,
)
from playerbase.catalog.rules.bundles import CONTENTS_MAX, DEPTH_MAX, UNITS_MAX
from playerbase.catalog.rules.graphs import route_back, steps

CATEGORY_DEPTH_MAX = 8
YEAR_MIN, YEAR_MAX = 2000, 2200
RESERVED = frozenset({*(kind.value for kind in CosmeticType), "shop", "equipped", "export", "import"})


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with one field."""

    field: str
    code: str
    message: str


class Known(msgspec.Struct, frozen=True):
    """What a draft may refer to: the catalog as it will be with all drafts of this edit in it."""

    games: frozenset[str]
    assets: frozenset[str]
    categories: Mapping[str, str | None]  # Each one's parent.
    drafts: Mapping[str, ItemDraft]
    skus: Mapping[tuple[str, str], str]  # Which item each belongs to.
    around: Mapping[str, list[str]]  # The bundles each item is directly in.


def item_problems(
    code: str, draft: ItemDraft, known: Known, *, was: Item | None = None, sold: int = 0
) -> list[Problem]:
    """Everything that keeps this draft from becoming the item of this code."""
    return [
        *_names(code, draft, known, was),
        *_kind(draft),
        *_times(draft, sold),
        *_prices(code, draft, known),
        *_skus(code, draft, known),
        *(_parts(code, draft, known) if draft.type is ItemType.BUNDLE else ()),
    ]


def category_problems(code: str, draft: CategoryDraft, categories: Mapping[str, str | None]) -> list[Problem]:
    """Everything that keeps this category from standing where it is wanted; ``categories`` has it in place."""
    if draft.parent is None:
        return []
    if draft.parent not in categories:
        return [Problem("parent", "unknown", f"There is no category {draft.parent}")]

    def above(at: str) -> list[str]:
        parent = categories.get(at)
        return [] if parent is None else [parent]

    if way := route_back(code, above):
        return [Problem("parent", "cycle", f"A category cannot stand below itself: {' > '.join(reversed(way))}")]
    below = _below(categories)
    deep = steps(code, above, CATEGORY_DEPTH_MAX) + steps(code, lambda at: below.get(at, ()), CATEGORY_DEPTH_MAX) + 1
    if deep > CATEGORY_DEPTH_MAX:
        return [Problem("parent", "too_deep", f"Categories stand at most {CATEGORY_DEPTH_MAX} deep")]
    return []


def _below(categories: Mapping[str, str | None]) -> dict[str, list[str]]:
    below: dict[str, list[str]] = {}
    for each, parent in categories.items():
        if parent is not None:
            below.setdefault(parent, []).append(each)
    return below


def _names(code: str, draft: ItemDraft, known: Known, was: Item | None) -> Iterator[Problem]:
    if code in RESERVED:
        yield Problem("code", "reserved", "This word means something else in an address")
    if _is_like_id(code):
        yield Problem("code", "reserved", "A code may not look like an id")
    if draft.category is not None and draft.category not in known.categories:
        yield Problem("category", "unknown", f"There is no category {draft.category}")
    if draft.game is not None and draft.game not in known.games:
        yield Problem("game", "unknown", f"There is no game {draft.game}")
    if was is None:
        return
    if was.type is not draft.type:
        yield Problem("type", "fixed", f"This is a {was.type} for good: players may have it; make another item")
    if was.is_stackable is not draft.is_stackable:
        yield Problem("is_stackable", "fixed", "This is fixed once an item is made: players may have it")


def _kind(draft: ItemDraft) -> Iterator[Problem]:
    if draft.is_stackable and draft.type is not ItemType.CONSUMABLE:
        yield Problem("is_stackable", "not_consumable", "Only a consumable can be stacked")
    if draft.type is ItemType.BUNDLE and not draft.parts:
        yield Problem("parts", "missing", "A bundle holds something")
    if draft.type is not ItemType.BUNDLE and draft.parts:
        yield Problem("parts", "not_a_bundle", "Only a bundle has parts")
    if draft.type is ItemType.BUNDLE and draft.delivery is not Delivery.IN_GAME:
        yield Problem("delivery", "not_for_bundles", "A bundle is opened in the game; its parts go their own ways")
    if draft.slot is not None and draft.type is not ItemType.DURABLE:
        yield Problem("slot", "not_durable", "Only what lasts can be worn")
    if draft.cosmetic is not None and draft.slot is None:
        yield Problem("slot", "missing", "Say where this cosmetic is worn")
    if draft.cosmetic is not None and draft.type is not ItemType.DURABLE:
        yield Problem("cosmetic", "not_durable", "A cosmetic lasts")


def _times(draft: ItemDraft, sold: int) -> Iterator[Problem]:
    begins, ends = draft.available_from, draft.available_until
    yield from _sane("available_from", begins)
    yield from _sane("available_until", ends)
    if begins is not None and ends is not None and ends <= begins:
        yield Problem("available_until", "before_start", "This must be after available_from")
    if draft.is_limited and ends is None and draft.stock is None:
        yield Problem("is_limited", "without_limit", "A limited edition has an end or a stock")
    if not draft.is_limited and ends is not None:
        yield Problem("available_until", "not_limited", "Only a limited edition ends")
    stock = draft.stock
    if stock is None:
        return
    yield from _sane("stock.opens_at", stock.opens_at)
    yield from _sane("stock.closes_at", stock.closes_at)
    if stock.opens_at is not None and stock.closes_at is not None and stock.closes_at <= stock.opens_at:
        yield Problem("stock.closes_at", "before_start", "This must be after opens_at")
    if stock.total < sold:
        yield Problem("stock.total", "below_sold", f"{sold} are sold already")


def _sane(field: str, moment: datetime | None) -> Iterator[Problem]:
    # Beyond these years a moment has no place in every calendar once its zone is taken off.
    if moment is not None and not YEAR_MIN <= moment.year <= YEAR_MAX:
        yield Problem(field, "out_of_range", f"This must lie between the years {YEAR_MIN} and {YEAR_MAX}")


def _prices(code: str, draft: ItemDraft, known: Known) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, price in enumerate(draft.prices):
        if price.asset in seen:
            yield Problem(f"prices.{at}.asset", "duplicate", "There is one price in each asset")
        elif price.asset == f"{ITEM_ASSET}{code}":
            yield Problem(f"prices.{at}.asset", "itself", "Nothing is paid for with itself")
        elif price.asset not in known.assets:
            yield Problem(f"prices.{at}.asset", "unknown", f"There is no asset {price.asset}")
        seen.add(price.asset)


def _skus(code: str, draft: ItemDraft, known: Known) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, sku in enumerate(draft.skus):
        owner = known.skus.get((sku.platform, sku.sku), code)
        if sku.platform in seen:
            yield Problem(f"skus.{at}.platform", "duplicate", "A platform sells an item under one name")
        elif owner != code:
            yield Problem(f"skus.{at}.sku", "taken", f"Under this name {sku.platform} sells {owner}")
        seen.add(sku.platform)


def _parts(code: str, draft: ItemDraft, known: Known) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, part in enumerate(draft.parts):
        if (part.item is None) == (part.asset is None):
            yield Problem(f"parts.{at}", "one_of", "A part is an item or an asset")
            continue
        field = f"parts.{at}.{'item' if part.item else 'asset'}"
        name = part.item or part.asset or ""
        inside = known.drafts.get(part.item) if part.item else None
        if name in seen:
            yield Problem(field, "duplicate", "This is in the bundle already; raise its quantity")
        elif part.item is not None and inside is None:
            yield Problem(field, "unknown", f"There is no item {part.item}")
        elif part.asset is not None and part.asset.startswith(ITEM_ASSET):
            yield Problem(field, "is_an_item", "Name the item itself")
        elif part.asset is not None and part.asset not in known.assets:
            yield Problem(field, "unknown", f"There is no asset {part.asset}")
        elif inside is not None and draft.game is not None and inside.game not in {None, draft.game}:
            yield Problem(field, "other_game", f"This belongs to {inside.game}")
        seen.add(name)
    yield from _nesting(code, known)


def _nesting(code: str, known: Known) -> Iterator[Problem]:
    def inside(at: str) -> list[str]:
        draft = known.drafts.get(at)
        return [] if draft is None else [part.item for part in draft.parts if part.item is not None]

    if way := route_back(code, inside):
        yield Problem("parts", "cycle", f"A bundle cannot hold itself: {' > '.join(way)}")
        return
    deep = steps(code, inside, DEPTH_MAX) + steps(code, lambda at: known.around.get(at, ()), DEPTH_MAX)
    if deep > DEPTH_MAX:
        yield Problem("parts", "too_deep", f"Bundles stand at most {DEPTH_MAX} deep in bundles")
        return
    kinds, most = _size(code, known)
    if kinds > CONTENTS_MAX:
        yield Problem("parts", "too_many", f"Opened, this holds {kinds} different things; {CONTENTS_MAX} are the most")
    if most > UNITS_MAX:
        yield Problem("parts", "too_large", "Opened, this holds more of one thing than can be counted")


def _size(code: str, known: Known) -> tuple[int, int]:
    """How many different things are in a bundle when all is opened, and how many of the most frequent one."""
    found: dict[str, int] = {}
    frontier = {code: 1}
    while frontier:
        inside: dict[str, int] = {}
        for at, count in frontier.items():
            draft = known.drafts.get(at)
            for part in draft.parts if draft is not None else ():
                name = part.item or part.asset or ""
                target = inside if part.item else found
                target[name] = target.get(name, 0) + count * part.quantity
            if draft is None or not draft.parts:
                found[at] = found.get(at, 0) + count
        frontier = inside
    return len(found), max(found.values(), default=0)


def _is_like_id(code: str) -> bool:
    return len(code) in {32, 36} and all(letter in "0123456789abcdef-" for letter in code)
