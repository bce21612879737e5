"""How sought after things are, worked out ahead of who asks."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, timedelta
from uuid import UUID

from playerbase.catalog import rules, store
from playerbase.catalog.actions.shelves import shelf
from playerbase.catalog.actions.telling import turn
from playerbase.kit import clock
from playerbase.kit.db import Tx


async def note_sales(tx: Tx, sold: Mapping[UUID, int]) -> None:
    """Say how many of which items were sold, or (below zero) taken back; one insert, and nobody waits for it."""
    told = {item_id: count for item_id, count in sold.items() if count}
    if told:
        await store.tell_sales(tx, list(told), list(told.values()), clock.now())


async def work_out_popularity(tx: Tx) -> int:
    """Fold what was told into days and give every item its points; answers how many changed."""
    today = clock.now().astimezone(UTC).date()
    await store.lock_settings(tx)  # An edit of many items at the same time would want their rows in another order.
    await store.fold_sales(tx)
    await store.forget_sales(tx, today - timedelta(days=rules.DAYS))
    sales: dict[UUID, list[tuple[int, int]]] = defaultdict(list)
    for each in await store.sales_since(tx, today - timedelta(days=rules.DAYS)):
        sales[each.item_id].append(((today - each.day).days, each.quantity))
    items = [item.item_id for item in (await shelf(tx)).items]
    changed = await store.set_popularity(tx, items, [rules.popularity(sales.get(item_id, ())) for item_id in items])
    if changed:
        await turn(tx)
    return changed


async def set_owned_counts(tx: Tx, owned: Mapping[UUID, int]) -> int:
    """Say how many players have each of these items; answers how many figures changed."""
    await store.lock_settings(tx)
    changed = await store.set_owned(tx, list(owned), list(owned.values()))
    if changed:
        await turn(tx)
    return changed
