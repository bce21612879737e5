"""The demo's things: given once, worn, and counted like everybody's."""

from playerbase import demo, identity, profiles
from playerbase.kit.db import Pool, broken, reading, transaction
from playerbase.schema import INVARIANTS
from tests.catalog.things import a_game


async def test_they_are_given_once_to_those_who_are_there(dsn: str, pool: Pool) -> None:
    async with transaction(pool) as tx:
        await a_game(tx)
        ada = await identity.create(tx)
        await profiles.create(tx, ada, "Ada of the demo")
    assert await demo.things(dsn) == 0, "there is no catalog yet"
    await demo.goods(dsn)
    assert [await demo.things(dsn), await demo.things(dsn)] == [1, 0]
    assert await pool.fetchval("select count(*) from inventory.entitlements where player_id = $1", ada) == 5
    assert await pool.fetchval("select count(*) from inventory.loadouts where player_id = $1", ada) == 3
    assert await pool.fetchval("select count(*) from inventory.stacks where player_id = $1", ada) == 2
    async with reading(pool) as db:
        assert await broken(db, INVARIANTS) == []
