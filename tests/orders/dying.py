"""Orders whose connection dies, and a shop that sells everything there is."""

from collections.abc import Awaitable, Callable
from typing import cast
from uuid import UUID

import pytest

from playerbase import ledger
from playerbase.catalog import Delivery, ItemType, Part, Price, StockDraft
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.errors import Unavailable
from playerbase.orders.actions import Bought
from playerbase.orders.actions.purchasing import purchase
from playerbase.orders.actions.wishes import Wish
from tests.accounts.people import Someone
from tests.catalog.things import draft, potion
from tests.commerce.test_crashes import Mortal
from tests.orders.shop import Shop
from tests.orders.tills import wish

STATE = """
    select (select count(*) from orders.orders), (select count(*) from orders.lines),
        (select count(*) from orders.things),
        (select count(*) from orders.refunds), (select count(*) from orders.refusals),
        (select json_agg(each order by order_id)::text from orders.orders as each),
        (select json_agg(each order by order_id, number)::text from orders.lines as each),
        (select json_agg(each order by thing_id)::text from orders.things as each),
        (select json_agg(each order by entitlement_id)::text from inventory.entitlements as each),
        (select json_agg(each order by item_id)::text from catalog.stocks as each),
        (select sum(quantity) from catalog.sales_told), (select count(*) from fulfilment.deliveries),
        (select count(*) from ledger.transactions), (select count(*) from ledger.keys),
        (select count(*) from ledger.holds where state = 'open'), (select count(*) from kit.jobs),
        (select count(*) from kit.events where topic not like 'player.%'), (select count(*) from audit.entries),
        (select json_agg(balance order by account_id)::text from ledger.balances as balance)
"""
EVERYTHING = (("cup", 1), ("potion", 3), ("letter", 1), ("purse", 1))
Act = Callable[[Tx, UUID], Awaitable[object]]


class Counter:
    """A shop that sells everything there is, and one who buys it."""

    def __init__(self, shop: Shop, operator: Someone, ada: Someone) -> None:
        self.shop, self.pool, self.operator, self.ada = shop, shop.pool, operator, ada

    async def order(self, name: str) -> UUID:
        async with transaction(self.pool) as tx:
            (bought,) = await purchase(tx, [await self.wanted(name)], ledger.Known())
        assert isinstance(bought, Bought)
        assert bought.order_id is not None, bought.answer.body
        return bought.order_id

    async def wanted(self, name: str) -> Wish:
        return await wish(self.pool, self.ada.player_id, *EVERYTHING, name=name)


async def dying(pool: Pool, target: UUID, act: Act, dies_at: int) -> bool:
    """Whether it dies at this statement, before and after it in turn; if so, nothing of it is left."""
    before = await pool.fetch(STATE)
    try:
        async with transaction(pool) as tx:
            await act(cast("Tx", Mortal(tx, dies_at, after=dies_at % 2 == 0)), target)
    except Unavailable:
        assert await pool.fetch(STATE) == before, dies_at
        return True
    return False


@pytest.fixture
async def counter(shop: Shop) -> Counter:
    operator, _ = await shop.people.begin()
    await shop.sell(
        draft("cup", stock=StockDraft(1_000), is_limited=True, max_per_player=900, prices=[Price("gems", 10)]),
        potion(prices=[Price("gems", 1)]),
        draft("letter", delivery=Delivery.EMAIL, metadata={"pool": "p"}, prices=[Price("gems", 5)]),
        draft("purse", type=ItemType.BUNDLE, parts=[Part(quantity=7, asset="coins")], prices=[Price("gems", 3)]),
    )
    await shop.pool.execute("update orders.rules set is_on = false")
    made = Counter(shop, operator, await shop.buyer(100_000))
    await made.order("first")  # Whatever is made once is there from now on.
    return made
