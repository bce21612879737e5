"""Who signs in in these tests, which letters they get, and the providers they come by."""

from collections.abc import AsyncIterator

import pytest

from playerbase import federation, simulators
from playerbase.federation import Providers
from playerbase.simulators.world import World
from tests.accounts.letterbox import letterbox
from tests.accounts.people import People, people
from tests.simulators.stage import begin_anew, playing

__all__ = ["letterbox", "people"]


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
    providers = Providers(configuration, site.keys, public_url=site.public_url)
    site.keep(providers)
    federation.use_providers(providers)
    return standing
