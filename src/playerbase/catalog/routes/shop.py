"""What is for sale, for players and their clients."""

from typing import Annotated

import msgspec

from playerbase.catalog import rules
from playerbase.catalog.actions.shop import Present, digest, rendered, shown, tree
from playerbase.catalog.model import (
    CosmeticType,
    ItemType,
    Offer,
    Platform,
    PlatformMissing,
    Rarity,
    Search,
    Shown,
    SkuOffer,
    SkuUnknown,
    Sort,
    Tree,
)
from playerbase.kit import clock
from playerbase.kit.db import Pool
from playerbase.kit.errors import Fault
from playerbase.kit.http import PLAYER, Answer, Caller, Cursors, Listing, get, server, staff
from playerbase.kit.redis import Cache

READ = PLAYER | server("catalog:read") | staff("catalog.read")
LIMIT = 20

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]
Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$", examples=["demo"])]
Word = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]{0,63}$")]
AssetWord = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9:_-]{1,80}$", examples=["gems"])]
Amount = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
ItemName = Annotated[str, msgspec.Meta(min_length=1, max_length=64, description="The item's code or id.")]


@get("/store/items", policy=READ, limit="store")
async def list_items(
    caller: Caller,
    cursors: Cursors,
    cache: Cache,
    present: Present,
    game: Slug | None = None,
    category: Word | None = None,
    type_: ItemType | None = None,
    rarity: Rarity | None = None,
    asset: AssetWord | None = None,
    price_min: Amount | None = None,
    price_max: Amount | None = None,
    q: Text | None = None,
    sort: Sort = "popularity",
    limit: Limit = LIMIT,
    cursor: Cursor | None = None,
) -> Listing[Offer] | Answer:
    """What is for sale or announced: of a game (and of the whole platform), a category with all below it, a type.

    A price range, and sorting by price, are of one asset: name it. Items leave the list when their window ends.
    """
    if asset is None and (sort == "price" or price_min is not None or price_max is not None):
        raise Fault("asset", "missing", "Prices are compared in one asset: name it")
    search = Search(
        game=game, category=category, type=type_, rarity=rarity, asset=asset, price_min=price_min, price_max=price_max,
        q=q, sort=sort,
    )  # fmt: skip
    return await _page(caller, cursors, cache, present, search, limit, cursor)


@get("/store/items/{item}", policy=READ, limit="store")
async def read_item(pool: Pool, present: Present, item: ItemName) -> Shown:
    """One item by its code or id, and how many are left; also one whose time is over."""
    return await shown(pool, await present.look(), item)


@get("/store/categories", policy=READ, limit="store")
async def list_categories(cache: Cache, present: Present) -> Tree | Answer:
    """Every category, parents before what is below them, with how much stands on it and below."""
    return Answer(await tree(cache, await present.look()))


@get("/cosmetics/shop", policy=READ, limit="store")
async def list_cosmetics(
    caller: Caller,
    cursors: Cursors,
    cache: Cache,
    present: Present,
    game: Slug | None = None,
    type_: CosmeticType | None = None,
    rarity: Rarity | None = None,
    sort: Sort = "popularity",
    asset: AssetWord | None = None,
    limit: Limit = LIMIT,
    cursor: Cursor | None = None,
) -> Listing[Offer] | Answer:
    """What is for sale to be worn: skins, emotes, banners, nameplates, effects and trails."""
    if asset is None and sort == "price":
        raise Fault("asset", "missing", "Prices are compared in one asset: name it")
    search = Search(game=game, is_cosmetic=True, cosmetic=type_, rarity=rarity, asset=asset, sort=sort)
    return await _page(caller, cursors, cache, present, search, limit, cursor)


@get("/cosmetics/{type_or_id}", policy=READ, limit="store")
async def read_cosmetic(
    pool: Pool,
    caller: Caller,
    cursors: Cursors,
    cache: Cache,
    present: Present,
    type_or_id: ItemName,
    limit: Limit = LIMIT,
    cursor: Cursor | None = None,
) -> Listing[Offer] | Shown | Answer:
    """The cosmetics of one type that are for sale; or, for a code or an id, that cosmetic by itself."""
    if type_or_id not in {kind.value for kind in CosmeticType}:
        return await shown(pool, await present.look(), type_or_id, is_cosmetic=True)
    search = Search(is_cosmetic=True, cosmetic=CosmeticType(type_or_id))
    return await _page(caller, cursors, cache, present, search, limit, cursor)


@get("/commerce/skus", policy=READ, limit="store")
async def list_skus(
    caller: Caller, cursors: Cursors, present: Present, platform: Platform | None = None, limit: Limit = LIMIT,
    cursor: Cursor | None = None,
) -> Listing[SkuOffer]:  # fmt: skip
    """What platforms sell for money, by platform and its own name for it."""
    scope = f"skus {platform} {caller.subject}"
    after = cursors.read(cursor, tuple[str, str], scope=scope) if cursor else ("", "")
    offers = rules.sku_offers((await present.look()).items, platform, clock.now())
    found = [each for each in offers if (each.platform.value, each.sku) > after][: limit + 1]
    last = found[limit - 1] if found[limit:] else None
    more = None if last is None else cursors.make((last.platform.value, last.sku), scope=scope)
    return Listing(found[:limit], more)


@get("/commerce/skus/{sku}", policy=READ, limit="store")
async def read_sku(
    present: Present, sku: Annotated[str, msgspec.Meta(min_length=1, max_length=100)], platform: Platform | None = None
) -> SkuOffer:
    """What is sold under this name; where several platforms use it, say which is meant."""
    offers = rules.sku_offers((await present.look()).items, platform, clock.now())
    found = [each for each in offers if each.sku == sku]
    if not found:
        raise SkuUnknown(sku=sku)
    if found[1:]:
        raise PlatformMissing
    return found[0]


async def _page(
    caller: Caller, cursors: Cursors, cache: Cache, present: Present, search: Search, limit: int, cursor: str | None
) -> Answer:
    """A page whose items are the same bytes for everybody, and whose cursor is the caller's own."""
    scope = f"store {digest(search)} {caller.subject}"
    after = cursors.read(cursor, tuple[int | str, str], scope=scope) if cursor else None
    items, place = await rendered(cache, await present.look(), search, after, limit)
    more = b"null" if place is None else b'"%s"' % cursors.make(place, scope=scope).encode()
    return Answer(b'{"items":%s,"next_cursor":%s}' % (items, more))
