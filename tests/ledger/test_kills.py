"""The API and PostgreSQL are killed under load; clients ask again by key, and every answer is what the ledger says."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from random import Random
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from playerbase.kit.db import broken
from playerbase.kit.redis import DEFAULTS
from playerbase.schema import INVARIANTS
from tests.homes import quick_home
from tests.journeys.installation import Installation, started, until_ready
from tests.ledger.banking import Teller, Told

PLAYERS, TELLERS, KILLS, BETWEEN = 5, 12, 4, 100


@pytest.fixture
async def there() -> AsyncIterator[Installation]:
    with quick_home() as home:
        async with started(home) as there:
            connection = await asyncpg.connect(there.dsn)
            await connection.executemany(
                "insert into kit.limits values ($1, 1000000000, 60, 'a test', 'test', now())",
                [(category,) for category in DEFAULTS],
            )
            await connection.close()
            yield there


async def kill_api(there: Installation) -> None:
    there.kill("serve")


async def kill_postgres(there: Installation) -> None:
    there.kill("postgres")


async def kill_backend(there: Installation) -> None:
    """One of the server's processes dies: it throws all others out, and recovers from its log."""
    connection = await asyncpg.connect(there.dsn)
    pid = await connection.fetchval(
        "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        " and backend_type = 'client backend' order by query like '%ledger%' desc limit 1"
    )
    os.kill(pid, signal.SIGKILL)
    connection.terminate()


async def players_of(client: httpx.AsyncClient) -> list[str]:
    found = []
    for number in range(PLAYERS):
        body = {"external_id": f"kill-{number}-{uuid4()}", "display_name": f"Kill {number}"}
        answer = await client.post("/auth/server/login", json=body)
        assert answer.status_code == 200, answer.text
        found.append(answer.json()["player_id"])
    return found


@pytest.mark.parametrize("ways", [[kill_api], [kill_postgres, kill_backend]], ids=["the API", "PostgreSQL"])
async def test_whatever_is_killed_every_key_has_one_answer(
    there: Installation, ways: list[Callable[[Installation], Any]]
) -> None:
    headers = {"authorization": f"Bearer {there.key}"}
    async with httpx.AsyncClient(base_url=f"{there.url}/api/v1", headers=headers, timeout=60) as client:
        players = await players_of(client)
    tellers = [Teller(f"t{number}", there.url, headers, players, Random(number)) for number in range(TELLERS)]
    stop = asyncio.Event()
    working = [asyncio.create_task(teller.work(stop)) for teller in tellers]
    for number in range(KILLS):
        # In the midst of it: only once work is being done again.
        before = sum(len(teller.asked) for teller in tellers)
        while sum(len(teller.asked) for teller in tellers) < before + BETWEEN:
            ended, _ = await asyncio.wait(working, timeout=0.05, return_when=asyncio.FIRST_EXCEPTION)
            assert not ended, [task.exception() for task in ended]
        await ways[number % len(ways)](there)
        await until_ready(there)
    stop.set()
    await asyncio.gather(*working)

    assert sum(teller.tries.total() for teller in tellers) > 0, "no kill met anybody"
    await _agree(there, Told(tellers))
    await _answer_again(there, tellers)
    await _agree(there, Told(tellers))
    assert await _is_proved(there)


async def _agree(there: Installation, told: Told) -> None:
    """What the servers were told is what the ledger has: nothing lost, nothing doubled, nothing besides."""
    connection = await asyncpg.connect(there.dsn)
    rows = await connection.fetch("select key, transaction_id::text from ledger.transactions where scope like 'key:%'")
    assert {row[0]: row[1] for row in rows} == told.transactions
    assert len(rows) == len(told.transactions), "a key was posted twice"
    stand = await connection.fetch(
        "select owner_id::text, posted, held from ledger.accounts join ledger.balances using (account_id)"
        " where purpose = 'main' and posted + held + seq > 0 and owner_id::text = any($1)",
        list(told.posted),
    )
    assert {row[0]: (row[1], row[2]) for row in stand} == {
        player: (told.posted[player], told.held[player]) for player in told.posted
    }
    assert await connection.fetchval("select count(*) from ledger.keys where refusal is not null") == len(told.refused)
    sums = "select sum(posted) from ledger.balances join ledger.accounts using (account_id) group by asset_id"
    assert {row[0] for row in await connection.fetch(sums)} == {0}
    assert await connection.fetch("select 1 from ledger.balances where posted - held < floor") == []
    assert await broken(connection, INVARIANTS) == []
    await connection.close()


async def _answer_again(there: Installation, tellers: list[Teller]) -> None:
    """Whoever asks again hears what they heard, word for word."""

    async def again(teller: Teller) -> None:
        async with httpx.AsyncClient(base_url=f"{there.url}/api/v1", headers=teller.headers, timeout=60) as client:
            for key, it in teller.asked.items():
                answer = await teller.ask(client, key, it.path, it.body)
                assert answer.headers["idempotency-replayed"] == "true"
                assert (answer.status_code, _told(answer.json())) == (it.status, _told(it.said))

    await asyncio.gather(*(again(teller) for teller in tellers))


def _told(said: dict[str, Any]) -> dict[str, Any]:
    """What was said, but for the name of the request that asked."""
    return {name: value for name, value in said.items() if name != "request_id"}


async def _is_proved(there: Installation) -> bool:
    proving = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "playerbase", "audit", "ledger", "--json",
        env={**os.environ, "PLAYERBASE_HOME": str(there.home)}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await proving.communicate()
    report = json.loads(said)
    assert report["findings"] == []
    assert report["checked"]["transactions"] > 300
    return bool(report["holds"]) and proving.returncode == 0
