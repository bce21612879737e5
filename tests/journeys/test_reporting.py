"""A game server reports over HTTP."""

from typing import Any
from uuid import uuid4

import pytest

from tests.accounts.people import People
from tests.conftest import Api


@pytest.fixture
async def of_server(people: People) -> dict[str, str]:
    return (await people.begin())[1]


async def a_report(people: People, of_server: dict[str, str], **changes: Any) -> dict[str, Any]:
    ids = [
        (await people.post("/auth/server/login", {"external_id": name, "display_name": name}, **of_server)).json()
        for name in ("Ann", "Bob")
    ]
    players = [{"player_id": each["player_id"]} for each in ids]
    return {
        "match_id": str(uuid4()), "game": "demo", "started_at": "2026-01-01T00:00:00Z", "duration_seconds": 60,
        "players": players, "winner_id": players[0]["player_id"],
    } | changes  # fmt: skip


async def test_one_moment_is_one_report_in_whatever_zone_it_is_written(
    people: People, of_server: dict[str, str]
) -> None:
    report = await a_report(people, of_server)
    first = await people.post("/matches", report | {"started_at": "2026-01-01T01:00:00+01:00"}, **of_server)
    again = await people.post("/matches", report, **of_server)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["started_at"] == "2026-01-01T00:00:00.000Z"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01T00:00:00"])
async def test_a_moment_no_calendar_has_is_named(people: People, of_server: dict[str, str], moment: str) -> None:
    answer = await people.post("/matches", await a_report(people, of_server, started_at=moment), **of_server)
    assert answer.status_code == 422, answer.text


async def test_a_ladder_of_no_game_is_not_there(api: Api, people: People) -> None:
    someone = await people.register()
    for path in ("global", "me"):
        answer = await api.get(f"/api/v1/leaderboards/{path}?game=nonsense", headers=someone.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_game")
