"""What an order is decided over: stocks under lock, what players have, and what the rules look at."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from playerbase import catalog, inventory
from playerbase.kit.db import Db, Tx
from playerbase.orders import store
from playerbase.orders.actions.wishes import Wish
from playerbase.orders.model import Met, Rule, RuleRow, Settings
from playerbase.orders.rules import Desk, Signs, window


async def bounds(db: Db) -> tuple[list[RuleRow], Settings]:
    """The rules and the bounds of an order, as they are now."""
    rows = await store.bounds(db)
    found = [RuleRow(row.code, row.is_on, row.count, row.seconds, row.action, row.reason) for row in rows]
    return found, Settings(rows[0].lines_max, rows[0].quantity_max, rows[0].review_hours)


async def settings(db: Db) -> Settings:
    """The bounds of an order, as they are now."""
    return (await bounds(db))[1]


async def desk(tx: Tx, wishes: Sequence[Wish], now: datetime) -> Desk:
    """Everything that these wishes are decided over; hold the players first."""
    found, settings = await bounds(tx)
    limited = {
        (wish.player_id, item.item_id)
        for wish in wishes for item in wish.known.values() if item.max_per_player is not None
    }  # fmt: skip
    stocked = {item.item_id for wish in wishes for item in wish.known.values() if item.stock_total is not None}
    stocks = await catalog.lock_stock(tx, stocked) if stocked else {}
    signs = await _signs(tx, wishes, found, limited, now)
    if limited:
        wanted: dict[UUID, set[UUID]] = {}
        for player_id, item_id in limited:
            wanted.setdefault(player_id, set()).add(item_id)
        for player_id, counts in (await inventory.owned(tx, wanted)).items():
            for item_id, count in counts.items():
                signs.owned[player_id, item_id] = signs.owned.get((player_id, item_id), 0) + count
    return Desk(settings, found, {item_id: stock.remaining for item_id, stock in stocks.items()}, signs)


async def _signs(
    tx: Tx, wishes: Sequence[Wish], found: Sequence[RuleRow], limited: set[tuple[UUID, UUID]], now: datetime
) -> Signs:
    pairs = [(wish.player_id, basket.item.item_id) for wish in wishes for basket in wish.baskets]
    bundles = {item.item_id for wish in wishes for item in wish.known.values() if item.type is catalog.ItemType.BUNDLE}
    ordered = sorted(limited)
    rows = await store.signs(
        tx, [player for player, _ in pairs], [item for _, item in pairs], *window(found, Rule.VELOCITY, now),
        sorted({wish.address for wish in wishes if wish.address is not None}), *window(found, Rule.ADDRESS, now),
        [player for player, _ in ordered], [item for _, item in ordered], sorted(bundles), now,
    )  # fmt: skip
    signs = Signs({}, {}, {}, {row.player_id: row.count for row in rows if row.sign == "suspect" and row.player_id})
    for row in rows:
        if row.sign == "address":
            assert row.address is not None
            signs.addresses[row.address] = row.count
        elif row.sign != "suspect":
            assert row.player_id is not None
            assert row.item_id is not None
            counts = signs.recent if row.sign == "recent" else signs.owned
            whose = (row.player_id, row.item_id)
            counts[whose] = counts.get(whose, 0) + row.count
    return signs


class Counted(msgspec.Struct, frozen=True):
    """How many orders wait for a person, and since when."""

    count: int
    oldest_at: datetime


async def waiting(db: Db) -> Counted | None:
    """How many orders wait; None if none does."""
    found = await store.tally(db)
    return None if found is None else Counted(found.count, found.oldest_at)


async def signs(db: Db, order_ids: Sequence[UUID]) -> dict[UUID, list[Met]]:
    """What the rules saw of orders that they had wait."""
    found: dict[UUID, list[Met]] = {order_id: [] for order_id in order_ids}
    for row in await store.signs_of(db, list(order_ids)):
        found[row.order_id].append(Met(row.rule, row.count, row.bound, row.seconds))
    return found
