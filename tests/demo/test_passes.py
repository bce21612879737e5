from playerbase import demo
from playerbase.kit.db import Pool, transaction
from tests.catalog.things import a_game


async def test_there_is_one_pass_to_look_at(dsn: str, pool: Pool) -> None:
    assert await demo.passes(dsn) == 0  # There is no game.
    async with transaction(pool) as tx:
        await a_game(tx)
    await demo.goods(dsn)
    assert await demo.passes(dsn) == 101
    assert await demo.passes(dsn) == 0
    assert await pool.fetchval("select premium_item from battlepass.passes") == "harbour_pass"
    assert await pool.fetchval("select count(*) from battlepass.challenges") == 4


async def test_a_season_that_runs_is_given_one(dsn: str, pool: Pool) -> None:
    async with transaction(pool) as tx:
        await a_game(tx)
    await demo.calendar(dsn)
    await demo.goods(dsn)
    assert await demo.passes(dsn) == 101
    assert await demo.passes(dsn) == 0
    assert await pool.fetchval("select count(*) from seasons.seasons where state = 'active'") == 1
