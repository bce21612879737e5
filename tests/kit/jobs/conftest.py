"""A table for what reactions do."""

import pytest

from playerbase.kit.db import Pool
from tests.kit.outbox.stage import make_effects


@pytest.fixture
async def stage(pool: Pool) -> Pool:
    await make_effects(pool)
    return pool
