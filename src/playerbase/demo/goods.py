"""Things to look at in the shop: a small catalog, brought in as any other file would be."""

from pathlib import Path

from playerbase import catalog
from playerbase.kit.db import open_pool, transaction

BY = "system:demo"
FILE = Path(__file__).with_name("catalog.json")


async def goods(database_url: str) -> int:
    """Fill an empty catalog and answer with how many items; one that somebody has begun is left alone."""
    pool = await open_pool(database_url, size_max=1)
    try:
        async with transaction(pool) as tx:
            if not await catalog.is_empty(tx):
                return 0
            report = await catalog.bring_in(tx, FILE.read_text(), "json", BY, is_dry=False)
            return len(report.created)
    finally:
        await pool.close()
