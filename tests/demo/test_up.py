"""The demo as `bin/up --demo` gives it: in a process of its own, with everything it posts sealed."""

import asyncio

import asyncpg

from playerbase.demo.shopping import ORDERS
from tests.homes import quick_home
from tests.journeys.installation import a_moment, started

WAIT_SECONDS = 240
COUNTED = "select 1 from statistics.counts where period = 0 and played > 60 and kills > 100"


async def test_an_installation_with_the_demo_has_orders_to_show() -> None:
    with quick_home() as home:
        async with started(home, "--demo", "--matches", "2") as there:
            connection = await asyncpg.connect(there.dsn)
            try:
                async with asyncio.timeout(WAIT_SECONDS):
                    while await connection.fetchval("select count(*) from orders.orders") < len(ORDERS):
                        await a_moment()
                    while not await connection.fetchval("select count(*) from orders.refunds"):
                        await a_moment()
                    while not await connection.fetchval(COUNTED):
                        await a_moment()
                states = "select array_agg(distinct state order by state) from orders.orders"
                assert await connection.fetchval(states) == ["placed", "review"]
                worn = "select count(*) from inventory.loadouts"
                assert await connection.fetchval(worn) >= 3
            finally:
                await connection.close()
