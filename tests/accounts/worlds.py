"""Simulated providers that the installation under test trusts."""

from collections.abc import AsyncIterator

import pytest

from playerbase import federation, simulators
from playerbase.federation import Providers
from playerbase.simulators.world import Person, World
from tests.accounts.people import People
from tests.simulators.stage import begin_anew, playing


@pytest.fixture(scope="module")
async def standing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with playing(tmp_path_factory.mktemp("mail")) as world:
        yield world


@pytest.fixture
async def world(standing: World, people: People) -> World:
    """Providers that this installation trusts."""
    begin_anew(standing)
    configuration = federation.configured(simulators.surroundings(standing.url, {}), in_production=False)
    site = people.api.site
    await site.lane(Providers).close()
    site.keep(Providers(configuration, site.keys, public_url=site.public_url))
    return standing


def add(world: World, provider: str, name: str = "Mossgate") -> Person:
    return world.provider(provider).add(name)
