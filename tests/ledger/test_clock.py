"""A clock that jumps a day ahead and back ends nothing twice, and the ledger it leaves is proved."""

from datetime import timedelta
from uuid import uuid4

from playerbase import ledger
from playerbase.kit import clock as the_clock
from playerbase.kit.db import broken, reading, transaction
from playerbase.ledger import actions
from playerbase.schema import INVARIANTS
from tests.conftest import MovingClock
from tests.ledger.conftest import capturing, holding, moving, told
from tests.ledger.proofs import Books, books, value

__all__ = ["books"]


async def test_a_clock_that_jumps_leaves_a_ledger_that_is_proved(books: Books, clock: MovingClock) -> None:
    now, short, long = the_clock.now(), uuid4(), uuid4()
    await books.put(
        moving("earn", books.tomas, 200), holding(books.tomas, 10, now + timedelta(hours=3), hold_id=short),
        holding(books.tomas, 20, now + timedelta(hours=72), hold_id=long),
        moving("earn", books.ilse, 9, asset="points", expires_at=now + timedelta(hours=72)),
    )  # fmt: skip
    points = "select sum(remaining) from ledger.lots where granted = 9"
    for hours in (24, -24, -24, 24):
        clock.forward(hours=hours)
        await actions.end_holds(books.pool)
        await actions.expire_lots(books.pool)
        await books.put(moving("earn", books.tomas, 5), moving("spend", books.tomas, 1))
        assert await actions.watch(books.pool) == []
    async with transaction(books.pool) as tx:
        outcomes = await ledger.post(tx, [capturing(books.tomas, short, 10), capturing(books.tomas, long, 20)])
    assert told(outcomes) == ["hold_expired", "posted"], "what has ended stays ended, what has not is still there"
    assert await value(books.pool, points) == 9
    for rows in (1, 100_000):
        assert (await ledger.prove(books.pool, slice_rows=rows)).findings == ()
    async with reading(books.pool) as db:
        assert await broken(db, INVARIANTS) == []
