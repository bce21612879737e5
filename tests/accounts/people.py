"""People who sign in over HTTP, for the tests of everything that has to do with them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from playerbase import accounts
from playerbase.kit import clock
from playerbase.kit.db import set_ahead, transaction
from playerbase.kit.redis import DEFAULTS
from tests.conftest import Api

PASSWORD = "Correct1!horse"
UNLIMITED = "insert into kit.limits values ($1, 1000000, 60, 'tests', 'tests', now())"


class Someone(msgspec.Struct, frozen=True):
    """Somebody signed in."""

    player_id: UUID
    session_id: UUID
    access_token: str
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.access_token}"}


class People:
    """Everybody who plays in one test."""

    def __init__(self, api: Api) -> None:
        self.api = api

    async def post(self, path: str, json: object, **headers: str) -> httpx.Response:
        return await self.api.post(f"/api/v1{path}", json=json, headers=headers)

    async def register(self, email: str = "ada@example.com", name: str = "Countess") -> Someone:
        answer = await self.post("/auth/register", {"email": email, "password": PASSWORD, "display_name": name})
        assert answer.status_code == 201, answer.text
        return someone(answer)

    async def log_in(self, email: str = "ada@example.com", password: str = PASSWORD) -> httpx.Response:
        return await self.post("/auth/login", {"email": email, "password": password})

    async def refresh(self, token: str) -> httpx.Response:
        return await self.post("/auth/refresh", {"refresh_token": token})

    async def validate(self, who: Someone) -> int:
        return (await self.api.get("/api/v1/auth/validate", headers=who.headers)).status_code

    async def begin(self) -> tuple[Someone, dict[str, str]]:
        """The operator, signed in, and the headers of the demo game's server."""
        async with transaction(self.api.site.pool) as tx:
            made = await accounts.bootstrap(tx, self.api.site.keys)
        assert made is not None
        # As if they had chosen it: in production nothing else would be open to them.
        await self.api.site.pool.execute("update access.credentials set is_given = false")
        operator = someone(await self.log_in(made.email, made.password))
        return operator, {"authorization": f"Bearer {made.api_key}"}

    async def later(self, **by: float) -> None:
        """So much later, for every process: each follows the clock that the database tells."""
        ahead = clock.offset() + timedelta(**by)
        async with transaction(self.api.site.pool) as tx:
            await set_ahead(tx, ahead)
        clock.set_offset(ahead)

    async def audited(self, action: str) -> list[dict[str, Any]]:
        query = "select player_id, outcome, reason, target_id from audit.entries where action = $1"
        return [dict(row) for row in await self.api.site.pool.fetch(query, action)]


def someone(answer: httpx.Response) -> Someone:
    assert answer.status_code in {200, 201}, answer.text
    told = answer.json()
    assert told["token_type"] == "Bearer"
    assert told["expires_in"] == 900
    return msgspec.convert(told, Someone, strict=False)


@pytest.fixture
async def people(api: Api) -> AsyncIterator[People]:
    """Nobody is slowed down: rate limits have tests of their own."""
    for category in DEFAULTS:
        await api.site.pool.execute(UNLIMITED, category)
    api.site.limits.change({name: msgspec.structs.replace(each, count=1_000_000) for name, each in DEFAULTS.items()})
    yield People(api)
    clock.set_offset(timedelta())
