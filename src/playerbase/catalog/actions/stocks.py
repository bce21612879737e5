"""How many are left: the part of the catalog that purchases change, under locks taken in one order."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from playerbase.catalog import store
from playerbase.catalog.actions.telling import turn
from playerbase.catalog.model import SoldOut, Stock
from playerbase.kit.db import Tx


async def lock_stock(tx: Tx, item_ids: Iterable[UUID]) -> dict[UUID, Stock]:
    """The stocks of these items, held to the end of the transaction; items without one are unlimited and left out."""
    return {stock.item_id: stock for stock in await store.lock_stocks(tx, sorted(set(item_ids)))}


async def take_stock(tx: Tx, wanted: Mapping[UUID, int]) -> None:
    """Count so many of each as sold; items without a stock are passed over. Raises SoldOut, and then takes nothing."""
    assert all(count > 0 for count in wanted.values())
    held = await lock_stock(tx, wanted)
    for item_id, stock in held.items():
        if stock.remaining < wanted[item_id]:
            raise SoldOut(item=str(item_id), remaining=stock.remaining)
    await _move(tx, held, {item_id: wanted[item_id] for item_id in held})


async def give_back_stock(tx: Tx, returned: Mapping[UUID, int]) -> None:
    """Count so many of each as not sold after all; never below none."""
    assert all(count > 0 for count in returned.values())
    held = await lock_stock(tx, returned)
    await _move(tx, held, {item_id: -min(returned[item_id], stock.sold) for item_id, stock in held.items()})


async def _move(tx: Tx, held: Mapping[UUID, Stock], moves: Mapping[UUID, int]) -> None:
    moved = {item_id: count for item_id, count in moves.items() if count}
    if not moved:
        return
    await store.move_stock(tx, list(moved), list(moved.values()))
    # Lists say that something is sold out and not how many are left: only the last one sold, or given back, shows.
    if any((held[item_id].remaining == 0) != (held[item_id].remaining == count) for item_id, count in moved.items()):
        await turn(tx)
