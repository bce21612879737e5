"""The calendar over HTTP."""

from datetime import timedelta
from typing import Any

import pytest

from playerbase import seasons
from playerbase.kit import clock as the_clock
from playerbase.kit.db import transaction
from tests.accounts.people import People, Someone, people
from tests.conftest import MovingClock

__all__ = ["people"]


def at(days: float) -> str:
    return the_clock.rfc3339(the_clock.now() + timedelta(days=days))


async def plan(people: People, operator: Someone, begins: float = 0, ends: float = 10, **more: Any) -> Any:
    body = {"game": "demo", "name": "Embers", "starts_at": at(begins), "ends_at": at(ends), "gap_seconds": 0} | more
    return await people.post("/admin/seasons", body, **operator.headers)


async def test_the_life_of_a_season(people: People, clock: MovingClock) -> None:
    operator, server = await people.begin()
    ada = await people.register()
    made = await plan(people, operator, theme="ash", settle_seconds=0)
    assert made.status_code == 201, made.text
    season = made.json()
    here = f"/admin/seasons/{season['season_id']}"
    assert (season["number"], season["state"], season["reset"], season["parts"]) == (1, "planned", "soft", [])
    assert (await plan(people, operator, 12, 20)).json()["number"] == 2

    changed = {"name": "Cinders", "starts_at": season["starts_at"], "ends_at": at(11), "theme": "ash"}
    answer = await people.api.put(f"/api/v1{here}", json=changed, headers=operator.headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "expected_version")
    for expected, status in (("9", 409), ("1", 200)):
        headers = operator.headers | {"if-match": f'"{expected}"'}
        answer = await people.api.put(f"/api/v1{here}", json=changed, headers=headers)
        assert answer.status_code == status, answer.text
    assert (answer.json()["name"], answer.json()["version"], answer.json()["settle_seconds"]) == ("Cinders", 2, 0)

    for _ in range(2):
        answer = await people.post(f"{here}/activate", {"reason": "It is Friday"}, **operator.headers)
        assert (answer.status_code, answer.json()["state"]) == (200, "active"), answer.text
    clock.forward(minutes=5)
    for headers_of in (ada.headers, server, operator.headers):
        listed = await people.api.get("/api/v1/leaderboards/seasons?game=demo", headers=headers_of)
        assert [(each["number"], each["state"]) for each in listed.json()["items"]] == [(2, "planned"), (1, "active")]
    assert listed.json()["items"][1].keys() == {
        "id", "game", "number", "name", "theme", "starts_at", "ends_at", "state",
    }  # fmt: skip
    for _ in range(2):
        answer = await people.post(f"{here}/close", {"reason": "It is Monday"}, **operator.headers)
        assert (answer.status_code, answer.json()["state"]) == (200, "closed"), answer.text
    told = [row["action"] for row in await people.api.site.pool.fetch(
        "select action from audit.entries where target_kind = 'season' and outcome = 'done' order by at"
    )]  # fmt: skip
    assert told == ["season_planned", "season_planned", "season_changed", "season_opened", "season_ended"]
    assert (await people.api.get(f"/api/v1{here}", headers=operator.headers)).json()["closed_at"] is not None


async def test_what_cannot_be_is_refused_in_words(people: People) -> None:
    operator, _ = await people.begin()
    ada = await people.register()
    await plan(people, operator, 0, 10)
    asked = [
        await plan(people, operator, 5, 15), await plan(people, operator, 20, 15), await plan(people, operator, -9, -1),
        await plan(people, operator, 20, 30, number=1), await plan(people, operator, 20, 30, game="nowhere"),
        await plan(people, operator, 20, 30, reset_factor=1.5), await plan(people, operator, 20, 30, name=" "),
        await plan(people, ada),
    ]  # fmt: skip
    assert [(answer.status_code, answer.json()["code"]) for answer in asked] == [
        (409, "seasons_overlap"), (422, "season_ends_too_early"), (422, "season_ends_too_early"),
        (409, "season_number_taken"), (404, "no_such_game"), (422, "invalid_input"), (422, "invalid_input"),
        (403, "not_allowed"),
    ]  # fmt: skip
    missing = await people.post(
        "/admin/seasons/00000000-0000-7000-8000-000000000000/close", {"reason": "none"}, **operator.headers
    )
    assert (missing.status_code, missing.json()["code"]) == (404, "no_such_season")


async def test_the_list_is_read_page_by_page(people: People) -> None:
    operator, _ = await people.begin()
    for at_day in range(0, 60, 10):
        await plan(people, operator, at_day, at_day + 5)
    seen, cursor = [], ""
    while cursor is not None:
        path = "/api/v1/admin/seasons?limit=4" + (f"&cursor={cursor}" if cursor else "")
        answer = (await people.api.get(path, headers=operator.headers)).json()
        seen += [each["number"] for each in answer["items"]]
        cursor = answer["next_cursor"]
    assert seen == [6, 5, 4, 3, 2, 1]


async def test_the_settings_are_what_a_new_season_begins_with(people: People) -> None:
    operator, _ = await people.begin()
    path = "/api/v1/admin/seasons/settings"
    assert (await people.api.get(path, headers=operator.headers)).json()["settle_seconds"] == 120
    answer = await people.api.put(path, json={"settle_seconds": 5, "reset": "hard"}, headers=operator.headers)
    assert answer.status_code == 200, answer.text
    made = (await plan(people, operator)).json()
    assert (made["settle_seconds"], made["reset"]) == (5, "hard")


@pytest.mark.parametrize("goal", ["season", "step"])
@pytest.mark.usefixtures("clock")
async def test_the_test_clock_goes_to_a_seasons_end(people: People, goal: str) -> None:
    operator, _ = await people.begin()
    made = (await plan(people, operator)).json()
    await seasons.turn(people.api.site.pool)
    form = {"season_id": made["season_id"]} if goal == "season" else {"seconds": "864121"}
    # A form of the console, as staff's token sends it.
    answer = await people.api.post("/console/clock", data=form, headers=operator.headers)
    assert answer.status_code == 303, answer.text
    await seasons.turn(people.api.site.pool)
    async with transaction(people.api.site.pool) as tx:
        assert (await seasons.season(tx, made["season_id"])).state is seasons.State.CLOSED
