"""How items are written: all of an edit in a dozen statements."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.catalog import store
from playerbase.catalog.actions.assets import make_item_asset
from playerbase.catalog.actions.shelves import Shelf
from playerbase.catalog.model import NewItem
from playerbase.kit import ids
from playerbase.kit.db import Tx

_encode = msgspec.json.encode


async def write_items(tx: Tx, present: Shelf, drafts: Sequence[NewItem], by: str, now: datetime) -> None:
    """Make or change these items with all that belongs to them, and keep what each is from now on."""
    if not drafts:
        return
    known = present.by_code
    item_ids = {draft.code: known[draft.code].item_id if draft.code in known else ids.uuid7() for draft in drafts}
    versions = {draft.code: known[draft.code].version + 1 if draft.code in known else 1 for draft in drafts}
    await store.save_items(tx, [_row(draft, item_ids[draft.code], versions[draft.code]) for draft in drafts], now)
    touched = list(item_ids.values())
    await store.drop_prices(tx, touched)
    await store.drop_skus(tx, touched)
    await store.drop_parts(tx, touched)
    await store.drop_stocks(tx, [item_ids[draft.code] for draft in drafts if draft.stock is None])
    await store.add_prices(
        tx, [store.PriceRow(item_ids[each.code], price.asset, price.amount) for each in drafts for price in each.prices]
    )
    await store.add_skus(
        tx,
        [
            store.SkuRow(item_ids[each.code], sku.platform, sku.sku, sku.amount, sku.currency)
            for each in drafts
            for sku in each.skus
        ],
    )
    inside = {code: item.item_id for code, item in known.items()} | item_ids
    await store.add_parts(
        tx,
        [
            store.PartRow(item_ids[each.code], at, inside[part.item] if part.item else None, part.asset, part.quantity)
            for each in drafts
            for at, part in enumerate(each.parts)
        ],
    )
    await store.save_stocks(
        tx,
        [
            store.StockRow(item_ids[each.code], each.stock.total, each.stock.opens_at, each.stock.closes_at)
            for each in drafts
            if each.stock is not None
        ],
    )
    await store.add_editions(
        tx,
        [store.EditionRow(item_ids[each.code], versions[each.code], _encode(each).decode()) for each in drafts],
        by,
        now,
    )
    for draft in drafts:
        if draft.is_stackable and draft.code not in known:
            await make_item_asset(tx, draft.code, draft.name)


def _row(draft: NewItem, item_id: UUID, version: int) -> store.SavedItem:
    return store.SavedItem(
        item_id=item_id, code=draft.code, version=version, name=draft.name, description=draft.description,
        category=draft.category, game=draft.game, type=draft.type, delivery=draft.delivery,
        is_stackable=draft.is_stackable, max_per_player=draft.max_per_player, status=draft.status,
        is_limited=draft.is_limited, available_from=draft.available_from, available_until=draft.available_until,
        cosmetic=draft.cosmetic, rarity=draft.rarity, slot=draft.slot, media=_encode(draft.media).decode(),
        metadata=_encode(draft.metadata).decode(),
    )  # fmt: skip
