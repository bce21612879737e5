"""A table of the tests' own."""

from collections.abc import AsyncIterator

import pytest

from playerbase.kit.db import Pool, open_pool


@pytest.fixture
async def things(dsn: str) -> AsyncIterator[Pool]:
    """A pool on a database with a table to write into."""
    pool = await open_pool(dsn, size_max=5)
    await pool.execute("create table things (number int generated always as identity, name text, count int)")
    yield pool
    await pool.close()
