"""A real PostgreSQL and a real Redis: those named by the environment, or embedded ones that live as long as the run."""

import itertools
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import httpx
import hypothesis
import pytest
import redis.asyncio

from playerbase import access, app, audit, fulfilment, ledger, schema, settings
from playerbase.kit import clock as the_clock
from playerbase.kit import engines
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool, Tx, broken, migrate, open_pool, transaction
from playerbase.kit.redis import server as redis_connection
from tests.homes import quick_home
from tests.once import worked_out_once

SECRET = bytes(range(32))
# How long an example takes says more of the machine than of the code.
hypothesis.settings.register_profile("playerbase", deadline=None)
hypothesis.settings.load_profile("playerbase")
# Several processes share the cores: an answer that is late says so too. What a timeout does has tests with its own.
redis_connection.TIMEOUT_SECONDS = 10.0
_numbers = count()


# What takes longest is begun first: a file runs in one process, and nobody should wait for it at the end.
LONGEST = (
    "tests/journeys/test_properties.py", "tests/journeys/test_kills.py", "tests/ledger/test_kills.py",
    "tests/journeys/test_strangers.py", "tests/console/", "tests/journeys/", "tests/accounts/sessions/test_model.py",
    "tests/accounts/test_killed.py", "tests/ledger/", "tests/platform/test_guides.py", "tests/demo/",
    "tests/kit/outbox/", "tests/test_", "tests/orders/", "tests/accounts/", "tests/fulfilment/", "tests/catalog/",
    "tests/commerce/",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        return next((at for at, name in enumerate(LONGEST) if item.nodeid.startswith(name)), len(LONGEST))

    items.sort(key=place)


@pytest.fixture(scope="session")
def engine_home() -> Iterator[Path]:
    with quick_home() as home:
        yield home


@pytest.fixture(scope="session")
def server(engine_home: Path) -> Iterator[str]:
    """A server on which databases may be made and dropped."""
    if url := os.environ.get("PLAYERBASE_TEST_DATABASE_URL"):
        yield url
        return
    # What a test commits need not survive a power cut, and no test measures time.
    with engines.postgres(engine_home, {"fsync": "off", "max_connections": "200"}) as engine:
        yield engine.url


@pytest.fixture(scope="session")
def redis_server(engine_home: Path) -> Iterator[str]:
    if url := os.environ.get("PLAYERBASE_TEST_REDIS_URL"):
        yield url
        return
    with engines.redis(engine_home) as engine:
        yield engine.url


@pytest.fixture
async def redis_url(redis_server: str) -> AsyncIterator[str]:
    """A Redis database of the test's own, empty."""
    number = next(_numbers) % 16
    join = "&" if "?" in redis_server else "?"
    url = f"{redis_server}{join}db={number}" if redis_server.startswith("unix") else f"{redis_server}/{number}"
    client = redis.asyncio.from_url(url)
    await client.flushdb()
    yield url
    await client.aclose()


def on_server(server: str, name: str) -> str:
    """The address of another database of the same server."""
    return urlsplit(server)._replace(path=f"/{name}").geturl()


@asynccontextmanager
async def new_database(server: str, copy_of: str = "template1") -> AsyncIterator[str]:
    """The address of a database of one's own, dropped afterwards."""
    name = f"playerbase_test_{uuid4().hex}"
    root = await asyncpg.connect(server)
    await root.execute(f"create database {name} template {copy_of}")
    try:
        yield on_server(server, name)
    finally:
        await root.execute(f"drop database {name} with (force)")
        await root.close()


@pytest.fixture(scope="session")
async def migrated(server: str) -> AsyncIterator[str]:
    """A database nobody commits to: rolled-back tests run in it, the others copy it."""
    prepared = os.environ.get("PLAYERBASE_TEST_TEMPLATE")  # One that is migrated already, for many runs in a row.
    async with new_database(server, copy_of=prepared or "template1") as dsn:
        if prepared:
            yield dsn
            return
        pool = await open_pool(dsn)
        await migrate(pool, schema.MIGRATIONS)
        async with transaction(pool) as tx:
            # A key takes a second to make, and every app would make its own.
            await access.ensure_signing_key(tx, Keys.derive(SECRET))
        await pool.close()
        yield dsn


# A quarter of a second for each password would make the tests take half an hour.
_CHEAP = access.Hashing(cost=4, workers=2, waiting_max=200)


@pytest.fixture(scope="session", autouse=True)
def _worked_out_once() -> Iterator[None]:
    with worked_out_once():
        yield


@pytest.fixture(autouse=True)
def _configured(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What a process sets up once at its start."""
    audit.use(Keys.derive(SECRET), tmp_path_factory.getbasetemp() / "audit-anchors.jsonl")
    ledger.use_keys(Keys.derive(SECRET))
    access.use_hashing(_CHEAP)
    fulfilment.use_keys(Keys.derive(SECRET))


@pytest.fixture
async def tx(migrated: str) -> AsyncIterator[Tx]:
    """A transaction that is always rolled back, so tests neither wait for nor see one another."""
    connection = await asyncpg.connect(migrated)
    transaction = connection.transaction()
    await transaction.start()
    yield Tx(connection)
    assert await broken(connection, schema.INVARIANTS) == []
    await transaction.rollback()
    await connection.close()


@pytest.fixture
async def dsn(server: str, migrated: str) -> AsyncIterator[str]:
    """A migrated database of the test's own, for what only shows once it is committed."""
    async with new_database(server, copy_of=urlsplit(migrated).path[1:]) as dsn:
        yield dsn


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    pool = await open_pool(dsn)
    yield pool
    await pool.close()


class MovingClock:
    """The clock, moved by hand."""

    def forward(self, **by: float) -> None:
        the_clock.set_offset(the_clock.offset() + timedelta(**by))


@pytest.fixture
def clock() -> Iterator[MovingClock]:
    yield MovingClock()
    the_clock.set_offset(timedelta())


@pytest.fixture
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock moves by hand, and by a microsecond each time it is read, so that what is later is later.

    For what a slow machine must not push over a boundary.
    """
    moment, read = the_clock.now() - the_clock.offset(), itertools.count()
    monkeypatch.setattr(the_clock, "now", lambda: moment + the_clock.offset() + timedelta(microseconds=next(read)))


class Api(httpx.AsyncClient):
    """A client of the whole app, and the app's insides where a test must reach them."""

    site: Any
    drain: Any


@pytest.fixture
async def api(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    """The whole app on a database of its own; nothing runs in the background: ``drain`` does a worker's work."""
    told = settings.read(
        {
            "DATABASE_URL": dsn,
            "REDIS_URL": redis_url,
            "PUBLIC_URL": "http://test",
            "PLAYERBASE_SECRET": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "PLAYERBASE_HOME": str(tmp_path),
        }
    )
    async with AsyncExitStack() as stack:
        gateway = app.create(told)
        site = await stack.enter_async_context(gateway.running())
        transport = httpx.ASGITransport(gateway, client=("127.0.0.1", 1), raise_app_exceptions=True)
        client = await stack.enter_async_context(Api(transport=transport, base_url="http://test"))
        client.site = site
        client.drain = lambda: app.drain(site.pool)
        yield client
