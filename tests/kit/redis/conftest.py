"""A Redis that may be killed, and one that stays."""

import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from playerbase.kit import engines
from playerbase.kit.redis import Redis, open_redis
from tests.homes import quick_home


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    redis = open_redis(redis_url)
    yield redis
    await redis.close()


class Mortal:
    """A server of one's own, with what it kept when it comes back."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.engine = engines.redis(home)

    def kill(self) -> None:
        """As a machine does, without a word."""
        assert self.engine.pid is not None
        os.kill(self.engine.pid, signal.SIGKILL)
        self.engine.stop()

    def revive(self) -> None:
        self.engine = engines.redis(self.home)


@pytest.fixture
def mortal() -> Iterator[Mortal]:
    with quick_home() as home:
        mortal = Mortal(home)
        yield mortal
        mortal.engine.stop()
