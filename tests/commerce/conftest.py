"""Players, things that platforms sell, and simulated platforms over real HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playerbase import commerce, payments, simulators
from playerbase.kit.db import broken, reading
from playerbase.payments import Tills
from playerbase.schema import INVARIANTS
from playerbase.simulators.world import World
from tests.accounts.people import People, people
from tests.commerce.counters import Counter, stock
from tests.simulators.stage import begin_anew, playing

__all__ = ["people"]


@pytest.fixture(scope="module")
async def standing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with playing(tmp_path_factory.mktemp("mail")) as world:
        yield world


@pytest.fixture
def world(standing: World) -> World:
    begin_anew(standing)
    return standing


@pytest.fixture
async def counter(people: People, world: World, tmp_path: Path) -> AsyncIterator[Counter]:
    """An installation that sells by every simulated platform; whatever was done, the invariants hold afterwards."""
    site = people.api.site
    paying = payments.configured(simulators.surroundings(world.url, {}), in_production=False)
    tills = Tills(paying, seconds=20.0)
    payments.use_tills(tills)
    commerce.use(site.keys, paying, in_production=False)
    await stock(site.pool)
    made = Counter(people, world, tmp_path)
    yield made
    await made.patient()
    await tills.close()
    async with reading(site.pool) as db:
        assert await broken(db, INVARIANTS) == []
