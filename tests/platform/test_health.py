from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg

from tests.conftest import Api, on_server
from tests.platform.conftest import Start


@asynccontextmanager
async def closed_to_everybody(dsn: str, server: str) -> AsyncIterator[None]:
    """The database refuses everybody, as one that restarts does."""
    name = urlsplit(dsn).path[1:]
    root = await asyncpg.connect(on_server(server, "postgres"))
    await root.execute(f"alter database {name} allow_connections false")
    await root.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1", name)
    try:
        yield
    finally:
        await root.execute(f"alter database {name} allow_connections true")
        await root.close()


async def test_a_process_that_lives_says_so(api: Api) -> None:
    answer = await api.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


async def test_ready_means_that_everything_it_needs_answers(api: Api) -> None:
    answer = await api.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "postgresql": "ok", "redis": "ok"})


async def test_without_postgresql_it_is_alive_but_not_ready(api: Api, dsn: str, server: str) -> None:
    async with closed_to_everybody(dsn, server):
        answer = await api.get("/health/ready")
        assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
        assert answer.json()["postgresql"] == "away"
        assert answer.headers["retry-after"] == "5"
        assert (await api.get("/health")).status_code == 200
    assert (await api.get("/health/ready")).status_code == 200


async def test_without_redis_it_is_slower_and_ready(start: Start) -> None:
    async with start(REDIS_URL="redis://127.0.0.1:1/0") as api:
        answer = await api.get("/health/ready")
        assert (answer.status_code, answer.json()) == (200, {"status": "degraded", "postgresql": "ok", "redis": "away"})


async def test_a_process_of_some_modules_still_tells_how_it_is(start: Start) -> None:
    async with start(only=frozenset({"ladder", "platform"})) as api:
        assert (await api.get("/health/ready")).status_code == 200
        away = await api.get("/api/v1/matches/0199a000-0000-7000-8000-000000000000")
        assert (away.status_code, away.json()["code"]) == (503, "module_away")
