"""A world of one's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playerbase.simulators.world import World
from tests.simulators.stage import playing


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
async def world(mail: Path) -> AsyncIterator[World]:
    async with playing(mail) as world:
        yield world
