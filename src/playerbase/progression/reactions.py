"""What saves do on the clock."""

from datetime import timedelta

from playerbase.kit.db import Pool
from playerbase.kit.jobs import every
from playerbase.progression import actions


@every(timedelta(hours=6), seconds_max=1_800)
async def sweep_saves(pool: Pool) -> None:
    """Remove versions beyond what their games keep."""
    await actions.sweep(pool)
