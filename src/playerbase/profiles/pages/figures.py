"""Figures of players for the opening page."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from playerbase.kit import clock
from playerbase.kit.db import Db, sql
from playerbase.kit.http import Tile

HOURS = 24


class Slot(msgspec.Struct, frozen=True):
    """How many came in an hour."""

    at: datetime
    count: int


@sql
async def arrived_since(db: Db, since: datetime, first_id: UUID) -> list[Slot]: ...


async def newcomers(db: Db) -> Tile:
    """Who came new, by hour."""
    since = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    # Ids are made of the machine's time: the lowest one of that moment, a day earlier in case the clock was moved.
    first_id = UUID(int=int((since - clock.offset() - timedelta(days=1)).timestamp() * 1000) << 80)
    found = {slot.at: slot.count for slot in await arrived_since(db, since, first_id)}
    values = [float(found.get(since + timedelta(hours=hour), 0)) for hour in range(HOURS)]
    total = f"{int(sum(values)):,}".replace(",", "\u202f")
    return Tile("New players", total, values, foot="in the last 24 hours", path="/console/players")
