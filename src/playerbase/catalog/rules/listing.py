"""What a list holds, and in which order."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from playerbase.catalog.model import Item, Offer, Search, SkuOffer
from playerbase.catalog.rules.availability import is_listed

Place = tuple[int | str, str]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def matches(item: Item, search: Search, under: frozenset[str] | None) -> bool:
    """Whether an item is among what is asked for; ``under`` is the category asked for with all below it."""
    if search.game is not None and item.game not in {None, search.game}:
        return False
    if under is not None and item.category not in under:
        return False
    if (search.type not in {None, item.type}) or (search.rarity not in {None, item.rarity}):
        return False
    if search.cosmetic not in {None, item.cosmetic} or (search.is_cosmetic and item.cosmetic is None):
        return False
    return _is_priced(item, search) and (search.q is None or _says(item, search.q.casefold()))


def place(item: Item, search: Search) -> Place:
    """Where an item stands in the order asked for: what comes first is least."""
    match search.sort:
        case "popularity":
            return -item.popularity, item.code
        case "newest":
            return -((item.created_at - EPOCH) // timedelta(microseconds=1)), item.code
        case "price":
            return item.price_in(search.asset or "") or 0, item.code
        case "name":
            return item.name.casefold(), item.code


def pick(
    items: Iterable[Item], search: Search, under: frozenset[str] | None, now: datetime, after: Place | None, count: int
) -> list[Item]:
    """So many of what is listed and asked for, in order, after a place."""
    found = [(place(item, search), item) for item in items if is_listed(item, now) and matches(item, search, under)]
    following = sorted((pair for pair in found if after is None or pair[0] > after), key=lambda pair: pair[0])
    return [item for _, item in following[:count]]


def offer(item: Item, until: str | None) -> Offer:
    """An item as it stands in a list; ``until`` is its end as it is written."""
    return Offer(
        item.item_id, item.code, item.name, item.type, item.category, item.game, item.cosmetic, item.rarity,
        item.status, item.prices, preview(item), item.is_limited, until, item.is_sold_out, item.owned_by_count,
    )  # fmt: skip


def sku_offers(items: Iterable[Item], platform: str | None, now: datetime) -> list[SkuOffer]:
    """What platforms sell at the moment, by platform and name."""
    found = [
        SkuOffer(
            sku.sku, sku.platform, sku.amount, sku.currency, item.item_id, item.code, item.name, item.type,
            preview(item),
        )
        for item in items
        if item.skus and is_listed(item, now)
        for sku in item.skus
        if platform in {None, sku.platform.value}
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.platform.value, each.sku))


def preview(item: Item) -> str | None:
    """The picture of an item for a list."""
    return next((media.url for media in item.media if media.kind == "image"), None)


def _is_priced(item: Item, search: Search) -> bool:
    if search.asset is None:
        return True
    amount = item.price_in(search.asset)
    if amount is None:
        return False
    return (search.price_min or 0) <= amount <= (amount if search.price_max is None else search.price_max)


def _says(item: Item, words: str) -> bool:
    return any(words in text.casefold() for text in (item.name, item.code, item.description))
