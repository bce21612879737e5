"""The shop in the portal: what is for sale, one item of it, and buying it with what is in the wallet."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, get_args
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import catalog, games, inventory, ledger
from playerbase.kit import clock, ids
from playerbase.kit.db import Pool, reading
from playerbase.kit.errors import Refusal
from playerbase.kit.http import (
    PLAYER,
    Answer,
    Caller,
    Cursors,
    Rendering,
    Request,
    allow_pictures,
    get,
    post,
    redirect,
)
from playerbase.ledger import Postings, Wallets
from playerbase.orders import actions
from playerbase.orders.actions import ItemWanted, Purchase, Purchases
from playerbase.orders.pages.mine import ORDERS
from playerbase.orders.pages.wording import Trouble, trouble

HERE = "/portal/shop"
ROWS = 24
SORTS = {"popularity": "Most bought", "newest": "Newest", "name": "By name", "price": "Cheapest"}
TYPES = {"durable": "To keep", "consumable": "To use up", "bundle": "Bundles"}
USUAL = "gems"
PRICE_MAX = 2**53

Text = Annotated[str, msgspec.Meta(max_length=100)]
ItemName = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Holdings = dict[str, ledger.Holding]


class Asked(msgspec.Struct, frozen=True):
    """What the form sends; ``once`` was made with the page, so sending it twice buys once."""

    once: Annotated[str, msgspec.Meta(pattern="^[0-9a-f-]{36}$")]
    quantity: Annotated[str, msgspec.Meta(max_length=20)] = "1"
    currency: Text = ""


@get(HERE, policy=PLAYER, limit="console", page=True)
async def browse(
    pool: Pool, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, wallets: Wallets,
    postings: Postings, present: catalog.Present, q: Text = "", game: Text = "", category: Text = "",
    type_: Text = "", rarity: Text = "", currency: Text = "", price_min: Text = "", price_max: Text = "",
    sort: Text = "", cursor: str = "",
) -> Answer:  # fmt: skip
    """What is for sale or announced: those that are looked for, in the order that is wanted."""
    assert caller.player_id is not None
    asked = {
        "q": q.strip(), "game": game, "category": category, "type": type_, "rarity": rarity, "currency": currency,
        "price_min": price_min.strip(), "price_max": price_max.strip(), "sort": sort if sort in SORTS else "",
    }  # fmt: skip
    scope = f"portal shop {sorted(asked.items())} {caller.subject}"
    after = cursors.read(cursor, tuple[int | str, str], scope=scope) if cursor else None
    shelf, holdings = await present.look(), await _holdings(wallets, postings, caller.player_id)
    async with reading(pool) as db:
        assets = await ledger.assets(db)
        search = _search(asked, assets)
        items, place = catalog.browse(shelf, search, after, ROWS)
        following = _address(asked | {"cursor": cursors.make(place, scope=scope)}) if place else ""
        answer = rendering.page(
            request, "orders/shop.html", items=items, asked=asked, assets=assets, holdings=holdings,
            owned=await inventory.has(db, caller.player_id, {item.item_id for item in items}),
            games=await games.games(db), categories=shelf.categories, rarities=list(catalog.Rarity), types=TYPES,
            sorts=SORTS, currencies=_currencies(assets), following=following, first=_address(asked) if cursor else "",
            picture=picture, linked=lambda **change: _address(asked | change), is_any=bool(shelf.items),
        )  # fmt: skip
    return allow_pictures(answer, [picture(item) for item in items])


@get(f"{HERE}/{{item}}", policy=PLAYER, limit="console", page=True)
async def read_item(
    pool: Pool, request: Request, caller: Caller, rendering: Rendering, wallets: Wallets, postings: Postings,
    present: catalog.Present, item: ItemName,
) -> Answer:  # fmt: skip
    """One item, what is in it, and the form that buys it."""
    assert caller.player_id is not None
    holdings = await _holdings(wallets, postings, caller.player_id)
    return await _shown(pool, request, caller, rendering, present, holdings, item, Asked(str(ids.uuid7())), None)


@post(f"{HERE}/{{item}}/buy", policy=PLAYER, limit="purchase", page=True)
async def buy(
    pool: Pool, request: Request, caller: Caller, rendering: Rendering, wallets: Wallets, postings: Postings,
    present: catalog.Present, purchases: Purchases, item: ItemName, form: Asked,
) -> Answer:  # fmt: skip
    """Buy it, once for each form; what is refused is said beside the form, which is a new one then."""
    assert caller.player_id is not None
    refused: Trouble | None
    quantity = _whole(form.quantity)
    if quantity is None:
        refused = Trouble(422, "invalid", "How many is a whole number, from 1 on.")
    else:
        wanted = Purchase([ItemWanted(item, quantity)], form.once, form.currency or None)
        try:
            wish = await actions.wish(pool, caller, request, wanted, form.once)
            bought = await purchases.put(wish)
        except Refusal as refusal:
            if isinstance(refusal, catalog.ItemUnknown):
                raise
            refused = trouble(refusal)
        else:
            if not bought.answer.is_refusal:
                told = "again" if bought.answer.replayed else "waits" if bought.answer.status == 202 else "bought"  # noqa: PLR2004 - accepted, and not done yet
                return redirect(f"{ORDERS}/{bought.order_id}?told={told}")
            refused = trouble(bought.answer)
    holdings = await _holdings(wallets, postings, caller.player_id)
    form = msgspec.structs.replace(form, once=str(ids.uuid7()))
    return await _shown(pool, request, caller, rendering, present, holdings, item, form, refused)


def picture(item: catalog.Item) -> str | None:
    """The picture of an item, if it has one."""
    return next((media.url for media in item.media if media.kind == "image"), None)


async def _shown(
    pool: Pool, request: Request, caller: Caller, rendering: Rendering, present: catalog.Present, holdings: Holdings,
    name: str, form: Asked, refused: Trouble | None,
) -> Answer:  # fmt: skip
    assert caller.player_id is not None
    shelf = await present.look()
    offer = await catalog.shown(pool, shelf, name)
    item = shelf.by_id[offer.item_id]
    inside = catalog.expand(item, 1, shelf.with_parts([item]))
    async with reading(pool) as db:
        assets = await ledger.assets(db)
        has = (await inventory.has(db, caller.player_id, {item.item_id})).get(item.item_id, 0)
    prices = [(assets[price.asset], price.amount, _free(holdings, price.asset)) for price in item.prices]
    chosen = form.currency or next((asset.code for asset, _, _ in prices if asset.code == USUAL), "")
    answer = rendering.page(
        request, "orders/ware.html", status=refused.status if refused else 200, item=item, offer=offer,
        inside=inside, assets=assets, prices=prices, has=has, form=form, refused=refused, chosen=chosen,
        picture=picture(item), most=_most(item, offer.remaining, has),
        can_pay=any(free >= amount for _, amount, free in prices), now_at=clock.now(),
    )  # fmt: skip
    return allow_pictures(answer, [picture(item)])


async def _holdings(wallets: Wallets, postings: Postings, player_id: UUID) -> Holdings:
    return {each.asset: each for each in (await ledger.wallet_of(wallets, postings.known, player_id)).items}


def _free(holdings: Holdings, asset: str) -> int:
    return holdings[asset].available if asset in holdings else 0


def _most(item: catalog.Item, remaining: int | None, has: int) -> int:
    """As many as the form lets somebody ask for; what is decided is decided under locks, and elsewhere."""
    bounds = [1_000, remaining, None if item.max_per_player is None else item.max_per_player - has]
    return max(1, min(bound for bound in bounds if bound is not None))


def _currencies(assets: dict[str, ledger.Asset]) -> list[ledger.Asset]:
    return [each for each in assets.values() if each.asset_class is not ledger.AssetClass.ITEM]


def _search(asked: dict[str, str], assets: dict[str, ledger.Asset]) -> catalog.Search:
    """What is looked for; words that mean nothing here are taken for nothing."""
    is_priced = asked["sort"] == "price" or asked["price_min"] or asked["price_max"]
    asset = assets.get(asked["currency"]) or (assets.get(USUAL) if is_priced else None)
    words: dict[str, Any] = {
        "game": asked["game"], "category": asked["category"], "q": asked["q"], "sort": asked["sort"],
        "type": asked["type"] if asked["type"] in TYPES else "",
        "rarity": asked["rarity"] if asked["rarity"] in set(catalog.Rarity) else "",
    }  # fmt: skip
    if asset is not None:
        words |= {
            "asset": asset.code, "price_min": _units(asked["price_min"], asset),
            "price_max": _units(asked["price_max"], asset),
        }  # fmt: skip
    assert set(SORTS) == set(get_args(catalog.Sort))
    return msgspec.convert({name: value for name, value in words.items() if value not in {"", None}}, catalog.Search)


def _units(text: str, asset: ledger.Asset) -> int | None:
    """An amount as it is typed, in the asset's smallest unit."""
    try:
        amount = Decimal(text.replace(",", ".").replace("\u202f", "")) * 10**asset.exponent
    except InvalidOperation:
        return None
    return int(amount) if amount.is_finite() and 0 <= amount <= PRICE_MAX else None


def _whole(text: str) -> int | None:
    plain = text.strip()
    is_number = plain.isascii() and plain.isdecimal() and len(plain) <= len("1000000")
    return int(plain) if is_number and 1 <= int(plain) <= 1_000_000 else None  # noqa: PLR2004 - as many as the API takes


def _address(asked: dict[str, str]) -> str:
    kept = {name: value for name, value in asked.items() if value}
    return f"{HERE}?{urlencode(kept)}" if kept else HERE
