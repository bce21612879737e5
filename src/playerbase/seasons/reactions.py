"""What seasons do on the clock."""

from datetime import timedelta

from playerbase.kit.db import Pool
from playerbase.kit.jobs import every
from playerbase.seasons import actions


@every(timedelta(seconds=5), lane="high")
async def turn_seasons(pool: Pool) -> None:
    """Open and fence what is due."""
    await actions.turn(pool)
