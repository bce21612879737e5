"""Statistics, ladder and matches as clients see them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from playerbase import access
from playerbase.kit.db import transaction
from tests.accounts.people import People, Someone, people
from tests.conftest import Api
from tests.journeys.test_policies import MAKER

__all__ = ["people"]
OWN = ("lifetime", "weekly", "daily", "matches", "trends")


@pytest.fixture
async def reporter(api: Api, people: People) -> dict[str, str]:
    await people.begin()
    scopes = ["matches:write", "matches:read", "ladder:read"]
    async with transaction(api.site.pool) as tx:
        made = await access.create_api_key(tx, name="server", env="dev", game="demo", scopes=scopes, by=MAKER)
    return {"authorization": f"Bearer {made.secret}"}


def a_report(*players: Someone, **changes: Any) -> dict[str, Any]:
    return {
        "match_id": str(uuid4()), "game": "demo", "mode": "duel", "map": "pier", "duration_seconds": 300,
        "started_at": (datetime.now(UTC) - timedelta(minutes=6)).isoformat(),
        "players": [{"player_id": str(each.player_id), "score": 3, "kills": 4, "deaths": 2} for each in players],
        "winner_id": str(players[0].player_id), **changes,
    }  # fmt: skip


async def test_what_was_played_is_counted_and_what_is_private_stays_so(
    api: Api, people: People, reporter: dict[str, str]
) -> None:
    ada, bob, eve = [await people.register(f"{name}@example.com", name) for name in ("Adaa", "Bobb", "Evee")]
    for _ in range(12):
        answer = await api.post("/api/v1/matches", json=a_report(ada, bob), headers=reporter)
        assert answer.status_code == 201, answer.text
    await api.drain()

    async def read(path: str, by: dict[str, str]) -> Any:
        return await api.get(f"/api/v1{path}", headers=by)

    for word in OWN:
        answer = await read(f"/stats/me/{word}", ada.headers)
        assert answer.status_code == 200, answer.text
        assert (await read(f"/stats/me/{word}?game=nowhere", ada.headers)).status_code in {404, 200}
    lifetime = (await read("/stats/me/lifetime", ada.headers)).json()
    assert (lifetime["played"], lifetime["win_rate"], lifetime["kd_ratio"], lifetime["bests"]["best_win_streak"]) == (
        12, 1.0, 2.0, 12,
    )  # fmt: skip
    assert lifetime["bests"]["peak_elo"] == (await read("/leaderboards/me", ada.headers)).json()["peak"]
    assert (await read("/stats/me/daily", ada.headers)).json()["kills"] in {48, 0}  # Midnight may lie between.
    assert (await read("/stats/me/seasonal", ada.headers)).json()["code"] == "no_season_now"
    assert (await read("/stats/me/seasonal?season=3", ada.headers)).json()["code"] == "no_such_season"
    assert (await read("/stats/me/trends", ada.headers)).json()["trend"] == "unknown"
    met = (await read(f"/stats/me/matchups/{bob.player_id}", ada.headers)).json()
    assert (met["won"], met["lost"], met["opponent_name"]) == (12, 0, "Bobb")
    assert (await read(f"/stats/me/matchups/{uuid4()}", ada.headers)).status_code == 404

    page = (await read("/stats/me/matches", ada.headers)).json()
    rest = (await read(f"/stats/me/matches?cursor={page['next_cursor']}", ada.headers)).json()
    assert (len(page["items"]), len(rest["items"]), rest["next_cursor"]) == (10, 2, None)
    assert len({each["match_id"] for each in page["items"] + rest["items"]}) == 12
    assert (await read("/stats/me/matches?limit=51", ada.headers)).status_code == 422

    theirs = f"/stats/{ada.player_id}"
    assert (await read(theirs, eve.headers)).json()["lifetime"]["won"] == 12
    await api.put("/api/v1/profiles/me", json={"is_public": False}, headers=ada.headers)
    assert (await read(theirs, eve.headers)).status_code == 404
    assert (await read(theirs, ada.headers)).json()["rank"] == 1
    assert (await read(theirs, reporter)).json()["rating"] > 1300
    history = (await read("/leaderboards/me/history", ada.headers)).json()["items"]
    assert history[-1]["rating"] == (await read("/leaderboards/me", ada.headers)).json()["rating"]
    for path in ("/leaderboards/regional/europe", "/leaderboards/global"):
        assert (await read(path, reporter)).status_code == 200
    assert (await read("/leaderboards/regional/atlantis", reporter)).status_code == 422
    assert (await read("/leaderboards/seasonal/1", reporter)).json()["code"] == "not_archived"


async def test_a_report_that_cannot_be_true_is_refused_and_says_where(
    api: Api, people: People, reporter: dict[str, str]
) -> None:
    ada, bob, eve = [await people.register(f"{name}@example.com", name) for name in ("Adaa", "Bobb", "Evee")]
    now = datetime.now(UTC)
    wrong = {
        "players": a_report(ada),
        "players.1.player_id": a_report(ada, ada),
        "winner_id": a_report(ada, bob, winner_id=str(eve.player_id)),
        "started_at": a_report(ada, bob, started_at=(now + timedelta(minutes=9)).isoformat()),
        "duration_seconds": a_report(ada, bob, started_at=now.isoformat(), duration_seconds=4_000),
    }
    for field, report in wrong.items():
        answer = await api.post("/api/v1/matches", json=report, headers=reporter)
        assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, [field]), answer.text

    report = a_report(ada, bob)
    first = await api.post("/api/v1/matches", json=report, headers=reporter)
    other = await api.post("/api/v1/matches", json=report | {"winner_id": None}, headers=reporter)
    again = await api.post("/api/v1/matches", json=report, headers=reporter)
    assert (first.status_code, other.status_code, again.status_code) == (201, 409, 201)
    assert again.json() == first.json()
