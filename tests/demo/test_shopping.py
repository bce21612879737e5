"""The demo's orders: the same at each start, one in review, one of which a part was given back."""

from collections import Counter

import httpx

from playerbase import demo
from playerbase.demo.shopping import ORDERS, buy
from playerbase.orders import check
from tests.accounts.people import People, people

__all__ = ["people"]


async def test_they_buy_once_and_every_page_has_something_to_show(people: People, dsn: str) -> None:
    _, server = await people.begin()
    await demo.goods(dsn)
    pool = people.api.site.pool
    transport = people.api._transport
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1", headers=server) as api:
        assert await buy(api, pool) == len(ORDERS) - 1, "Ada has not signed up here"
        assert await buy(api, pool) == len(ORDERS) - 1
    states = Counter(row["state"] for row in await pool.fetch("select state from orders.orders"))
    assert states == {"placed": len(ORDERS) - 2, "review": 1}
    assert await pool.fetchval("select array_agg(amount) from orders.refunds") == [600]
    assert await check(pool) == []
