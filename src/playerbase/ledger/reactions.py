"""What the ledger does on the clock."""

from datetime import timedelta

from playerbase.kit.db import Pool
from playerbase.kit.jobs import every
from playerbase.ledger import actions


@every(timedelta(days=1))
async def make_months(pool: Pool) -> None:
    """Make the tables of the coming months."""
    await actions.keep_months(pool)


@every(timedelta(seconds=10))
async def end_holds(pool: Pool) -> None:
    """Let go of what holds that are over still set aside."""
    await actions.end_holds(pool)


@every(timedelta(minutes=1))
async def expire_lots(pool: Pool) -> None:
    """Take away units that have expired."""
    await actions.expire_lots(pool)
