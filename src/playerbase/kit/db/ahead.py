"""How far all processes of an installation let their clock stand ahead; outside production alone."""

from datetime import timedelta

from playerbase.kit import clock
from playerbase.kit.db.pool import Pool, reading
from playerbase.kit.db.sql import Db, Tx, sql


@sql
async def ahead(db: Db) -> timedelta | None: ...
@sql
async def set_ahead(tx: Tx, ahead: timedelta) -> None: ...


async def follow_clock(pool: Pool) -> None:
    """Let this process's clock stand where an operator put it."""
    before = clock.settings()
    async with reading(pool) as db:
        told = await ahead(db) or timedelta()
    if clock.settings() == before:  # Else somebody set it while this was under way, and knows better.
        clock.set_offset(told)
