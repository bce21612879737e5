"""Everything at once from several processes: orders, decisions, refunds, deliveries that end, things used up, earnings.

No deadlock, nothing refused for a wrong reason, and at the end every number is explained.
"""

import asyncio
from collections import Counter
from random import Random
from uuid import UUID

import pytest

from playerbase import catalog, inventory, ledger
from playerbase.catalog import Price, StockDraft
from playerbase.kit.db import Pool, transaction
from playerbase.orders import actions
from playerbase.orders.actions import Bought, Returning
from playerbase.orders.actions.purchasing import purchase
from playerbase.orders.actions.refunding import LineWanted
from tests.catalog.things import draft
from tests.orders.crowd import (
    EXPECTED,
    PROCESSES,
    SOLD,
    STEPS,
    WORKERS,
    Crowd,
    Process,
    crowd,
    deadlocks,
    processes,
    said,
)
from tests.orders.shop import Shop
from tests.orders.tills import wish

__all__ = ["crowd", "processes"]


@pytest.mark.parametrize("seed", [1, 2])
async def test_everything_at_once(shop: Shop, crowd: Crowd, processes: list[Process], seed: int) -> None:
    before = await deadlocks(shop.pool)

    async def worker(process: Process, number: int) -> Counter[str]:
        random = Random(f"{seed} {number}")
        return Counter([await crowd.step(process, random) for _ in range(STEPS)])

    counted = await asyncio.gather(
        *(worker(processes[at % PROCESSES], at) for at in range(PROCESSES * WORKERS))
    )  # fmt: skip
    found = sum(counted, Counter())
    assert await deadlocks(shop.pool) == before
    assert set(found) <= {"done", "bought 201", "bought 202", "bought 409", "too_many_purchases", *EXPECTED}, found
    assert found["bought 201"] > 20
    assert found["done"] > 20
    await shop.people.api.drain()
    await shop.holds()
    for row in await shop.pool.fetch(SOLD):
        assert row["sold"] == row["drawn"], row
    held = {"crown": [crowd.items["crown"].item_id]}
    async with transaction(shop.pool) as tx:
        counts = await inventory.owned(tx, dict.fromkeys(crowd.players, held["crown"]))
    assert all(count <= 2 for each in counts.values() for count in each.values())


async def test_one_name_in_two_processes_is_one_order_or_one_refusal(
    shop: Shop, crowd: Crowd, processes: list[Process]
) -> None:
    await shop.pool.execute("update orders.rules set is_on = false")
    before = await deadlocks(shop.pool)

    async def both(player: UUID, code: str, quantity: int, number: int) -> list[Bought]:
        wanted = await wish(shop.pool, player, (code, quantity), name=f"wish{number}")
        return list(await asyncio.gather(*(processes[at % PROCESSES].purchases.put(wanted) for at in range(4))))

    many = [
        (player, code, quantity)
        for player in crowd.players for code, quantity in (("potion", 1), ("crown", 3), ("cup", 10), ("potion", 900))
    ]  # fmt: skip
    outcomes = await asyncio.gather(*(both(*each, at) for at, each in enumerate(many)))
    for answers in outcomes:
        statuses = Counter(each.answer.status for each in answers)
        assert statuses in ({201: 1, 200: 3}, {409: 4}), statuses
        assert len({each.order_id for each in answers}) == 1
        assert len({each.answer.body for each in answers if each.answer.is_refusal}) <= 1
    assert (
        await shop.pool.fetchval("select sold from catalog.stocks where item_id = $1", crowd.items["cup"].item_id) == 40
    )
    assert await deadlocks(shop.pool) == before
    kept = await shop.pool.fetchval("select count(*) from orders.refusals") + await shop.pool.fetchval(
        "select count(*) from orders.orders"
    )
    assert kept == len(many)
    await shop.holds()


async def waiting(pool: Pool) -> None:
    """Until somebody waits for a lock."""
    query = """
        select exists (
            select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
        )
    """
    while not await pool.fetchval(query):  # noqa: ASYNC110 - another connection does it
        await asyncio.sleep(0)


async def test_who_wants_the_last_ones_waits_for_who_takes_them(
    shop: Shop, crowd: Crowd, processes: list[Process]
) -> None:
    (medal,) = await shop.sell(draft("medal", stock=StockDraft(4), is_limited=True, prices=[Price("gems", 1)]))
    wanted = await wish(shop.pool, crowd.players[0], ("medal", 1))
    async with transaction(shop.pool) as tx:
        await catalog.take_stock(tx, {medal.item_id: 4})
        buying = asyncio.create_task(said(processes[0].purchases.put(wanted)))
        await waiting(shop.pool)
    assert await buying == "bought 409"
    assert await shop.pool.fetchval("select count(*) from orders.refusals") == 1, "decided, and not run into"


async def test_who_may_have_two_has_two_whatever_is_bought_at_the_same_moment(
    shop: Shop, crowd: Crowd, processes: list[Process]
) -> None:
    await shop.sell(draft("helm", max_per_player=2, prices=[Price("gems", 1)]))
    first, second = [await wish(shop.pool, crowd.players[0], ("helm", 2)) for _ in range(2)]
    await processes[0].purchases.put(await wish(shop.pool, crowd.players[0], ("potion", 1)))  # No row is to be made.
    async with transaction(shop.pool) as tx:
        (bought,) = await purchase(tx, [first], ledger.Known())
        assert isinstance(bought, Bought)
        assert bought.order_id is not None
        buying = asyncio.create_task(said(processes[0].purchases.put(second)))
        await waiting(shop.pool)
    assert await buying == "bought 409"
    await shop.holds()


async def test_two_processes_sell_the_last_ones_once(shop: Shop, crowd: Crowd, processes: list[Process]) -> None:
    """To other players each, so that the stock alone has them wait for one another."""
    await shop.pool.execute("update orders.rules set is_on = false")
    codes = [f"medal{at}" for at in range(12)]
    medals = [draft(code, stock=StockDraft(4), is_limited=True, prices=[Price("gems", 1)]) for code in codes]
    made = await shop.sell(*medals)
    before = await deadlocks(shop.pool)
    for medal in made:
        wishes = [await wish(shop.pool, player, (medal.code, 1)) for player in crowd.players]
        outcomes = await asyncio.gather(
            *(said(processes[at % PROCESSES].purchases.put(each)) for at, each in enumerate(wishes))
        )
        assert Counter(outcomes) == {"bought 201": 4, "bought 409": 2}
        assert await shop.stock(medal) == 4
    assert await deadlocks(shop.pool) == before
    await shop.holds()


async def test_a_refund_a_decision_and_a_cancelled_delivery_meet(
    shop: Shop, crowd: Crowd, processes: list[Process]
) -> None:
    """Of one order all at once: its price goes back once, or not at all."""
    await shop.pool.execute("update orders.rules set count = 1 where code = 'velocity'")
    before = await deadlocks(shop.pool)
    backwards = Returning("Why.", [LineWanted(2), LineWanted(1)])
    for player in crowd.players:
        await crowd.put(processes[0], await wish(shop.pool, player, ("letter", 1), ("cup", 1)))
        bought = await crowd.put(processes[0], await wish(shop.pool, player, ("letter", 1), ("cup", 1)))
        order_id = bought.order_id
        assert order_id is not None
        await asyncio.gather(
            said(crowd.in_one(processes[0], actions.approve, order_id, "Why.")),
            said(crowd.in_one(processes[1], actions.reject, order_id, "Why.")),
            said(crowd.in_one(processes[0], actions.refund, order_id, Returning("Why."))),
            said(crowd.in_one(processes[1], actions.refund, order_id, backwards)),
            said(crowd.cancel(processes[0], order_id)), said(crowd.cancel(processes[1], order_id)),
        )  # fmt: skip
        await asyncio.gather(
            *(said(crowd.cancel(each, order_id)) for each in processes),
            *(said(crowd.in_one(each, actions.refund, order_id, Returning("Why."))) for each in processes),
        )
    await shop.people.api.drain()
    assert await deadlocks(shop.pool) == before
    rows = await shop.pool.fetch("select state, refunded, total from orders.orders order by order_id")
    assert [tuple(row) for row in rows[::2]] == [("placed", 0, 50)] * len(crowd.players)
    assert {tuple(row) for row in rows[1::2]} <= {("placed", 50, 50), ("rejected", 0, 50)}
    assert await shop.stock(crowd.items["cup"]) == len(crowd.players)
    await shop.holds()
