"""What is for sale at a moment, and what may be seen."""

from datetime import datetime

from playerbase.catalog.model import Item, ItemNotForSale, SoldOut, Status


def refusal(item: Item, now: datetime, asset: str | None = None) -> ItemNotForSale | SoldOut | None:
    """Why this cannot be bought at this moment (for this asset), or None; how many are left is the stock's to say."""
    if item.status is not Status.ACTIVE or not _is_within(item.available_from, item.available_until, now):
        return ItemNotForSale(item=item.code)
    if not _is_within(item.stock_opens_at, item.stock_closes_at, now):
        return ItemNotForSale(item=item.code)
    if asset is not None and item.price_in(asset) is None:
        return ItemNotForSale(f"This item is not sold for {asset}.", item=item.code, asset=asset)
    return SoldOut(item=item.code, remaining=0) if item.is_sold_out else None


def is_public(item: Item, now: datetime) -> bool:
    """Whether players may know of it: not before its time unless it is announced, and never when it is inactive."""
    if item.status is Status.INACTIVE:
        return False
    return item.status is Status.COMING_SOON or item.available_from is None or item.available_from <= now


def is_listed(item: Item, now: datetime) -> bool:
    """Whether it stands in the shop: known, not over, and to be had for something or announced."""
    if not is_public(item, now) or (item.available_until is not None and item.available_until <= now):
        return False
    return bool(item.prices or item.skus) or item.status is Status.COMING_SOON


def moments(item: Item) -> list[datetime]:
    """When, by itself, something about its availability changes."""
    ends = (item.available_from, item.available_until, item.stock_opens_at, item.stock_closes_at)
    return [moment for moment in ends if moment is not None]


def _is_within(begins: datetime | None, ends: datetime | None, now: datetime) -> bool:
    return (begins is None or begins <= now) and (ends is None or now < ends)
