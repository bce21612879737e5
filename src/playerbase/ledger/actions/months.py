"""The months that history lies in: their tables are made ahead, for nothing can be posted into a month without one."""

from datetime import datetime

from playerbase.kit import clock
from playerbase.kit.db import Db, Pool, Tx, transaction
from playerbase.ledger import store

AHEAD = 6  # Half a year in which nobody notices that the daily job does not run; the alert comes at two.


async def make_months(tx: Tx) -> int:
    """Make what is absent from this month on; returns how many tables that was."""
    return await store.make_months(tx, _now(), AHEAD + 1)


async def keep_months(pool: Pool) -> int:
    """The same in a transaction of its own."""
    async with transaction(pool) as tx:
        return await make_months(tx)


async def months_ahead(db: Db) -> int:
    """For how many months after this one there is a place."""
    return await store.months_ahead(db, _now())


def _now() -> datetime:
    # Ids are made by the machine's clock, and the months are those of ids.
    return clock.now() - clock.offset()
