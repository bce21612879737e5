"""Each part is killed while matches are reported; nothing is lost, nothing counts twice."""

import asyncio
from collections.abc import AsyncIterator
from itertools import cycle

import asyncpg
import httpx
import pytest

from playerbase import statistics
from playerbase.demo import fixtures, replay
from playerbase.kit.db import broken, open_pool
from playerbase.schema import INVARIANTS
from tests.homes import quick_home
from tests.journeys.elo import elo
from tests.journeys.installation import Installation, started, until_ready, until_settled

MATCHES = 3_000


@pytest.fixture
async def there() -> AsyncIterator[Installation]:
    with quick_home() as home:
        async with started(home) as there:
            yield there


async def ratings(dsn: str) -> dict[str, int]:
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch(
        "select display_name, rating from ladder.ratings join profiles.profiles using (player_id)"
    )
    assert await broken(connection, INVARIANTS) == []
    await connection.close()
    return {row["display_name"]: row["rating"] for row in rows}


async def test_whatever_is_killed_nothing_is_lost_and_nothing_doubled(there: Installation) -> None:
    connection = await asyncpg.connect(there.dsn)
    await connection.execute(
        "insert into kit.limits values ('server', 1000000, 60, 'a test', 'test', now()),"
        " ('server_login', 1000000, 60, 'a test', 'test', now())"
    )
    await connection.close()

    replaying = asyncio.create_task(replay(there.url, there.key, most=MATCHES, quiet=True))
    killed: list[str] = []
    for victim in cycle(["work", "serve", "postgres", "redis"]):
        await asyncio.wait({replaying}, timeout=1)
        if replaying.done():
            break
        there.kill(victim)
        killed.append(victim)
        await until_ready(there)
    assert await replaying == 0
    assert len(killed) >= 4, killed

    await until_settled(there.dsn)
    assert await ratings(there.dsn) == elo(fixtures()[-MATCHES:])
    pool = await open_pool(there.dsn, size_max=2)
    found = await statistics.check(pool)
    await pool.close()
    assert (found.matches, found.uncounted, found.spans, found.pairs) == (MATCHES, 0, [], 0)


async def test_who_calls_while_the_api_is_started_again_waits_and_is_answered(there: Installation) -> None:
    async with httpx.AsyncClient(base_url=there.url, timeout=20) as client:
        assert (await client.get("/health")).status_code == 200
        there.kill("serve")
    async with httpx.AsyncClient(base_url=there.url, timeout=20) as client:
        answers = await asyncio.gather(*(client.get("/health") for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}


async def test_the_next_start_after_everything_was_killed_recovers() -> None:
    with quick_home() as home:
        async with started(home) as first:
            await replay(first.url, first.key, most=300, quiet=True)
            for part in ("serve", "work", "postgres", "redis"):
                first.kill(part)
            first.supervisor.kill()
            first.supervisor.wait()
        async with started(home) as second:
            assert second.key == first.key
            assert await replay(second.url, second.key, most=600, quiet=True) == 0
            await until_settled(second.dsn)
            # The first 300 were reported before the second 300 of the file, so the order is not the file's:
            # what must hold is that each counted once.
            connection = await asyncpg.connect(second.dsn)
            assert await connection.fetchval("select count(*) from matches.matches") == 600
            assert await connection.fetchval("select sum(played) from ladder.ratings") == 1200
            assert await broken(connection, INVARIANTS) == []
            await connection.close()
