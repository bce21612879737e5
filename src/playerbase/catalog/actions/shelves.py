"""The whole catalog in the memory of the process, under the token of its state: true for good, wherever it was read."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from playerbase.catalog import rules, store
from playerbase.catalog.model import Category, Item
from playerbase.kit import metrics
from playerbase.kit.db import Db
from playerbase.kit.errors import Unavailable

SHELVES_MAX = 4  # The present state, and those that transactions under way still see.
TRIES_MAX = 20


class CatalogInMotion(Unavailable):
    """The catalog is being changed faster than it can be read; try again shortly."""


class Shelf:
    """One state of the catalog."""

    def __init__(self, version: UUID, items: Sequence[Item], categories: Sequence[Category]) -> None:
        self.version, self.items, self.categories = version, items, categories
        self.name = str(version)
        self.by_code = {item.code: item for item in items}
        self.by_id = {item.item_id: item for item in items}
        self.by_sku = {(sku.platform.value, sku.sku): (item, sku) for item in items for sku in item.skus}
        self.moments = sorted({moment for item in items for moment in rules.moments(item)})
        self._children: dict[str, list[str]] = {}
        for each in categories:
            if each.parent is not None:
                self._children.setdefault(each.parent, []).append(each.code)

    def stage(self, now: datetime) -> int:
        """How many windows have opened or closed by now: between two of them no list changes by itself."""
        return bisect_right(self.moments, now)

    def under(self, category: str) -> frozenset[str]:
        """A category and everything below it."""
        return frozenset(rules.reached(category, lambda at: self._children.get(at, ())))

    def with_parts(self, items: Iterable[Item]) -> dict[str, Item]:
        """These and all that is in them, by code."""
        found: dict[str, Item] = {}
        waiting = list(items)
        while waiting:
            item = waiting.pop()
            if item.code not in found:
                found[item.code] = item
                waiting += [self.by_code[part.item] for part in item.parts if part.item is not None]
        return found


_read = metrics.Counter("catalog_read", "How often this process read the whole catalog, because it had changed.")
_kept: OrderedDict[UUID, Shelf] = OrderedDict()


async def shelf(db: Db) -> Shelf:
    """The catalog as this connection sees it now: one cheap query, unless it was edited. Raises CatalogInMotion."""
    for _ in range(TRIES_MAX):
        version = await store.version(db)
        if (kept := _kept.get(version)) is not None:
            return kept
        read = Shelf(version, [store.opened(row) for row in await store.items(db)], await store.categories(db))
        # A state has one token: if it is still the same, nothing changed between the statements.
        if await store.version(db) == version:
            _read.inc()
            _kept[version] = read
            if len(_kept) > SHELVES_MAX:
                _kept.popitem(last=False)
            return read
    raise CatalogInMotion(retry_after=1)
