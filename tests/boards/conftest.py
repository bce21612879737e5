"""A season of the demo game with boards, players who are signed in, and a server."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from playerbase import boards, seasons
from playerbase.boards.actions import mending
from playerbase.boards.model import BoardDraft, RunSeen
from playerbase.boards.store import run_of, runs_of_season
from playerbase.kit import clock
from playerbase.kit.db import reading, transaction
from tests.accounts.people import People, Someone, someone
from tests.accounts.people import people as people  # noqa: PLC0414 - a fixture, which pytest finds by its being here
from tests.conftest import Api


class Arena:
    """Where scores are made."""

    def __init__(self, api: Api, people: People, operator: Someone, server: dict[str, str]) -> None:
        self.api, self.people, self.operator, self.server = api, people, operator, server
        self.season: seasons.Season
        self.players: dict[str, Someone] = {}

    @property
    def here(self) -> str:
        return f"/api/v1/leaderboards/{self.season.season_id}"

    async def begin(self) -> None:
        """Open a season, which ends before anybody has to sign in again."""
        now = clock.now()
        draft = seasons.Draft(name="First light", starts_at=now, ends_at=now + timedelta(minutes=8))
        async with transaction(self.api.site.pool) as tx:
            planned = await seasons.plan(tx, "demo", draft)
            self.season = await seasons.activate(tx, planned.season_id)

    async def board(self, code: str, **wanted: Any) -> boards.Board:
        async with transaction(self.api.site.pool) as tx:
            return await boards.create(tx, BoardDraft(game="demo", code=code, name=code.title(), **wanted), "test")

    async def player(self, name: str) -> Someone:
        if name not in self.players:
            answer = await self.api.post(
                "/api/v1/auth/server/login", headers=self.server, json={"external_id": name, "display_name": name}
            )
            self.players[name] = someone(answer)
        return self.players[name]

    def name(self, player_id: str) -> str:
        return next(name for name, each in self.players.items() if each.player_id == UUID(player_id))

    async def put(self, name: str, score: int, board: str | None = None, **headers: str) -> httpx.Response:
        who = await self.player(name)
        body = {"player_id": str(who.player_id), "score": score} | ({"board": board} if board else {})
        return await self.api.post(f"{self.here}/scores", headers=self.server | headers, json=body)

    async def session(self, name: str, board: str | None = None) -> httpx.Response:
        who = await self.player(name)
        body = {"player_id": str(who.player_id)} | ({"board": board} if board else {})
        return await self.api.post(f"{self.here}/sessions", headers=self.server, json=body)

    async def submit(self, name: str, **body: Any) -> httpx.Response:
        return await self.api.post(f"{self.here}/submit", headers=(await self.player(name)).headers, json=body)

    async def get(self, path: str, who: Someone | None = None, **params: Any) -> dict[str, Any]:
        headers = who.headers if who is not None else self.server
        answer = await self.api.get(f"{self.here}/{path}", headers=headers, params=params)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def standing(self, board: str | None = None, **params: Any) -> list[tuple[int, str, int]]:
        """The top, as rank, name and score."""
        params |= {"board": board} if board else {}
        told = await self.get("top", **params)
        return [(row["rank"], row["display_name"], row["score"]) for row in told["items"]]

    async def around(self, name: str, n: int = 5, board: str | None = None) -> dict[str, Any]:
        who = await self.player(name)
        params: dict[str, Any] = {"n": n} | ({"board": board} if board else {})
        return await self.get(f"around/{who.player_id}", **params)

    async def judge(self, word: str, name: str, board: str | None = None) -> httpx.Response:
        path = f"/api/v1/admin/leaderboards/{self.season.season_id}/entries/{(await self.player(name)).player_id}"
        params = {"board": board} if board else {}
        if word == "remove":
            return await self.api.delete(path, headers=self.operator.headers, params=params)
        return await self.api.post(
            f"{path}/{word}", headers=self.operator.headers, params=params, json={"reason": "as the test has it"}
        )

    async def run(self, board_id: UUID | None = None) -> RunSeen:
        async with reading(self.api.site.pool) as db:
            if board_id is None:
                return (await runs_of_season(db, self.season.season_id, 10))[0]
            found = await run_of(db, self.season.season_id, board_id)
        assert found is not None
        return found


@pytest.fixture
async def arena(api: Api, people: People, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Arena]:
    # What is remembered for a second is looked at anew each time: a test should not wait for it.
    monkeypatch.setattr("playerbase.boards.actions.looking.LOOK_SECONDS", -1.0)
    monkeypatch.setattr(mending, "ASK_SECONDS", 1)
    operator, server = await people.begin()
    arena = Arena(api, people, operator, server)
    await arena.begin()
    yield arena
    boards.use_redis(None)
