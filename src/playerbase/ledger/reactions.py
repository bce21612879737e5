"""What the ledger does on the clock."""

from datetime import timedelta

from playerbase.kit.db import Pool
from playerbase.kit.jobs import every
from playerbase.ledger import actions


@every(timedelta(days=1))
async def make_months(pool: Pool) -> None:
    """Make the tables of the coming months."""
    await actions.keep_months(pool)
