"""Simulated providers, and what Playerbase makes of them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest

from playerbase import federation, schema, simulators
from playerbase.federation import Providers
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool, broken, open_pool, reading
from playerbase.simulators.world import World
from tests.conftest import SECRET, new_database
from tests.simulators.stage import begin_anew, playing

PUBLIC_URL = "https://play.example"
Trusting = Callable[..., Providers]


@pytest.fixture(scope="module")
async def pool(server: str, migrated: str) -> AsyncIterator[Pool]:
    """One database for a file of tests: whatever is kept in it goes by names that are made up anew each time."""
    async with new_database(server, copy_of=urlsplit(migrated).path[1:]) as dsn:
        pool = await open_pool(dsn)
        yield pool
        async with reading(pool) as db:
            assert await broken(db, schema.INVARIANTS) == []
        await pool.close()


@pytest.fixture(scope="module")
async def standing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with playing(tmp_path_factory.mktemp("mail")) as world:
        yield world


@pytest.fixture
def world(standing: World) -> World:
    begin_anew(standing)
    return standing


@pytest.fixture
async def trusting(world: World) -> AsyncIterator[Trusting]:
    """Makes the providers as they are configured, with other settings where a test names some."""
    async with AsyncExitStack() as stack:

        def made(settings: dict[str, str] | None = None, **options: Any) -> Providers:
            environ = {**simulators.surroundings(world.url, {}), **(settings or {})}
            configuration = federation.configured(environ, in_production=False)
            providers = Providers(configuration, Keys.derive(SECRET), public_url=PUBLIC_URL, **options)
            stack.push_async_callback(providers.close)
            return providers

        yield made


@pytest.fixture
def providers(trusting: Trusting) -> Providers:
    return trusting()
