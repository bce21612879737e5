"""The same of approving, rejecting, and paying back what was not delivered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import cast
from uuid import UUID

import pytest

from playerbase import fulfilment
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.errors import Unavailable
from playerbase.orders import actions
from playerbase.orders.actions.delivering import PayBack
from playerbase.orders.model import NotInReview
from tests.commerce.test_crashes import Mortal
from tests.orders.dying import STATE, Counter, counter, dying
from tests.orders.tills import request_of

__all__ = ["counter"]


@pytest.mark.parametrize("word", ["approve", "reject"])
async def test_dying_at_any_statement_of_a_decision(counter: Counter, word: str) -> None:
    await counter.pool.execute("update orders.rules set is_on = true, count = 1 where code = 'velocity'")
    request, does = request_of(counter.operator), actions.approve if word == "approve" else actions.reject

    async def deciding(tx: Tx, order_id: UUID) -> None:
        await does(tx, request, order_id, "Seen.")

    died = 0
    for dies_at in count(1):
        order_id = await counter.order(f"wish{dies_at}")
        if not await dying(counter.pool, order_id, deciding, dies_at):
            break
        died += 1
        async with transaction(counter.pool) as tx:
            await deciding(tx, order_id)
        with pytest.raises(NotInReview):
            async with transaction(counter.pool) as tx:
                await deciding(tx, order_id)
    assert died > 12
    paid = 1 + (died + 1 if word == "approve" else 0)
    assert await counter.shop.balance(counter.ada) == (100_000 - 21 * paid,) * 2 + (0,)
    assert await counter.shop.things(counter.ada) == {"cup": paid, "potion": 3 * paid}
    assert await counter.pool.fetchval("select sold from catalog.stocks") == paid
    await counter.shop.holds()


async def test_dying_at_any_statement_of_paying_back(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    lives = 0

    @asynccontextmanager
    async def mortal(pool: Pool) -> AsyncIterator[Tx]:
        async with transaction(pool) as tx:
            yield cast("Tx", Mortal(tx, lives, after=lives % 2 == 0)) if lives else tx

    monkeypatch.setattr("playerbase.orders.actions.delivering.transaction", mortal)
    died = 0
    for dies_at in count(1):
        order_id = await counter.order(f"wish{dies_at}")
        query = "select thing_id from orders.things where order_id = $1"
        wanted = PayBack(await counter.pool.fetchval(query, order_id), "It is gone.")
        async with transaction(counter.pool) as tx:
            assert await fulfilment.cancel(tx, wanted.thing_id, "It is gone.") is fulfilment.Stopped.STOPPED
        before, lives = await counter.pool.fetch(STATE), dies_at
        try:
            await actions.pay_back.run(counter.pool, wanted)
        except Unavailable:
            assert await counter.pool.fetch(STATE) == before, dies_at
        else:
            break
        died, lives = died + 1, 0
        for _ in range(2):
            await actions.pay_back.run(counter.pool, wanted)
    assert died > 10
    assert await counter.shop.balance(counter.ada) == (100_000 - 21 - 16 * (died + 1),) * 2 + (0,)
    await counter.shop.holds()
