"""Keeping the history within its bounds."""

from datetime import timedelta
from uuid import UUID

from playerbase.kit import clock, metrics
from playerbase.kit.db import Pool, transaction
from playerbase.progression import store
from playerbase.progression.actions.declaring import declarations
from playerbase.progression.model import Spot

PAGE = 500  # Slots in a transaction, so that nobody waits for one.

_swept = metrics.Counter("progression_versions_removed", "Versions removed because they were beyond what is kept.")


async def sweep(pool: Pool) -> int:
    """Remove versions beyond the number and the days their games keep, never the latest; answers how many.

    Those beyond the number are mostly gone already: every sixteenth save of a slot removes its own.
    """
    removed, after = 0, Spot(UUID(int=0), "", "")
    while True:
        async with transaction(pool) as tx:
            declared = await declarations(tx)
            now = clock.now()
            page = await store.sweep(
                tx, after, PAGE, [each.game for each in declared], [each.quotas.versions_max for each in declared],
                [now - timedelta(days=each.quotas.history_days) for each in declared],
            )  # fmt: skip
        if not page:
            _swept.inc(removed)
            return removed
        after = Spot(page[0].player_id, page[0].game, page[0].slot)
        removed += page[0].removed
