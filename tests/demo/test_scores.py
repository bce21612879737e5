"""The demo's boards: made once, and as an operator could have made them."""

from playerbase import boards, demo
from playerbase.kit.db import Pool, broken, reading, transaction
from playerbase.schema import INVARIANTS
from tests.catalog.things import a_game


async def test_they_are_made_once(dsn: str, pool: Pool) -> None:
    async with transaction(pool) as tx:
        await a_game(tx)
    assert [await demo.scores(dsn), await demo.scores(dsn)] == [3, 0]
    async with reading(pool) as db:
        assert [each.code for each in await boards.boards(db, "demo")] == ["goals", "wins", "run"]
        assert await broken(db, INVARIANTS) == []
