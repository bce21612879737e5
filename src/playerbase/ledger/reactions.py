"""What the ledger does on the clock."""

from datetime import timedelta

from playerbase.kit.db import Pool
from playerbase.kit.jobs import every
from playerbase.ledger import actions
from playerbase.ledger.actions import anew, prove_all  # noqa: F401 - jobs of ours, found by their being here


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


@every(timedelta(minutes=5), seconds_max=300)
async def prove_new(pool: Pool) -> None:
    """Prove what was posted since the last time."""
    await actions.watch(pool)


@every(timedelta(days=1))
async def anchor_chains(pool: Pool) -> None:
    """Write into the audit log where the ledger's chains end."""
    await actions.anchor(pool)


@every(timedelta(minutes=1))
async def end_locks(pool: Pool) -> None:
    """Open the accounts whose lock is over."""
    await actions.end_locks(pool)


@every(timedelta(minutes=1), seconds_max=1_800)
async def add_up(pool: Pool) -> None:
    """Add up what was posted since the last time, by day: the figures of the economy page."""
    await actions.add_up(pool)


@every(timedelta(hours=1), seconds_max=1_800)
async def count_holders(pool: Pool) -> None:
    """Count who has what; it walks over every account, so no oftener."""
    await actions.count_holders(pool)
