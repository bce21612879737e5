import asyncio

import pytest

from playerbase import catalog
from playerbase.catalog import SoldOut, StockDraft
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.errors import Faults
from tests.catalog.things import BY, bundle, draft, potion, put


async def test_a_hundred_at_once_never_buy_more_than_there_are(pool: Pool) -> None:
    async with transaction(pool) as tx:
        (item,) = await put(tx, draft(stock=StockDraft(37)))

    async def buy() -> bool:
        try:
            async with transaction(pool) as tx:
                await catalog.take_stock(tx, {item.item_id: 1})
        except SoldOut:
            return False
        return True

    bought = await asyncio.gather(*(buy() for _ in range(100)))
    assert sum(bought) == 37
    async with transaction(pool) as tx:
        assert (await catalog.lock_stock(tx, [item.item_id]))[item.item_id].remaining == 0
        assert (await catalog.item(tx, "ember_blade")).is_sold_out


async def test_buyers_of_the_same_things_in_any_order_do_not_deadlock(pool: Pool) -> None:
    async with transaction(pool) as tx:
        made = await put(tx, *(draft(f"item{number}", stock=StockDraft(1_000)) for number in range(6)))
    ids = [item.item_id for item in made]

    async def buy(turn: int) -> None:
        order = ids[turn % 6 :] + ids[: turn % 6]
        async with transaction(pool) as tx:
            await catalog.take_stock(tx, dict.fromkeys(order, 2))

    async def edit() -> None:
        async with transaction(pool) as tx:
            item = await catalog.item(tx, "item3")
            await catalog.update_item(tx, "item3", draft("item3", stock=StockDraft(500)), item.version, BY)

    await asyncio.gather(*(buy(turn) for turn in range(40)), edit())
    async with transaction(pool) as tx:
        assert {stock.sold for stock in (await catalog.lock_stock(tx, ids)).values()} == {80}


async def test_all_or_nothing_is_taken(tx: Tx) -> None:
    few, many = await put(tx, draft("few", stock=StockDraft(1)), draft("many", stock=StockDraft(10)))
    with pytest.raises(SoldOut) as refused:
        await catalog.take_stock(tx, {few.item_id: 2, many.item_id: 2})
    assert refused.value.members == {"item": str(few.item_id), "remaining": 1}
    assert {stock.sold for stock in (await catalog.lock_stock(tx, [few.item_id, many.item_id])).values()} == {0}


async def test_only_the_last_one_makes_a_new_state_of_the_catalog(tx: Tx) -> None:
    (item,) = await put(tx, draft(stock=StockDraft(2)))
    first = await catalog.version(tx)
    await catalog.take_stock(tx, {item.item_id: 1})
    assert await catalog.version(tx) == first
    await catalog.take_stock(tx, {item.item_id: 1})
    assert (await catalog.item(tx, "ember_blade")).is_sold_out
    second = await catalog.version(tx)
    assert second != first
    await catalog.give_back_stock(tx, {item.item_id: 5})
    assert not (await catalog.item(tx, "ember_blade")).is_sold_out
    assert (await catalog.lock_stock(tx, [item.item_id]))[item.item_id].sold == 0


async def test_what_has_no_stock_is_never_sold_out(tx: Tx) -> None:
    (item,) = await put(tx, draft())
    await catalog.take_stock(tx, {item.item_id: 1_000_000})
    await catalog.give_back_stock(tx, {item.item_id: 1})
    assert not (await catalog.item(tx, "ember_blade")).is_sold_out


async def test_a_stock_is_never_cut_below_what_is_sold(tx: Tx) -> None:
    (item,) = await put(tx, draft(stock=StockDraft(10)))
    await catalog.take_stock(tx, {item.item_id: 4})
    with pytest.raises(Faults):
        await catalog.update_item(tx, "ember_blade", draft(stock=StockDraft(3)), 1, BY)
    _, now = await catalog.update_item(tx, "ember_blade", draft(stock=StockDraft(4)), 1, BY)
    assert now.is_sold_out


async def test_a_bundle_draws_on_its_own_stock_and_on_that_of_its_parts(tx: Tx) -> None:
    rare, _, chest = await put(
        tx, draft("rare", stock=StockDraft(9)), potion(), bundle("chest", ("rare", 2), "potion", stock=StockDraft(5))
    )
    items = await catalog.items_by_code(tx, ["chest"])
    assert catalog.draws(items["chest"], 3, items) == {rare.item_id: 6, chest.item_id: 3}
