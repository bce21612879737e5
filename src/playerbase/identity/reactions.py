"""What identity does on the clock."""

from datetime import timedelta

from playerbase.identity import actions
from playerbase.kit.db import Pool, transaction
from playerbase.kit.jobs import every

SLICE = 500  # Players to a transaction, so that none grows long.


@every(timedelta(minutes=1))
async def lapse_bans(pool: Pool) -> None:
    """Notice suspensions and bans that have ended by themselves; a sign-in does so for its own player."""
    more = True
    while more:
        async with transaction(pool) as tx:
            more = await actions.lapse_due(tx, SLICE) > 0
