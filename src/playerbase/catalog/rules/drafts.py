"""From an item to the draft it was made of, and how two drafts differ."""

from typing import Any

import msgspec

from playerbase.catalog.model import Item, ItemDraft, NewItem, StockDraft


def draft_of(item: Item) -> NewItem:
    """What an editor would have sent to make the item as it is."""
    shared = {name: getattr(item, name) for name in NewItem.__struct_fields__ if name != "stock"}
    stock = None
    if item.stock_total is not None:
        stock = StockDraft(item.stock_total, item.stock_opens_at, item.stock_closes_at)
    return content(NewItem(**shared, stock=stock), item.code)


def content(draft: ItemDraft, code: str) -> NewItem:
    """The draft with its code, in the order in which it is read again: prices by asset, platforms by name."""
    given: dict[str, Any] = {name: getattr(draft, name) for name in ItemDraft.__struct_fields__}
    given["prices"] = sorted(draft.prices, key=lambda price: price.asset)
    given["skus"] = sorted(draft.skus, key=lambda sku: sku.platform)
    return NewItem(**given, code=code)


def changes(before: msgspec.Struct | None, after: msgspec.Struct) -> list[str]:
    """The names of the fields in which two drafts differ."""
    if before is None:
        return list(after.__struct_fields__)
    return [name for name in after.__struct_fields__ if getattr(before, name) != getattr(after, name)]
