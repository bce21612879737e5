"""What of the catalog needs a human: stocks that are nearly gone, and limited items that are about to end."""

from datetime import datetime, timedelta

from playerbase.catalog import actions, store
from playerbase.catalog.model import Item, Status, Stock
from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.kit.http import Need

NAMED_MAX = 3


async def needs(db: Db) -> list[Need]:
    """At most one of each kind, the first to run out before all others."""
    settings, now = await actions.settings(db), clock.now()
    items = {item.item_id: item for item in (await actions.shelf(db)).items if item.status is Status.ACTIVE}
    low = [
        (items[stock.item_id], stock)
        for stock in await store.stocks(db)
        if stock.item_id in items and 0 < stock.remaining <= settings.stock_low and stock.sold
    ]
    ending = [
        (item.available_until, item)
        for item in items.values()
        if item.available_until and now < item.available_until <= now + timedelta(days=settings.ending_days)
    ]
    return [*_low(sorted(low, key=lambda pair: pair[1].remaining)), *_ending(sorted(ending, key=lambda at: at[0]), now)]


def _low(low: list[tuple[Item, Stock]]) -> list[Need]:
    if not low:
        return []
    (item, stock), *more = low
    title = f"{len(low)} items are nearly sold out" if more else f"{item.name} is nearly sold out"
    left = ", ".join(f"{each.name}: {held.remaining} of {held.total}" for each, held in low[:NAMED_MAX])
    why = f"Left: {left}. Raise the total, or let them go."
    return [
        Need(
            45,
            "tag",
            title,
            why,
            "soon",
            f"{stock.remaining} left",
            "Restock",
            _way(item, "low" if more else ""),
            len(low),
        )
    ]


def _ending(ending: list[tuple[datetime, Item]], now: datetime) -> list[Need]:
    if not ending:
        return []
    (until, item), *more = ending
    title = f"{len(ending)} limited items end soon" if more else f"{item.name} leaves the shop soon"
    left = until - now
    clock_ = f"{left.days} d left" if left.days else f"{left.seconds // 3600} h left"
    why = f"{item.name} can be bought until {until:%d %B, %H:%M} UTC. Prolong it, or have its successor ready."
    return [Need(50, "clock", title, why, "soon", clock_, "Look", _way(item, "ending" if more else ""), len(ending))]


def _way(item: Item, only: str) -> str:
    return f"/console/catalog?only={only}" if only else f"/console/catalog/items/{item.code}"
