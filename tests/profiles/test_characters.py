"""Characters: whom a player plays as, in each game and on the platform."""

import asyncio
from typing import Any
from uuid import uuid4

from playerbase.kit.db import broken, reading
from playerbase.schema import INVARIANTS
from tests.accounts.people import People, Someone

ME = "/api/v1/profiles/me/characters"


async def make(people: People, who: Someone, name: str = "Ash", **more: Any) -> Any:
    return await people.api.post(ME, json={"name": name} | more, headers=who.headers)


async def change(people: People, who: Someone, character: str, **body: Any) -> Any:
    return await people.api.put(f"{ME}/{character}", json=body, headers=who.headers)


async def listed(people: People, who: Someone, query: str = "") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await people.api.get(ME + query, headers=who.headers)).json()["items"]
    return items


async def test_the_first_of_a_game_is_its_default_and_another_may_be(people: People) -> None:
    await people.begin()
    ada = await people.register()
    first = (await make(people, ada, game="demo", metadata={"class": "mage", "age": 7})).json()
    assert (first["is_default"], first["level"], first["metadata"]) == (True, 1, {"class": "mage", "age": 7})
    second = (await make(people, ada, "Birch", game="demo")).json()
    assert second["is_default"] is False
    assert (await change(people, ada, second["character_id"], is_default=True)).json()["is_default"] is True
    assert [each["is_default"] for each in await listed(people, ada)] == [False, True]
    refused = await change(people, ada, second["character_id"], is_default=False)
    assert (refused.status_code, refused.json()["code"]) == (409, "one_must_be_default")
    third = (await make(people, ada, "Cedar", game="demo", is_default=True)).json()
    assert [each["is_default"] for each in await listed(people, ada, "?game=demo")] == [False, False, True]
    gone = await people.api.delete(f"{ME}/{third['character_id']}", headers=ada.headers)
    assert gone.status_code == 204
    assert [(each["name"], each["is_default"]) for each in await listed(people, ada)] == [
        ("Ash", True),
        ("Birch", False),
    ]


async def test_there_is_one_for_the_platform(people: People) -> None:
    ada = await people.register()
    answers = await asyncio.gather(*(make(people, ada, f"Face {number}") for number in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    late = next(answer for answer in answers if answer.status_code == 409)
    assert late.json()["code"] == "platform_character_exists"
    async with reading(people.api.site.pool) as db:
        assert await broken(db, INVARIANTS) == []


async def test_there_are_as_many_as_the_settings_say(people: People) -> None:
    operator, _ = await people.begin()
    ada = await people.register()
    told = await people.api.put(
        "/api/v1/admin/profiles/settings", json={"characters_max": 2}, headers=operator.headers
    )  # fmt: skip
    assert told.json()["characters_max"] == 2
    assert len(await people.audited("profile_settings_changed")) == 1
    answers = await asyncio.gather(*(make(people, ada, f"Face {number}", game="demo") for number in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] * 2 + [429] * 6
    async with reading(people.api.site.pool) as db:
        assert await broken(db, INVARIANTS) == []


async def test_of_two_changes_to_what_was_read_one_is_refused(people: People) -> None:
    ada = await people.register()
    made = (await make(people, ada)).json()
    both = await asyncio.gather(
        *(change(people, ada, made["character_id"], name=name, expected_version=1) for name in ("One", "Two"))
    )
    assert sorted(answer.status_code for answer in both) == [200, 409]


async def test_others_see_and_change_nothing_of_whom_they_should_not(people: People) -> None:
    operator, _ = await people.begin()
    ada, eve = await people.register(), await people.register("eve@example.com", "Evelyn")
    made = (await make(people, ada, game="demo")).json()
    path = f"/api/v1/character/{made['character_id']}"

    async def seen(headers: dict[str, str]) -> int:
        return (await people.api.get(path, headers=headers)).status_code

    assert [await seen(each) for each in (ada.headers, eve.headers, operator.headers)] == [200, 200, 200]
    await people.api.put("/api/v1/profiles/me", json={"is_public": False}, headers=ada.headers)
    assert [await seen(each) for each in (ada.headers, eve.headers, operator.headers)] == [200, 404, 200]
    assert (await change(people, eve, made["character_id"], name="Mine")).status_code == 404
    assert (await people.api.delete(f"{ME}/{made['character_id']}", headers=eve.headers)).status_code == 404
    assert (await people.api.get(f"/api/v1/character/{uuid4()}", headers=eve.headers)).status_code == 404
    assert (
        await people.api.put(f"{path}/progress", json={"level": 9, "experience": 9}, headers=ada.headers)
    ).status_code == 403


async def test_the_server_of_its_game_says_how_far_a_character_has_come(people: People) -> None:
    operator, _ = await people.begin()
    ada = await people.register()
    made, face = (await make(people, ada, game="demo")).json(), (await make(people, ada)).json()
    wanted = {"name": "Arena", "scopes": ["profiles:write"], "game": "demo"}
    key = (await people.post("/admin/api-keys", wanted, **operator.headers)).json()["secret"]

    async def advance(character: str) -> Any:
        path = f"/api/v1/character/{character}/progress"
        told = {"level": 7, "experience": 900}
        return await people.api.put(path, json=told, headers={"authorization": f"Bearer {key}"})

    advanced = (await advance(made["character_id"])).json()
    assert (advanced["level"], advanced["experience"], advanced["version"]) == (7, 900, 2)
    assert (await advance(made["character_id"])).json()["version"] == 2, "the same again is no change"
    assert (await advance(face["character_id"])).status_code == 404, "a key of one game reaches no other"


async def test_what_a_character_may_not_be_is_refused(people: People) -> None:
    await people.begin()
    ada = await people.register()
    for body, field in (
        ({"name": " Ash"}, "name"), ({"name": "x" * 51}, "name"), ({"name": "A\u202esh"}, "name"),
        ({"game": "nowhere"}, "game"), ({"avatar_url": "http://example.com/a.png"}, "avatar_url"),
        ({"level": 99}, "level"), ({"metadata": {"deep": {"er": 1}}}, "metadata"),
    ):  # fmt: skip
        answer = await make(people, ada, **({"name": "Ash"} | body))
        assert answer.status_code == 422, body
        assert answer.json()["errors"][0]["field"].startswith(field)
