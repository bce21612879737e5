"""Processes of one installation over one database, which are started anew, by the hour that a test says it is."""

import asyncio
import base64
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import msgspec
import pytest

from playerbase import access, app, settings
from playerbase.access.actions import keyring
from playerbase.kit import clock
from playerbase.kit.db import transaction
from playerbase.kit.redis import DEFAULTS
from tests.accounts.people import UNLIMITED, People
from tests.conftest import SECRET, Api

T = TypeVar("T")


class Processes:
    """Two API processes: what one has done holds in the other, and each may forget all it had in memory."""

    def __init__(self, dsn: str, redis_url: str, home: Path) -> None:
        self.environ = {
            "DATABASE_URL": dsn, "REDIS_URL": redis_url, "PUBLIC_URL": "http://test", "PLAYERBASE_HOME": str(home),
        }  # fmt: skip
        self.now = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
        self.secrets = [SECRET]  # Every secret there ever was, and
        self.oldest = 0  # the first of those that are still listed.
        self.runner = asyncio.Runner()
        self.running: list[tuple[People, AsyncExitStack]] = []

    @property
    def listed(self) -> range:
        """The numbers of the secrets in use; the last is the present one."""
        return range(self.oldest, len(self.secrets))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def begin(self) -> dict[str, str]:
        """Start both; the headers of the demo game's server."""
        self.running = [await self._started(), await self._started()]
        _, server = await self.running[0][0].begin()
        return server

    def process(self, number: int) -> People:
        return self.running[number % 2][0]

    async def restart(self, number: int) -> None:
        await self.running[number % 2][1].aclose()
        self.running[number % 2] = await self._started()

    async def rotate_secret(self) -> None:
        """A new secret; those before it are listed until they are dropped."""
        self.secrets.append(bytes([len(self.secrets) % 256]) * 32)
        for number in range(2):
            await self.restart(number)

    async def drop_former_secrets(self) -> None:
        """Seal everything anew, so that the former secrets can go, and let them go."""
        site = self.process(0).api.site
        assert (await access.reseal(site.pool, site.keys)).lost == 0
        self.oldest = len(self.secrets) - 1
        for number in range(2):
            await self.restart(number)

    async def rotate_signing_key(self, by: Any) -> None:
        site = self.process(0).api.site
        with suppress(access.KeyWaits):
            async with transaction(site.pool) as tx:
                await access.rotate_signing_key(tx, site.keys, why="asked", by=by)

    async def close(self) -> None:
        for _, stack in self.running:
            await stack.aclose()

    async def _started(self) -> tuple[People, AsyncExitStack]:
        present, *former = [base64.b64encode(self.secrets[number]).decode() for number in reversed(self.listed)]
        told = settings.read(
            {**self.environ, "PLAYERBASE_SECRET": present, "PLAYERBASE_SECRETS_PREVIOUS": ",".join(former)}
        )
        stack = AsyncExitStack()
        gateway = app.create(told)
        site = await stack.enter_async_context(gateway.running())
        for category in DEFAULTS:
            await site.pool.execute(UNLIMITED + " on conflict do nothing", category)
        site.limits.change({name: msgspec.structs.replace(each, count=1_000_000) for name, each in DEFAULTS.items()})
        transport = httpx.ASGITransport(gateway, client=("127.0.0.1", 1))
        client = await stack.enter_async_context(Api(transport=transport, base_url="http://test"))
        client.site = site
        return People(client), stack


@contextmanager
def two_processes(dsn: str, redis_url: str, home: Path) -> Iterator[Processes]:
    """Two of them, under a clock that stands still until it is moved; keys are read whenever used."""
    there = Processes(dsn, redis_url, home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: there.now)
        # A moved clock makes a key old that a process has just read; in life it reads again long before.
        patch.setattr(keyring, "RELOAD_AFTER_SECONDS", 0.0)
        patch.setattr(keyring, "RELOAD_LEAST_SECONDS", 0.0)
        try:
            yield there
        finally:
            there.run(there.close())
            there.runner.close()
