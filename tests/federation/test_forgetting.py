"""What federation keeps, it keeps no longer than it must."""

from datetime import timedelta

from playerbase.federation import Providers, begin, reactions, store
from playerbase.kit import clock as the_clock
from playerbase.kit.crypto import digest
from playerbase.kit.db import Pool, Tx, reading, transaction
from tests.conftest import MovingClock


async def test_old_states_and_tickets_are_forgotten_and_fresh_ones_stay(
    providers: Providers, pool: Pool, clock: MovingClock
) -> None:
    await begin(providers, pool, "steam", "a-browser-of-its-own", "/")
    async with transaction(pool) as tx:
        now = the_clock.now()
        for number in range(1_500):
            await store.use(tx, digest(f"old {number}"), now, now + timedelta(minutes=1))
        await store.use(tx, digest("fresh"), now, now + timedelta(days=7))
    clock.forward(minutes=11)
    await begin(providers, pool, "steam", "a-browser-of-its-own", "/")
    await reactions.forget_old_ways.job.run(pool, None)
    async with reading(pool) as db:
        assert await db.fetchval("select count(*) from federation.states") == 1
        assert await db.fetchval("select array_agg(hash) from federation.used") == [digest("fresh")]


async def test_what_lapsed_may_be_used_again_and_what_has_not_may_not(tx: Tx) -> None:
    now, hashed = the_clock.now(), digest("a ticket")
    assert await store.use(tx, hashed, now, now + timedelta(minutes=5))
    assert await store.is_used(tx, hashed, now)
    assert await store.use(tx, hashed, now, now + timedelta(minutes=5)) is None
    later = now + timedelta(minutes=5)
    assert not await store.is_used(tx, hashed, later)
    assert await store.use(tx, hashed, later, later + timedelta(minutes=5))
