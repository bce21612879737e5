"""Simulated platforms, and the tills Playerbase has at each."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from playerbase import payments, simulators
from playerbase.payments import Tills
from playerbase.simulators.world import World
from tests.simulators.stage import begin_anew, playing

Opening = Callable[..., Tills]


@pytest.fixture(scope="module")
async def standing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with playing(tmp_path_factory.mktemp("mail")) as world:
        yield world


@pytest.fixture
def world(standing: World) -> World:
    begin_anew(standing)
    return standing


@pytest.fixture
async def opening(world: World) -> AsyncIterator[Opening]:
    """Makes the tills as they are configured, with other settings where a test names some."""
    async with AsyncExitStack() as stack:

        def made(settings: dict[str, str] | None = None, **options: Any) -> Tills:
            environ = {**simulators.surroundings(world.url, {}), **(settings or {})}
            tills = Tills(payments.configured(environ, in_production=False), **options)
            stack.push_async_callback(tills.close)
            return tills

        yield made


@pytest.fixture
def tills(opening: Opening) -> Tills:
    return opening(seconds=20.0)
