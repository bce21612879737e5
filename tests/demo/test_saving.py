"""The demo's saves and friends: made once, and checked like everybody's."""

from playerbase import demo, friends, identity, profiles, progression
from playerbase.kit.db import Pool, broken, reading, transaction
from playerbase.schema import INVARIANTS
from tests.catalog.things import a_game


async def test_those_who_are_there_save_and_are_friends_once(dsn: str, pool: Pool) -> None:
    async with transaction(pool) as tx:
        await a_game(tx)
        ids = {name: await identity.create(tx) for name in ("Ada of the demo", "Brazil", "Germany")}
        for name, player_id in ids.items():
            await profiles.create(tx, player_id, name)
    assert [await demo.saving(dsn), await demo.saving(dsn)] == [3, 0]
    async with reading(pool) as db:
        ada, brazil, germany = ids.values()
        assert (await progression.load(db, progression.Spot(ada, "demo", "campaign"))).version == 4
        assert (await friends.are(db, ada, brazil), await friends.are(db, brazil, germany)) == (True, False)
        assert await db.fetchval("select count(*) from progression.flags") == 1
        assert await broken(db, INVARIANTS) == []
