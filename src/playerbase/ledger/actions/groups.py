"""What was posted for one thing, an order for instance, and who earned how often: what other books compare with."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from playerbase.kit import clock, ids
from playerbase.kit.db import Db, sql


class GroupSum(msgspec.Struct, frozen=True):
    """How much of an asset the house's revenue got from one group, what was paid back taken off, in how many steps."""

    group_id: UUID
    asset: str
    revenue: int
    transactions: int


class Earner(msgspec.Struct, frozen=True):
    """Who earned how often, and how much."""

    owner_id: UUID
    asset: str
    count: int
    amount: int


@sql
async def revenue_of(db: Db, group_ids: list[UUID]) -> list[GroupSum]: ...
@sql
async def earned(db: Db, floor: UUID, since: datetime, count_min: int, rows: int) -> list[Earner]: ...


async def earners(db: Db, seconds: int, count_min: int, rows: int) -> list[Earner]:
    """Who earned at least so often in so many seconds, the most often first; rewards of the game alone, not grants."""
    window = timedelta(seconds=seconds)
    # Ids are by the machine's clock, which is not moved; what is older than the window cannot count by either.
    return await earned(db, ids.first_since(seconds), clock.now() - window, count_min, rows)
