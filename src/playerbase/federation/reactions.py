"""What federation does on the clock."""

from datetime import timedelta

from playerbase.federation import store
from playerbase.kit import clock
from playerbase.kit.db import Pool, transaction
from playerbase.kit.jobs import every

CHECKS_KEPT = timedelta(days=7)
SLICE = 1_000  # Rows to a transaction, so that none grows long.


@every(timedelta(hours=1))
async def forget_old_ways(pool: Pool) -> None:
    """Delete the states of browsers that never came back, and tickets that could not be used again anyhow."""
    more = True
    while more:
        now = clock.now()
        async with transaction(pool) as tx:
            states = await store.forget_states(tx, now, SLICE)
            used = await store.forget_used(tx, now, SLICE)
        more = max(len(states), len(used)) == SLICE
    async with transaction(pool) as tx:
        await store.forget_checks(tx, clock.now() - CHECKS_KEPT)
