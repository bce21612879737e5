"""Short words for seasons."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from playerbase import games, seasons
from playerbase.kit import clock
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.seasons import Draft, Season

DAY = timedelta(days=1)


async def a_game(tx: Tx, slug: str = "arena") -> None:
    """A title to have seasons of."""
    await games.create(tx, slug=slug, name=slug.title())


def draft(begins: float = 0, ends: float = 10, *, of: datetime | None = None, **given: Any) -> Draft:
    """A season from so many days from now to so many, with no time to settle and no gap."""
    now = of or clock.now()
    fields: dict[str, Any] = {"name": "Embers", "settle_seconds": 0, "gap_seconds": 0} | given
    return Draft(starts_at=now + begins * DAY, ends_at=now + ends * DAY, **fields)


async def planned(pool: Pool, *drafts: Draft, game: str = "arena") -> list[Season]:
    """A game with these seasons."""
    async with transaction(pool) as tx:
        if await games.game(tx, game) is None:
            await a_game(tx, game)
        return [await seasons.plan(tx, game, each) for each in drafts]


async def told(pool: Pool, season_id: UUID | None = None) -> list[str]:
    """What the calendar told, in order."""
    rows = await pool.fetch(
        "select topic from kit.events where topic like 'season.%' and ($1::text is null or body ->> 'season_id' = $1)"
        " order by id",
        None if season_id is None else str(season_id),
    )  # fmt: skip
    return [row["topic"].removeprefix("season.") for row in rows]


async def state(pool: Pool, season_id: UUID) -> str:
    """How far a season is."""
    found: str = await pool.fetchval("select state from seasons.seasons where season_id = $1", season_id)
    return found
