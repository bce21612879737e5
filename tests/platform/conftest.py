"""An app started with other settings than usual, and clients whose answers never end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from playerbase import app, settings
from tests.accounts.people import people
from tests.conftest import Api

__all__ = ["people"]

Start = Callable[..., AbstractAsyncContextManager[Api]]


@pytest.fixture
def start(dsn: str, redis_url: str, tmp_path: Path) -> Start:
    """The whole app, with these settings on top of the usual ones."""

    @asynccontextmanager
    async def started(only: frozenset[str] | None = None, **more: str) -> AsyncIterator[Api]:
        told = settings.read(
            {
                "DATABASE_URL": dsn,
                "REDIS_URL": redis_url,
                "PUBLIC_URL": "https://test",
                "PLAYERBASE_SECRET": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
                "PLAYERBASE_HOME": str(tmp_path),
            }
            | more
        )
        gateway = app.create(told, only)
        async with gateway.running() as site:
            transport = httpx.ASGITransport(gateway, client=("127.0.0.1", 1))
            async with Api(transport=transport, base_url="https://test") as client:
                client.site = site
                client.drain = lambda: app.drain(site.pool)
                yield client

    return started


class Listener:
    """A client of the live stream: what it hears, frame by frame."""

    def __init__(self, api: Api, headers: dict[str, str], path: str = "/api/v1/events/stream") -> None:
        self.status = 0
        self.body = b""
        self._heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._gone = asyncio.Event()
        self._asked = False
        pairs = [(b"host", b"test"), *((name.encode(), value.encode()) for name, value in headers.items())]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": b"", "headers": pairs, "client": ("127.0.0.1", 1),
            "server": ("test", 80),
        }  # fmt: skip
        app: Any = api._transport.app  # type: ignore[attr-defined]
        self.task = asyncio.create_task(app(scope, self._receive, self._heard.put))

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def answered(self) -> int:
        """The status it was answered with."""
        async with asyncio.timeout(30):
            message = await self._heard.get()
        self.status = message["status"]
        return self.status

    async def next(self) -> dict[str, str]:
        """The next frame as its fields; a comment has an empty name; nothing at the end."""
        async with asyncio.timeout(30):
            while b"\n\n" not in self.body:
                message = await self._heard.get()
                if not message.get("more_body"):
                    return {}
                self.body += message["body"]
        frame, _, self.body = self.body.partition(b"\n\n")
        return dict(line.split(": ", 1) for line in frame.decode().splitlines())

    async def told(self) -> dict[str, str]:
        """The next event, whatever is said in between to keep the line open."""
        while "event" not in (frame := await self.next()) and frame:
            pass
        return frame

    async def ended(self) -> None:
        """Wait until it has been let go."""
        async with asyncio.timeout(30):
            await self.task

    async def leave(self) -> None:
        """Hang up."""
        self._gone.set()
        await self.ended()
