"""What somebody wants to buy, as the catalog has it, and what of that the rules decide over."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from playerbase import catalog
from playerbase.kit.db import Tx
from playerbase.kit.errors import Refusal
from playerbase.ledger import AMOUNT_MAX, LEGS_MAX
from playerbase.orders.model import (
    CurrencyAmbiguous,
    Met,
    QuantityTooLarge,
    TooManyLines,
    Wanted,
    WantedItem,
)

UNITS_MAX = 2**31 - 1  # Of one thing in one line.


class Basket(msgspec.Struct, frozen=True):
    """One line of a wish: an item as the catalog has it, and how many."""

    item: catalog.Item
    quantity: int


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to buy, under a name of their own: the same name is the same wish for good."""

    player_id: UUID
    transaction_id: str
    currency: str | None  # None where nobody can tell: that is only said to who did not buy it before.
    baskets: tuple[Basket, ...]
    known: dict[str, catalog.Item]  # These items and everything in them, by code.
    fingerprint: bytes
    buyer: str
    address: str | None = None
    request_id: str = ""


class Plan(msgspec.Struct):
    """A wish that may be, if it can be paid."""

    wish: Wish
    currency: str
    total: int
    contents: list[catalog.Contents]  # Of one unit of each line.
    wanted: Wanted
    signs: list[Met] = []

    @property
    def waits(self) -> bool:
        """Whether somebody is to look at it first."""
        return bool(self.signs)

    @property
    def flags(self) -> list[str]:
        """The rules that have it wait."""
        return [each.rule for each in self.signs]


async def renewed(tx: Tx, wishes: Mapping[int, Wish]) -> dict[int, Wish]:
    """These wishes with their items as this transaction sees them: what was edited since they came is what is sold."""
    present = await catalog.items_by_code(tx, {each.item.code for wish in wishes.values() for each in wish.baskets})
    return {at: wish if _is_present(wish, present) else _renewed(wish, present) for at, wish in wishes.items()}


def _is_present(wish: Wish, present: Mapping[str, catalog.Item]) -> bool:
    return all(present[each.item.code] is each.item for each in wish.baskets) and all(
        present.get(code) is item for code, item in wish.known.items()
    )


def _renewed(wish: Wish, present: dict[str, catalog.Item]) -> Wish:
    baskets = tuple(Basket(present[each.item.code], each.quantity) for each in wish.baskets)
    return msgspec.structs.replace(wish, known=present, baskets=baskets)


def plan(wish: Wish, now: datetime) -> Plan | Refusal:
    """What a wish comes to, or why nobody can have it at this moment for this currency."""
    if wish.currency is None:
        return CurrencyAmbiguous()
    total = 0
    for basket in wish.baskets:
        unavailable = catalog.available(basket.item, now, asset=wish.currency)
        if unavailable is not None:
            return unavailable
        price = basket.item.price_in(wish.currency)
        assert price is not None, "what is available for an asset has a price in it"
        total += price * basket.quantity
    if total > AMOUNT_MAX:
        return QuantityTooLarge("This comes to more than can be counted.", total_max=AMOUNT_MAX)
    contents = [catalog.expand(basket.item, 1, wish.known) for basket in wish.baskets]
    refusal = _excess(wish, contents)
    if refusal is not None:
        return refusal
    lines = [(basket.item.item_id, basket.item.code, basket.quantity) for basket in wish.baskets]
    wanted = Wanted(wish.player_id, wish.address, lines, _gets(wish, contents), _draws(wish))
    return Plan(wish, wish.currency, total, contents, wanted)


def _excess(wish: Wish, contents: list[catalog.Contents]) -> Refusal | None:
    """Why this cannot be one order, whatever there is of it."""
    for basket, inside in zip(wish.baskets, contents, strict=True):
        if any(asset == wish.currency for asset, _ in inside.assets):
            return catalog.ItemNotForSale("This holds what it would be paid with.", item=basket.item.code)
        if any(count * basket.quantity > UNITS_MAX for _, count in inside.items):
            return QuantityTooLarge(
                "This comes to more of one thing than can be had.", item=basket.item.code, units_max=UNITS_MAX
            )
    counted = {item.item_id for inside in contents for item, _ in inside.items if item.is_stackable}
    assets = {asset for inside in contents for asset, _ in inside.assets}
    if 2 * (len(counted) + len(assets) + 1) > LEGS_MAX:
        return TooManyLines("An order holds fewer different things that are counted.", things_max=LEGS_MAX // 2 - 1)
    return None


def _gets(wish: Wish, contents: list[catalog.Contents]) -> list[WantedItem]:
    """How many more the player would have of each item, bundles themselves included."""
    got: dict[UUID, WantedItem] = {}
    for basket, inside in zip(wish.baskets, contents, strict=True):
        units = [(item, count * basket.quantity) for item, count in inside.items]
        if basket.item.type is catalog.ItemType.BUNDLE:
            units.append((basket.item, basket.quantity))
        for item, count in units:
            before = got[item.item_id].quantity if item.item_id in got else 0
            got[item.item_id] = WantedItem(item.item_id, item.code, before + count, item.max_per_player)
    return list(got.values())


def _draws(wish: Wish) -> list[WantedItem]:
    """How many of which stocks it takes."""
    taken: dict[UUID, int] = {}
    for basket in wish.baskets:
        for item_id, count in catalog.draws(basket.item, basket.quantity, wish.known).items():
            taken[item_id] = taken.get(item_id, 0) + count
    codes = {item.item_id: item.code for item in wish.known.values()} if taken else {}
    return [WantedItem(item_id, codes[item_id], count, None) for item_id, count in taken.items()]
