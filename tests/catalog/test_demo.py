from playerbase import catalog, demo
from playerbase.kit.db import Pool, broken, reading, transaction
from playerbase.schema import INVARIANTS
from tests.catalog.things import a_game


async def test_an_empty_catalog_is_filled_once(dsn: str, pool: Pool) -> None:
    async with transaction(pool) as tx:
        await a_game(tx)
    assert await demo.goods(dsn) == 30
    assert await demo.goods(dsn) == 0
    async with reading(pool) as db:
        items = await catalog.items_by_code(db, ["season_chest"])
        inside = catalog.expand(items["season_chest"], 2, items)
        assert {item.code: count for item, count in inside.items} == {
            "potion": 10, "frost_lace": 2, "double_xp": 2, "ember_steps": 2,
        }  # fmt: skip
        assert inside.assets == [("gems", 50_000)]
        assert await broken(db, INVARIANTS) == []
