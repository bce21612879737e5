"""What the inventory does when others speak, and on the clock."""

from datetime import timedelta

from playerbase import profiles
from playerbase.inventory import actions
from playerbase.kit.db import Pool, Tx
from playerbase.kit.jobs import every
from playerbase.kit.outbox import on


@on(profiles.CharacterDeleted)
async def undress_deleted(tx: Tx, told: list[profiles.CharacterDeleted]) -> None:
    """Take everything off characters that are no more."""
    await actions.undress(tx, told)


@every(timedelta(minutes=1), seconds_max=300)
async def expire_things(pool: Pool) -> None:
    """Write of what has expired that it has; it was gone for everybody at its time."""
    await actions.expire(pool)


@every(timedelta(days=7), seconds_max=600)
async def count_holders(pool: Pool) -> None:
    """Tell the catalog how many players have each item."""
    await actions.count_holders(pool)
