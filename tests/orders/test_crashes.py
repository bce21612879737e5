"""A connection that dies at any statement of buying or giving back leaves nothing; the next try does it once."""

from itertools import count
from uuid import UUID

import pytest

from playerbase import ledger
from playerbase.kit.db import Tx, transaction
from playerbase.orders import actions
from playerbase.orders.actions import Returning
from playerbase.orders.actions.purchasing import purchase
from playerbase.orders.actions.wishes import Wish
from playerbase.orders.model import RefundedAlready
from tests.orders.dying import Counter, counter, dying
from tests.orders.tills import request_of

__all__ = ["counter"]


async def test_dying_at_any_statement_of_buying(counter: Counter) -> None:
    died = 0
    for dies_at in count(1):
        wanted = await counter.wanted(f"wish{dies_at}")

        async def buying(tx: Tx, _: UUID, wanted: Wish = wanted) -> None:
            await purchase(tx, [wanted], ledger.Known())

        if not await dying(counter.pool, counter.ada.player_id, buying, dies_at):
            break
        died += 1
        again = [await counter.order(f"wish{dies_at}") for _ in range(2)]
        assert again[0] == again[1]
    assert died > 15
    assert await counter.shop.balance(counter.ada) == (100_000 - 21 * (died + 2),) * 2 + (0,)
    assert await counter.shop.things(counter.ada) == {"cup": died + 2, "potion": 3 * (died + 2)}
    await counter.shop.holds()


async def test_dying_at_any_statement_of_giving_back(counter: Counter) -> None:
    request = request_of(counter.operator)

    async def returning(tx: Tx, order_id: UUID) -> None:
        await actions.refund(tx, request, order_id, Returning("A ticket."))

    died = 0
    for dies_at in count(1):
        order_id = await counter.order(f"wish{dies_at}")
        if not await dying(counter.pool, order_id, returning, dies_at):
            break
        died += 1
        async with transaction(counter.pool) as tx:
            await returning(tx, order_id)
        with pytest.raises(RefundedAlready):
            async with transaction(counter.pool) as tx:
                await returning(tx, order_id)
    assert died > 15
    assert await counter.shop.balance(counter.ada) == (100_000 - 21,) * 2 + (0,)
    assert await counter.shop.things(counter.ada) == {"cup": 1, "potion": 3}
    await counter.shop.holds()
