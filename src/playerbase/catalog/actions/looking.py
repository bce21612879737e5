"""What other modules ask of the catalog; answered from the memory of the process, and right the moment it is edited."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec

from playerbase.catalog import rules, store
from playerbase.catalog.actions.shelves import Shelf, shelf
from playerbase.catalog.model import Edition, Item, ItemUnknown, Search, Settings, Sku, SkuOffer, SkuUnknown
from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.kit.errors import Refusal


async def version(db: Db) -> UUID:
    """Which state of the catalog this is: a token for keys of caches."""
    return await store.version(db)


async def items_by_code(db: Db, codes: Iterable[str]) -> dict[str, Item]:
    """Those of these items that exist, and everything that is in the bundles among them."""
    present = await shelf(db)
    return present.with_parts(present.by_code[code] for code in codes if code in present.by_code)


async def items_by_id(db: Db, item_ids: Iterable[UUID]) -> dict[UUID, Item]:
    """Those of these items that exist."""
    present = await shelf(db)
    return {item_id: present.by_id[item_id] for item_id in item_ids if item_id in present.by_id}


async def item(db: Db, code_or_id: str | UUID) -> Item:
    """One item, whatever its status; raises ItemUnknown."""
    return _named(await shelf(db), code_or_id)


async def items_named(db: Db, names: Sequence[str]) -> tuple[list[Item], dict[str, Item]]:
    """The items of these codes or ids, in order, and by code everything that is in them; raises ItemUnknown.

    One look at the state of the catalog for all of them.
    """
    present = await shelf(db)
    found = [_named(present, name) for name in names]
    return found, present.with_parts(found)


def _named(present: Shelf, code_or_id: str | UUID) -> Item:
    found = present.by_id.get(code_or_id) if isinstance(code_or_id, UUID) else present.by_code.get(code_or_id)
    if found is None and isinstance(code_or_id, str) and (item_id := as_id(code_or_id)) is not None:
        found = present.by_id.get(item_id)
    if found is None:
        raise ItemUnknown(item=str(code_or_id))
    return found


async def sku(db: Db, platform: str, name: str) -> tuple[Item, Sku]:
    """What a platform sells under this name; raises SkuUnknown."""
    found = (await shelf(db)).by_sku.get((platform, name))
    if found is None:
        raise SkuUnknown(platform=platform, sku=name)
    return found


async def sku_offers(db: Db) -> list[SkuOffer]:
    """What platforms sell at the moment, by platform and name."""
    return rules.sku_offers((await shelf(db)).items, None, clock.now())


async def edition(db: Db, item_id: UUID, version: int) -> Edition:
    """What an item was at a version of it; raises ItemUnknown."""
    found = await store.edition(db, item_id, version)
    if found is None:
        raise ItemUnknown(item=str(item_id), version=version)
    return found


def available(item: Item, now: datetime, *, asset: str | None = None) -> Refusal | None:
    """Why one cannot be bought now (for this asset), or None; ``take_stock`` says whether as many are left."""
    return rules.refusal(item, now, asset)


def as_id(text: str) -> UUID | None:
    """The text as an id, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


async def all_items(db: Db, status: str | None, q: str | None, after: str, count: int) -> list[Item]:
    """Items by their code, after one, of one status or any: those that say so in name, code or description."""
    found = (item for item in (await shelf(db)).items if item.code > after and status in {None, item.status.value})
    words = Search(q=q)
    return list(islice((item for item in found if rules.matches(item, words, None)), count))


async def editions(
    db: Db, item_id: UUID, before: int | None, count: int
) -> list[tuple[Edition, list[str], dict[str, Any]]]:
    """What an item was, newest first: each with the fields it changed, and with its content."""
    found = await store.editions(db, item_id, before or store.VERSION_MAX, count + 1)
    read = [msgspec.json.decode(each.content, type=dict[str, Any]) for each in found]
    told = []
    for at, each in enumerate(found[:count]):
        older = read[at + 1] if at + 1 < len(read) else {}
        told.append((each, [name for name, value in read[at].items() if older.get(name) != value], read[at]))
    return told


async def settings(db: Db) -> Settings:
    """The bounds of the catalog."""
    return await store.settings(db)


async def is_empty(db: Db) -> bool:
    """Whether nobody has put anything into the catalog yet."""
    present = await shelf(db)
    return not present.items and not present.categories
