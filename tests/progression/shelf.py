"""Short words for saving and loading over HTTP."""

from typing import Any

import httpx

from tests.accounts.people import People, Someone

SAVES = "/api/v1/player/progression"


class Shelf:
    """One player's saves of the demo game."""

    def __init__(self, people: People, someone: Someone, headers: dict[str, str] | None = None) -> None:
        self.people, self.someone, self.headers = people, someone, headers or someone.headers

    async def put(self, data: Any, expected: int | None = 0, **more: Any) -> httpx.Response:
        body = {"game": "demo", "data": data, "expected_version": expected} | more
        body = {name: value for name, value in body.items() if value is not None}
        return await self.people.api.put(SAVES, json=body, headers=self.headers)

    async def saved(self, data: Any, expected: int = 0, **more: Any) -> int:
        answer = await self.put(data, expected, **more)
        assert answer.status_code == 200, answer.text
        version: int = answer.json()["version"]
        return version

    async def get(self, path: str = "", **query: Any) -> httpx.Response:
        return await self.people.api.get(f"{SAVES}{path}", params={"game": "demo"} | query, headers=self.headers)

    async def data(self, **query: Any) -> Any:
        answer = await self.get(**query)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    async def post(self, what: str, key: str = "", **body: Any) -> httpx.Response:
        headers = self.headers | ({"idempotency-key": key} if key else {})
        return await self.people.api.post(f"{SAVES}/{what}", json={"game": "demo"} | body, headers=headers)

    async def versions(self) -> list[int]:
        return [each["version"] for each in (await self.get("/history")).json()["items"]]


async def declare(people: People, boss: Someone, expected: int = 0, **declared: Any) -> httpx.Response:
    """What the demo game declares of its saves."""
    body = {"reason": "a test", "expected_version": expected} | declared
    return await people.api.put("/api/v1/admin/progression/demo", json=body, headers=boss.headers)
