"""A process that makes one request of itself and is killed in the middle: SIGKILL, at a point that is named.

``python -m tests.accounts.victim POINT METHOD PATH BODY TOKEN``; it says ``done`` if it lived that long.
"""

import asyncio
import os
import signal
import sys
from typing import Any

import asyncpg
import httpx
from asyncpg.transaction import Transaction

from playerbase import access, app, settings
from playerbase.kit.http import Gateway


async def main(point: str, method: str, path: str, body: str, token: str) -> None:
    access.use_hashing(access.Hashing(cost=4, workers=1, waiting_max=10))
    gateway: Gateway = app.create(settings.read(os.environ))
    async with gateway.running():
        transport = httpx.ASGITransport(gateway, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            headers = {"authorization": f"Bearer {token}"} if token else {}
            # What every request asks is asked once before, so that the count begins with what this one does.
            await client.get("/api/v1/auth/validate", headers=headers)
            _die_at(point)
            answer = await client.request(
                method, f"/api/v1{path}", content=body or None, headers={**headers, "content-type": "application/json"}
            )
    print("done", answer.status_code, answer.text, flush=True)  # noqa: T201 - for the test that started it


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_at(point: str) -> None:
    """Before the statement of this number inside a transaction, or on either side of the commit."""
    fetch, commit = asyncpg.Connection.fetch, Transaction.commit
    left = int(point) if point.isdecimal() else 0

    async def counted(self: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal left
        if self.is_in_transaction():
            left -= 1
            if left == 0:
                _die()
        return await fetch(self, *args, **kwargs)

    async def committed(self: Any) -> None:
        if point == "before commit":
            _die()
        await commit(self)
        if point == "after commit":
            _die()

    asyncpg.Connection.fetch = counted  # type: ignore[method-assign]
    Transaction.commit = committed  # type: ignore[method-assign]


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
