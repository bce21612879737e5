"""A process that saves for a player: so many steps, each adds one; what was saved meanwhile is merged.

``python -m tests.progression.saver DSN PLAYER NAME STEPS``; it says each step it has an answer to.
"""

import asyncio
import sys
from typing import Any
from uuid import UUID

import msgspec

from playerbase import progression
from playerbase.kit.db import Pool, open_pool, reading
from playerbase.progression import Saves, Spot

SLOT = "default"


async def add(pool: Pool, saves: Saves, spot: Spot, name: str) -> None:
    """Add one to the gold and to the steps of this name, whatever others do meanwhile."""
    async with reading(pool) as db:
        try:
            there = await progression.load(db, spot)
        except progression.NoSuchSave:
            base, data = 0, dict[str, Any](gold=0, steps={})
        else:
            base, data = there.version, msgspec.json.decode(there.data)
    data["gold"] += 1
    data["steps"][name] = data["steps"].get(name, 0) + 1
    try:
        await saves.put(progression.wish(spot, "save", base, by="player", sender=name, data=data))
    except progression.VersionConflict:
        await saves.put(progression.wish(spot, "merge", base, by="player", sender=name, data=data))


async def main(dsn: str, player: str, name: str, steps: str) -> None:
    """Save, and say so."""
    pool = await open_pool(dsn)
    saves, spot = Saves(pool), Spot(UUID(player), "demo", SLOT)
    for step in range(int(steps)):
        await add(pool, saves, spot, name)
        print(step + 1, flush=True)  # noqa: T201 - for the test that started it
    await pool.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
