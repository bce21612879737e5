"""What must always hold, asked of the database itself: after every database test, and on a schedule."""

from collections.abc import Mapping
from pathlib import Path

from playerbase.kit.db.sql import Db, statements


def invariants(root: Path) -> dict[str, str]:
    """Every module's queries that must return no row, as ``module.name``."""
    return {
        f"{path.relative_to(root).parts[0]}.{name}": query
        for path in sorted(root.rglob("invariants.sql"))
        for name, query in statements(path).items()
    }


async def broken(db: Db, queries: Mapping[str, str]) -> list[str]:
    """The names of those that do not hold."""
    return [name for name, query in queries.items() if await db.fetchrow(query) is not None]
