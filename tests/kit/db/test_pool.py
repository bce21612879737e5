"""Connections: the dead are replaced, nothing is left behind, and a database that is away is said to be away."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from playerbase.kit import engines
from playerbase.kit.db import Pool, after_commit, open_pool, reading, transaction
from playerbase.kit.db.pool import DatabaseAway


async def kill_all(pool: Pool) -> None:
    """What a restart does to every connection of this pool."""
    killer = await watcher(pool)
    await killer.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
        "and pid <> pg_backend_pid()"
    )
    await killer.close()


async def watcher(pool: Any) -> Any:
    """A connection beside the pool."""
    return await asyncpg.connect(pool._connect_args[0])


async def fill(pool: Pool, count: int) -> None:
    """Open so many connections."""
    held = [await pool.acquire() for _ in range(count)]
    for each in held:
        await pool.release(each)


async def open_transactions(pool: Pool) -> int:
    count: int = await pool.fetchval(
        "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'"
    )
    return count


async def test_a_transaction_is_whole_or_nothing(things: Pool) -> None:
    async with transaction(things) as tx:
        await tx.execute("insert into things (name) values ('a')")

    async def fail() -> None:
        async with transaction(things) as tx:
            await tx.execute("insert into things (name) values ('b')")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await fail()
    assert await things.fetchval("select string_agg(name, '') from things") == "a"


@pytest.mark.parametrize("opened", [1, 5])
async def test_dead_connections_are_replaced_unseen(things: Pool, opened: int) -> None:
    await fill(things, opened)
    await kill_all(things)
    async with transaction(things) as tx:
        await tx.execute("insert into things (name) values ('a')")
    await kill_all(things)
    for _ in range(opened + 1):
        async with transaction(things) as tx:
            assert await tx.fetchval("select count(*) from things") == 1


async def test_a_connection_that_dies_half_way_is_said_to_be_away(things: Pool) -> None:
    async def die(hold: Any) -> None:
        async with hold(things) as connection:
            await connection.fetchval("select 1")
            await kill_all(things)
            await connection.fetchval("select 1")

    for hold in (transaction, reading):
        with pytest.raises(DatabaseAway):
            await die(hold)
    async with reading(things) as db:
        assert await db.fetchval("select 1") == 1


async def test_our_own_mistakes_are_not_called_away(things: Pool) -> None:
    async def two_at_once() -> None:
        async with reading(things) as db:
            await asyncio.gather(db.fetchval("select pg_sleep(0.1)"), db.fetchval("select 1"))

    async def misspell() -> None:
        async with reading(things) as db:
            await db.fetchval("select 1 from nowhere")

    with pytest.raises(asyncpg.InterfaceError):
        await two_at_once()
    with pytest.raises(asyncpg.UndefinedTableError):
        await misspell()


async def test_what_is_cancelled_leaves_no_transaction_and_no_connection(things: Pool) -> None:
    async def hang() -> None:
        async with transaction(things) as tx:
            await tx.execute("insert into things (name) values ('a')")
            await tx.execute("select pg_sleep(60)")

    async def read() -> None:
        async with reading(things) as db:
            await db.execute("begin")
            await db.execute("select pg_sleep(60)")

    for work in (hang, read):
        tasks = [asyncio.create_task(work()) for _ in range(5)]
        beside = await watcher(things)
        query = (
            "select count(*) from pg_stat_activity where datname = current_database() and query like '%pg_sleep(60)%'"
        )
        while await beside.fetchval(query) < 6:
            pass  # All five sleep, and the watcher asks.
        await beside.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert await asyncio.wait_for(open_transactions(things), 60) == 0
    assert await asyncio.wait_for(asyncio.gather(*[things.fetchval("select 1") for _ in range(20)]), 60) == [1] * 20
    assert await things.fetchval("select count(*) from things") == 0


@pytest.fixture
def home() -> Iterator[Path]:
    with engines.throwaway_home() as home:
        yield home


@pytest.fixture
async def mortal(home: Path) -> AsyncIterator[tuple[engines.Engine, Pool]]:
    """A server that may be stopped, and a pool on it."""
    engine = engines.postgres(home, {"fsync": "off"})
    pool = await open_pool(engine.url, size_max=3)
    yield engine, pool
    pool.terminate()
    engine.stop()


@pytest.mark.skipif(
    "PLAYERBASE_TEST_DATABASE_URL" in os.environ, reason="a server we did not start is not ours to stop"
)
async def test_a_database_that_was_away_is_found_again(mortal: tuple[engines.Engine, Pool], home: Path) -> None:
    engine, pool = mortal
    await fill(pool, 3)
    engine.stop()

    async def ask(hold: Any) -> None:
        async with hold(pool) as connection:
            await connection.fetchval("select 1")

    for hold in (transaction, reading):
        with pytest.raises(DatabaseAway) as away:
            await ask(hold)
        assert away.value.members == {"retry_after": 5}
    with engines.postgres(home, {"fsync": "off"}):
        async with transaction(pool) as tx:
            assert await tx.fetchval("select 1") == 1
        async with reading(pool) as db:
            assert await db.fetchval("select 1") == 1
        await pool.close()


async def test_a_transaction_left_open_by_a_reader_is_cut(things: Pool) -> None:
    async with reading(things) as db:
        await db.execute("begin; insert into things (name) values ('a')")
    assert await open_transactions(things) == 0
    assert await things.fetchval("select count(*) from things") == 0


async def test_after_one_failure_no_dead_connection_is_handed_out(things: Pool) -> None:
    """One request pays for a restart, whatever lay idle."""
    await fill(things, 5)

    async def ask() -> int:
        async with reading(things) as db:
            answer: int = await db.fetchval("select 1")
            return answer

    async with reading(things) as db:
        await db.fetchval("select 1")
        await kill_all(things)
        first = await asyncio.gather(ask(), return_exceptions=True)
    again = [await ask() for _ in range(6)]
    assert again == [1] * 6, first


async def test_what_follows_a_commit_is_done_once_and_only_then(things: Pool) -> None:
    done: list[str] = []

    async def later() -> None:
        done.append("awaited")

    def fail() -> None:
        done.append("failed")
        raise ValueError("no")

    async with transaction(things) as tx:
        after_commit(tx, fail)
        after_commit(tx, lambda: done.append("called"))
        after_commit(tx, later)
        assert done == []
    assert done == ["failed", "called", "awaited"]

    async def undone() -> None:
        async with transaction(things) as tx:
            after_commit(tx, lambda: done.append("undone"))
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await undone()
    async with transaction(things):
        pass
    assert done == ["failed", "called", "awaited"]
