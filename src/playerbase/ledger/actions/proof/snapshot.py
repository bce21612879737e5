"""One moment of the ledger, read by several connections in many short transactions.

The moment is held by a connection that touches no table. So nothing that is read is locked for longer than a slice: a
new month's tables can be made meanwhile, and since nothing is written no event of anybody's is held back.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playerbase.kit.db import Db, Pool, transaction
from playerbase.ledger.actions.proof import history

# Of a slice, which ends by itself; and of the one who holds the moment, who says nothing for minutes.
_ENDLESS = "set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0"
_MOMENT = "set transaction isolation level repeatable read, read only"
# What is read lies in memory or in order, and each slice has a plan of its own: what held for the first need not later.
_PLANNING = (
    "set local work_mem = '64MB'; set local random_page_cost = 1.1; set local plan_cache_mode = force_custom_plan;"
    " set local max_parallel_workers_per_gather = 0"
)


class Snapshot:
    """The ledger as it was at one moment."""

    def __init__(self, pool: Pool, name: str) -> None:
        self._pool, self._name = pool, name

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Db]:
        """A connection that sees that moment; for one slice."""
        async with transaction(self._pool) as tx:
            await tx.execute(f"{_MOMENT}; set transaction snapshot '{self._name}'; {_ENDLESS}; {_PLANNING}")
            yield tx


@asynccontextmanager
async def snapshot(pool: Pool) -> AsyncIterator[Snapshot]:
    """Hold a moment; needs a connection beside those that read."""
    async with transaction(pool) as tx:
        await tx.execute(f"{_MOMENT}; {_ENDLESS}")
        yield Snapshot(pool, await history.export_snapshot(tx))
