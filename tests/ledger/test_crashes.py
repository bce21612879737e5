"""A connection that dies at any statement leaves nothing, and the same key then has its one effect."""

from datetime import timedelta
from itertools import count
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from playerbase import identity, ledger
from playerbase.kit import clock as the_clock
from playerbase.kit.db import Pool, Tx, broken, reading, transaction
from playerbase.kit.errors import Unavailable
from playerbase.ledger import Posting
from playerbase.schema import INVARIANTS
from tests.ledger.conftest import clawing, holding, moving, told

STATE = """
    select (select count(*) from ledger.transactions), (select count(*) from ledger.entries),
        (select count(*) from ledger.keys), (select coalesce(sum(block), 0) from ledger.chains),
        (select count(*) from ledger.holds), (select count(*) from ledger.lots), (select count(*) from kit.events),
        (select json_agg(balance order by account_id)::text from ledger.balances as balance)
"""


class Mortal:
    """A connection whose server goes away before or after one of its statements."""

    def __init__(self, tx: Tx, dies_at: int, *, after: bool) -> None:
        self.tx, self.left, self.after = tx, dies_at, after

    async def fetch(self, *statement: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            if self.after:
                await self.tx.fetch(*statement)
            self.tx.terminate()
            raise ConnectionResetError
        return await self.tx.fetch(*statement)


def everything(player: UUID) -> list[Posting]:
    """Postings that need every kind of statement."""
    return [
        moving("earn", player, 100, asset="points"),
        moving("spend", player, 10, asset="points"),
        holding(player, 20, the_clock.now() + timedelta(hours=1), asset="points", hold_id=uuid4()),
        clawing(player, 500),
        moving("spend", player, 10**6),
    ]


@pytest.mark.parametrize("after", [False, True])
async def test_a_connection_that_dies_at_any_statement_leaves_nothing(pool: Pool, *, after: bool) -> None:
    async with transaction(pool) as tx:
        player = await identity.create(tx)
    died = 0
    for dies_at in count(1):
        before = await pool.fetch(STATE)
        postings = everything(player)
        try:
            async with transaction(pool) as tx:
                await ledger.post(cast("Tx", Mortal(tx, dies_at, after=after)), postings)
        except Unavailable:
            died += 1
        else:
            break
        assert await pool.fetch(STATE) == before
        async with transaction(pool) as tx:
            outcomes = await ledger.post(tx, postings)
        assert told(outcomes) == ["posted"] * 4 + ["insufficient_funds"]
    assert died > 10, "that many statements there are at least"
    async with reading(pool) as db:
        assert await broken(db, INVARIANTS) == []


async def test_who_did_not_hear_the_answer_gets_it_by_asking_again(pool: Pool) -> None:
    async with transaction(pool) as tx:
        player = await identity.create(tx)
        postings = everything(player)
        first = await ledger.post(tx, postings)
    # Committed, and the answer lost.
    async with transaction(pool) as tx:
        again = await ledger.post(tx, postings)
    assert told(again) == ["replayed"] * 4 + ["insufficient_funds"]
    assert [getattr(each, "standings", None) for each in again] == [getattr(each, "standings", None) for each in first]
    assert await pool.fetchval("select count(*) from ledger.transactions") == 4
