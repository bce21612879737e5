"""What the audit log does on the clock."""

from datetime import timedelta

from playerbase.audit import actions
from playerbase.kit.db import Pool
from playerbase.kit.jobs import every


@every(timedelta(minutes=1), lane="medium")
async def anchor_heads(pool: Pool) -> None:
    """Write the ends of chains where the database cannot reach; what is set back within a minute leaves no trace."""
    await actions.anchor(pool)


@every(timedelta(hours=1))
async def verify_chains(pool: Pool) -> None:
    """Verify what is new each hour, and everything once a day."""
    await actions.watch(pool)


@every(timedelta(days=1), lane="low", seconds_max=1_800)
async def remove_old_entries(pool: Pool) -> None:
    """Remove what the policy no longer keeps; unless somebody set one, it keeps everything."""
    await actions.prune(pool)
