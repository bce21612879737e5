"""A calendar to look at: a season of the demo game that runs, and one after it."""

from datetime import timedelta

from playerbase import games, seasons
from playerbase.kit import clock
from playerbase.kit.db import open_pool, transaction

GAME = "demo"
# Name, theme, and from which day to which, counted from today.
PLANNED = (("Embers", "ash", -20, 64), ("Frost", "ice", 67, 151))


async def calendar(database_url: str) -> int:
    """Plan seasons for a demo game that has none, and answer with how many; a calendar somebody has begun is left."""
    pool = await open_pool(database_url, size_max=1)
    try:
        async with transaction(pool) as tx:
            if await games.game(tx, GAME) is None or (await seasons.calendar(tx, GAME)).seasons:
                return 0
            today = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
            for name, theme, first, last in PLANNED:
                begins, ends = today + timedelta(days=first), today + timedelta(days=last)
                await seasons.plan(tx, GAME, seasons.Draft(name=name, theme=theme, starts_at=begins, ends_at=ends))
        await seasons.turn(pool)
        return len(PLANNED)
    finally:
        await pool.close()
