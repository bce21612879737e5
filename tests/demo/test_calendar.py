"""The demo's seasons: planned once, one of them running."""

from playerbase import demo, seasons
from playerbase.kit.db import Pool, broken, reading, transaction
from playerbase.schema import INVARIANTS
from tests.catalog.things import a_game


async def test_they_are_planned_once_for_the_demo_game(dsn: str, pool: Pool) -> None:
    assert await demo.calendar(dsn) == 0, "there is no game yet"
    async with transaction(pool) as tx:
        await a_game(tx)
    assert [await demo.calendar(dsn), await demo.calendar(dsn)] == [2, 0]
    async with reading(pool) as db:
        found = await seasons.calendar(db, "demo")
        assert [each.state.value for each in found.seasons] == ["active", "planned"]
        assert await broken(db, INVARIANTS) == []
