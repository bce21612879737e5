"""The little API behind a real uvicorn on loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
import uvicorn

from playerbase import schema
from playerbase.kit.crypto import Keys
from playerbase.kit.db import open_pool
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Caller, Gateway, NotSignedIn, Rendering, Request, Site, routes_in
from playerbase.kit.outbox import Live
from playerbase.kit.redis import Cache, Limit, Limits, open_redis
from tests.conftest import new_database
from tests.kit.http import little

WIDE = {name: Limit(1_000_000, 60, "Not what these tests are about.") for name in ("open", "default", "refused")}
PLAYER_ID = UUID("018f0000-0000-7000-8000-000000000001")


class Edge(httpx.AsyncClient):
    """A client of the little API, and what stands behind it."""

    site: Site
    gateway: Gateway
    port: int
    refusals: list[str]
    connections: set[Any]  # As the server holds them.

    async def raw(self, sent: bytes, *parts: bytes) -> bytes:
        """What the wire answers to these bytes, until it closes the connection or a whole answer has come."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for part in (sent, *parts):
                writer.write(part)
                await writer.drain()
        except ConnectionError:
            pass  # Refused before all of it was sent.
        try:
            async with asyncio.timeout(10):
                head = await reader.readuntil(b"\r\n\r\n")
                length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                body = await reader.readexactly(int(length[0].split(b":")[1])) if length else b""
        finally:
            writer.close()
        return head + body


async def authenticate(request: Request) -> Caller:
    """A bearer token is the player's name."""
    given = request.header("authorization")
    if given is None:
        return request.caller
    if not given.startswith("Bearer ok-"):
        raise NotSignedIn
    return Caller("player", f"player:{given.removeprefix('Bearer ok-')}", player_id=PLAYER_ID)


@asynccontextmanager
async def served(dsn: str, redis_url: str, **options: Any) -> AsyncIterator[Edge]:
    """The little API, served."""
    refusals: list[str] = []

    async def on_refusal(_: Request, refusal: Refusal) -> None:
        refusals.append(refusal.code)

    @asynccontextmanager
    async def running() -> AsyncIterator[Site]:
        pool = await open_pool(dsn)
        await pool.execute("create table if not exists things (number int generated always as identity, name text)")
        redis = open_redis(redis_url)
        limits = Limits(redis)
        limits.change(WIDE)
        site = Site(
            pool=pool, redis=redis, keys=Keys.derive(bytes(32)), limits=limits, cache=Cache(redis),
            live=Live(pool, []), rendering=Rendering(schema.ROOT), public_url="https://play.example",
            in_production=False, pages=(), authenticate=authenticate, openapi=b"{}",
        )  # fmt: skip
        yield site
        await site.close()
        await redis.close()
        await pool.close()

    gateway = Gateway(
        routes_in(little), running=running, authenticate=authenticate, on_refusal=on_refusal,
        public_url="https://play.example", **options,
    )  # fmt: skip
    server = uvicorn.Server(
        uvicorn.Config(gateway, http=gateway.protocol, log_config=None, server_header=False, proxy_headers=False)
    )
    listening = socket.create_server(("127.0.0.1", 0))
    task = asyncio.create_task(server.serve([listening]))
    port = listening.getsockname()[1]
    async with Edge(base_url=f"http://127.0.0.1:{port}", timeout=20) as edge:
        while not server.started:
            await asyncio.wait([task], timeout=0.01)
            assert not task.done()
        edge.site, edge.gateway, edge.port, edge.refusals = gateway.site, gateway, port, refusals
        edge.connections = server.server_state.connections
        yield edge
    little.gate.set()
    server.should_exit = True
    await task


@pytest.fixture(scope="module")
async def standing(server: str, migrated: str, redis_server: str) -> AsyncIterator[Edge]:
    async with new_database(server, copy_of=urlsplit(migrated).path[1:]) as dsn, served(dsn, redis_server) as edge:
        yield edge


@pytest.fixture
async def edge(standing: Edge) -> Edge:
    """The little API, one for all tests of a file, emptied for each."""
    await standing.site.pool.execute("truncate things; truncate kit.idempotency")
    standing.site.limits.change(WIDE)
    standing.refusals.clear()
    _begin_anew()
    return standing


Serve = Callable[..., AbstractAsyncContextManager[Edge]]


@pytest.fixture
def serve(dsn: str, redis_url: str) -> Serve:
    """A little API of the test's own, with its own options."""
    _begin_anew()
    return lambda **options: served(dsn, redis_url, **options)


def _begin_anew() -> None:
    little.started.clear()
    little.gate.clear()
    little.ended.clear()
