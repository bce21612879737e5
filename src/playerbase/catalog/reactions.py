"""What the catalog does on the clock."""

from datetime import timedelta

from playerbase.catalog import actions
from playerbase.kit.db import Pool, transaction
from playerbase.kit.jobs import every


@every(timedelta(hours=1), seconds_max=300)
async def work_out_popularity(pool: Pool) -> None:
    """Give every item the points of its sales, so that no list is sorted by counting them."""
    async with transaction(pool) as tx:
        await actions.work_out_popularity(tx)
