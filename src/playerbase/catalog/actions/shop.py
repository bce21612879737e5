"""What is for sale, as it is shown: lists are rendered once for each state of the catalog, whoever reads them."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

import msgspec

from playerbase.catalog import rules, store
from playerbase.catalog.actions.looking import as_id
from playerbase.catalog.actions.shelves import Shelf, shelf
from playerbase.catalog.actions.telling import turns
from playerbase.catalog.model import Category, ItemUnknown, Search, Shown, ShownCategory, Tree
from playerbase.kit import clock
from playerbase.kit.db import Db, Pool, Reading, reading
from playerbase.kit.redis import Cache

LOOK_SECONDS = 1.0  # How late another process may show what this one edited; its own edits it shows at once.
KEPT_SECONDS = 24 * 3600
LIMITS_KEPT = frozenset({20, 50, 100})  # Lists of other lengths are rendered each time, or anyone could fill the cache.

_encode = msgspec.json.encode
_place = msgspec.json.Decoder(tuple[int | str, str] | None)


class Present(Reading[str, Shelf]):
    """The present state of the catalog, asked for at most once a second and after each edit of this process."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._shelf: Shelf | None = None
        self._until = 0.0
        self._turns = -1

    async def fetch(self, db: Db, wanted: list[str]) -> Mapping[str, Shelf]:
        """The one there is."""
        return dict.fromkeys(wanted, await shelf(db))

    async def look(self) -> Shelf:
        """The catalog now, or a second ago."""
        if self._shelf is not None and self._until > clock.monotonic() and self._turns == turns():
            return self._shelf
        seen = turns()
        found = await self.get("")
        assert found is not None
        self._shelf, self._until, self._turns = found, clock.monotonic() + LOOK_SECONDS, seen
        return found


async def rendered(
    cache: Cache, present: Shelf, search: Search, after: rules.Place | None, limit: int
) -> tuple[bytes, rules.Place | None]:
    """The items of one page of a list as JSON, and the place after which the next one goes on."""
    now = clock.now()

    async def render() -> bytes:
        under = None if search.category is None else present.under(search.category)
        found = rules.pick(present.items, search, under, now, after, limit + 1)
        following = rules.place(found[limit - 1], search) if found[limit:] else None
        offers = [rules.offer(item, _written(item.available_until)) for item in found[:limit]]
        return _encode(following) + b"\n" + _encode(offers)

    if is_kept(search, limit):
        key = f"{present.name}:{present.stage(now)}:{digest(search, after, limit)}"
        body = await cache.get("catalog:items", key, KEPT_SECONDS, render, is_state=True)
    else:
        body = await render()
    return _opened(body)


def is_kept(search: Search, limit: int) -> bool:
    """Whether a list is one of those that many ask for; what only one would ask must not fill the cache."""
    return search.q is None and search.price_min is None and search.price_max is None and limit in LIMITS_KEPT


async def tree(cache: Cache, present: Shelf) -> bytes:
    """Every category with how much is on it, as JSON."""
    now = clock.now()

    async def render() -> bytes:
        listed = [item.category for item in present.items if rules.is_listed(item, now)]
        shown = []
        for each in _in_order(present):
            under = present.under(each.code)
            count = sum(1 for category in listed if category in under)
            shown.append(ShownCategory(each.code, each.name, each.parent, each.position, count))
        return _encode(Tree(shown))

    key = f"{present.name}:{present.stage(now)}"
    return await cache.get("catalog:categories", key, KEPT_SECONDS, render, is_state=True)


async def shown(pool: Pool, present: Shelf, code_or_id: str, *, is_cosmetic: bool = False) -> Shown:
    """One item as players see it, also when it is over; raises ItemUnknown for what they may not know of."""
    now = clock.now()
    item_id = as_id(code_or_id)
    item = present.by_code.get(code_or_id) or (None if item_id is None else present.by_id.get(item_id))
    if item is None or not rules.is_public(item, now) or (is_cosmetic and item.cosmetic is None):
        raise ItemUnknown(item=code_or_id)
    remaining = None
    if item.stock_total is not None:
        async with reading(pool) as db:
            remaining = await store.remaining(db, item.item_id)
    shared = {name: getattr(item, name) for name in Shown.__struct_fields__ if hasattr(item, name)}
    is_for_sale = rules.refusal(item, now) is None and bool(item.prices or item.skus)
    return Shown(**shared, is_for_sale=is_for_sale, remaining=remaining)


async def warm(pool: Pool, cache: Cache) -> None:
    """Render at start what is asked for first, so that nobody waits for it."""
    async with reading(pool) as db:
        present = await shelf(db)
    await tree(cache, present)
    for search in (Search(), Search(is_cosmetic=True), Search(sort="newest")):
        for limit in (20, 50):
            await rendered(cache, present, search, None, limit)


def _in_order(present: Shelf) -> list[Category]:
    """Parents before children, each level in its order."""
    found: list[Category] = []
    waiting = [each for each in reversed(present.categories) if each.parent is None]
    while waiting:
        each = waiting.pop()
        found.append(each)
        waiting += [below for below in reversed(present.categories) if below.parent == each.code]
    return found


@lru_cache(10_000)
def digest(search: Search, after: rules.Place | None = None, limit: int = 0) -> str:
    """A name for what is asked, and for where in it."""
    return hashlib.sha256(_encode((search, after, limit))).hexdigest()[:24]


# A kept list is one object for as long as the process keeps it, and is looked up by its hash, which Python remembers.
@lru_cache(200)
def _opened(body: bytes) -> tuple[bytes, rules.Place | None]:
    place, _, items = body.partition(b"\n")
    return items, _place.decode(place)


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else clock.rfc3339(moment)
