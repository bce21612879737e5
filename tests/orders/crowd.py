"""Several processes, and a crowd that does anything to the shop."""

from collections.abc import AsyncIterator, Awaitable
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest

from playerbase import catalog, fulfilment
from playerbase.catalog import Delivery, ItemType, Part, Price, StockDraft
from playerbase.inventory.actions import Consuming, Consumptions
from playerbase.kit.db import Pool, open_pool, reading, transaction
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Request
from playerbase.orders import actions
from playerbase.orders.actions import Bought, Purchases, Returning
from playerbase.orders.actions.delivering import PayBack
from playerbase.orders.actions.refunding import LineWanted
from playerbase.orders.actions.wishes import Wish
from tests.accounts.people import Someone
from tests.catalog.things import bundle, draft, potion
from tests.orders.shop import Shop
from tests.orders.tills import request_of, wish

PROCESSES = 2
WORKERS = 5  # Of each.
STEPS = 80
ITEMS = ("potion", "cup", "crown", "letter", "chest", "purse", "bag")
EXPECTED = {
    "insufficient_funds", "no_such_line", "not_in_review", "not_paid", "not_returnable", "not_that_many",
    "refunded_already",
}  # fmt: skip

# What of each stock is sold, by the orders that stand.
SOLD = """
    select stock.item_id, stock.sold, coalesce(sum((line.quantity - line.refunded) * (drawn ->> 1)::int), 0) as drawn
    from catalog.stocks as stock left join (
        orders.lines as line cross join lateral json_array_elements(line.draws) as drawn
    ) on (drawn ->> 0)::uuid = stock.item_id
    group by stock.item_id, stock.sold
"""


class Process:
    """What one process has of its own."""

    def __init__(self, pool: Pool) -> None:
        self.pool, self.purchases, self.consumptions = pool, Purchases(pool), Consumptions(pool)

    async def close(self) -> None:
        await self.purchases.close()
        await self.consumptions.close()
        await self.pool.close()


@pytest.fixture
async def processes(dsn: str) -> AsyncIterator[list[Process]]:
    made = [Process(await open_pool(dsn, size_max=8)) for _ in range(PROCESSES)]
    yield made
    for each in made:
        await each.close()


async def sell_everything(shop: Shop) -> None:
    await shop.sell(
        potion(prices=[Price("gems", 10)]),
        draft("cup", stock=StockDraft(40), is_limited=True, prices=[Price("gems", 30)]),
        draft("crown", stock=StockDraft(9), is_limited=True, max_per_player=2, prices=[Price("gems", 50)]),
        draft("letter", delivery=Delivery.EMAIL, metadata={"pool": "p"}, prices=[Price("gems", 20)]),
        draft("purse", type=ItemType.BUNDLE, parts=[Part(quantity=7, asset="coins")], prices=[Price("gems", 5)]),
        bundle("chest", "cup", "crown", ("potion", 2), prices=[Price("gems", 60)], stock=StockDraft(12),
               is_limited=True),
        bundle("bag", "letter", ("potion", 2), prices=[Price("gems", 25)]),
    )  # fmt: skip


async def said(doing: Awaitable[Any]) -> str:
    """What came of it; anything but a refusal is a fault."""
    try:
        done = await doing
    except Refusal as refusal:
        return refusal.code
    if isinstance(done, Bought):
        return f"bought {done.answer.status}"
    return "done"


class Crowd:
    """Whoever does anything to the shop."""

    def __init__(self, shop: Shop, players: list[UUID], items: dict[str, catalog.Item], request: Request) -> None:
        self.shop, self.players, self.items, self.request = shop, players, items, request
        self.orders: list[UUID] = []

    async def step(self, process: Process, random: Random) -> str:
        player, chance = random.choice(self.players), random.random()
        if chance < 0.5 or not self.orders:
            return await self.buy(process, random, player)
        order_id = random.choice(self.orders)
        if chance < 0.65:
            lines = random.choice([None, [LineWanted(1, 1)], [LineWanted(2), LineWanted(1)]])
            how = random.choice(["refuse", "debt", "forgive"])
            return await said(self.in_one(process, actions.refund, order_id, Returning("Why.", lines, how)))  # type: ignore[arg-type]
        if chance < 0.8:
            does = random.choice([actions.approve, actions.reject])
            return await said(self.in_one(process, does, order_id, "Why."))
        if chance < 0.88:
            return await said(self.cancel(process, order_id))
        if chance < 0.94:
            return await said(self.drink(process, player, random.randint(1, 3)))
        return await said(self.shop.pay(player, random.randint(1, 80), random.choice(["gems", "coins"])))

    async def buy(self, process: Process, random: Random, player: UUID) -> str:
        codes = random.sample(ITEMS, random.randint(1, 3))
        address = random.choice(["192.0.2.1", "192.0.2.2", None])
        wanted = await wish(
            process.pool, player, *[(code, random.randint(1, 3)) for code in codes], address=address
        )  # fmt: skip
        return await said(self.put(process, wanted))

    async def put(self, process: Process, wanted: Wish) -> Bought:
        bought = await process.purchases.put(wanted)
        if bought.order_id is not None:
            self.orders.append(bought.order_id)
        return bought

    async def in_one(self, process: Process, does: Any, order_id: UUID, what: object) -> None:
        async with transaction(process.pool) as tx:
            await does(tx, self.request, order_id, what)

    async def cancel(self, process: Process, order_id: UUID) -> None:
        """A delivery is given up, and its job pays back at once; the reactions ask for it again in the end."""
        query = "select thing_id from orders.things where order_id = $1 and state = 'under_way' and kind <> 'in_game'"
        for row in await process.pool.fetch(query, order_id):
            async with transaction(process.pool) as tx:
                outcome = await fulfilment.cancel(tx, row["thing_id"], "It is gone.")
            if outcome is fulfilment.Stopped.STOPPED:
                await actions.pay_back.run(process.pool, PayBack(row["thing_id"], "It is gone."))

    async def drink(self, process: Process, player: UUID, quantity: int) -> None:
        await process.consumptions.put(
            Consuming(
                player_id=player, item=self.items["potion"], quantity=quantity, scope="test", key=str(uuid4()),
                fingerprint=b"test", by="test",
            )
        )  # fmt: skip


@pytest.fixture
async def crowd(shop: Shop) -> Crowd:
    operator, _ = await shop.people.begin()
    await sell_everything(shop)
    buyers: list[Someone] = [await shop.buyer(2_000, f"buyer{at}@example.com") for at in range(6)]
    # Some orders are to wait, and some are to be refused for coming too often.
    await shop.pool.execute("update orders.rules set count = 4 where code = 'velocity'")
    await shop.pool.execute("update orders.rules set count = 60, action = 'refuse' where code = 'address'")
    async with reading(shop.pool) as db:
        items = await catalog.items_by_code(db, ITEMS)
    return Crowd(shop, [each.player_id for each in buyers], items, request_of(operator))


async def deadlocks(pool: Pool) -> int:
    await pool.execute("select pg_stat_force_next_flush()")
    return int(await pool.fetchval("select deadlocks from pg_stat_database where datname = current_database()"))
