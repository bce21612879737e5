"""Profiles: read, changed, hidden and searched."""

import asyncio
from uuid import uuid4

import pytest

from tests.accounts.people import People, Someone

ME = "/api/v1/profiles/me"
NOBODY = "00000000-0000-4000-8000-000000000000"


async def change(people: People, who: Someone, path: str = ME, **body: object) -> tuple[int, dict[str, object]]:
    answer = await people.api.put(path, json=body, headers=who.headers)
    return answer.status_code, answer.json()


async def test_two_paths_are_one_profile(people: People) -> None:
    ada = await people.register()
    status, changed = await change(people, ada, bio="Notes on engines", country="GB", expected_version=1)
    assert (status, changed["version"], changed["bio"]) == (200, 2, "Notes on engines")
    seen = [(await people.api.get(path, headers=ada.headers)).json() for path in (ME, "/api/v1/player/profile")]
    assert seen == [changed, changed]
    links = {"twitch": "https://www.twitch.tv/ada", "youtube": None, "twitter": "https://x.com/ada"}
    status, changed = await change(people, ada, "/api/v1/player/profile", social_links=links, country=None)
    assert (status, changed["social_links"], changed["country"], changed["version"]) == (200, links, None, 3)
    assert (await change(people, ada))[1]["version"] == 3, "nothing changed is no new version"


async def test_of_two_who_change_what_they_read_one_is_told_to_read_again(people: People) -> None:
    ada = await people.register()
    both = await asyncio.gather(*(change(people, ada, bio=bio, expected_version=1) for bio in ("left", "right")))
    assert sorted(status for status, _ in both) == [200, 409]
    late = next(told for status, told in both if status == 409)
    assert (late["code"], late["current_version"]) == ("version_conflict", 2)
    stale = await people.api.put(ME, json={"bio": "x"}, headers=ada.headers | {"if-match": '"1"'})
    assert (stale.status_code, stale.json()["current_version"]) == (409, 2)
    fresh = await people.api.put(ME, json={"bio": "x"}, headers=ada.headers | {"if-match": '"2"'})
    assert (fresh.status_code, fresh.headers["etag"]) == (200, '"3"')
    for odd in ("x", '"', "1, 2", "9" * 30):
        answer = await people.api.put(ME, json={"bio": "x"}, headers=ada.headers | {"if-match": odd})
        assert answer.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"display_name": "Al"}, {"display_name": "x" * 51}, {"display_name": " Ada"},
        {"display_name": "A\u200bda\u202e"},
        {"bio": "x" * 201}, {"country": "gb"}, {"theme": "pink"}, {"level": 99}, {"total_xp": 1}, {"title": "Emperor"},
        {"player_id": NOBODY}, {"version": 7}, {"is_public": "yes"}, {"expected_version": 2**40},
        {"social_links": {"twitch": "http://twitch.tv/ada"}}, {"social_links": {"twitch": "https://twitch.tv.evil.test/x"}},
        {"social_links": {"youtube": "https://youtube.com@evil.test/x"}},
        {"social_links": {"twitter": "javascript:alert(1)"}},
        {"social_links": {"twitter": "https://x.com:8443/ada"}}, {"social_links": {"twitter": "https://x.com/"}},
        {"social_links": {"twitter": "https://x.com/a\\@evil"}}, {"social_links": {"myspace": "https://myspace.com/x"}},
    ],
    ids=str,
)  # fmt: skip
async def test_what_a_profile_may_not_say_is_refused(people: People, body: dict[str, object]) -> None:
    ada = await people.register()
    status, told = await change(people, ada, ME, **body)
    assert status == 422
    errors = told["errors"]
    assert isinstance(errors, list)
    assert errors[0]["field"].split(".")[0] == next(iter(body))
    assert (await people.api.get(ME, headers=ada.headers)).json()["version"] == 1


async def test_others_see_what_the_player_lets_them(people: People) -> None:
    operator, server = await people.begin()
    ada, eve = await people.register(), await people.register("eve@example.com", "Evelyn")
    path = f"/api/v1/profiles/{ada.player_id}"

    async def seen(headers: dict[str, str]) -> int:
        return (await people.api.get(path, headers=headers)).status_code

    everybody = [ada.headers, eve.headers, operator.headers, server]
    assert [await seen(who) for who in everybody] == [200] * 4
    public = (await people.api.get(path, headers=eve.headers)).json()
    assert not public.keys() & {"total_xp", "is_public", "version", "updated_at", "email"}
    await change(people, ada, is_public=False)
    assert [await seen(who) for who in everybody] == [200, 404, 200, 200]
    hidden = (await people.api.get(path, headers=eve.headers)).json()
    nobody = (await people.api.get(f"/api/v1/profiles/{uuid4()}", headers=eve.headers)).json()
    assert {**hidden, "request_id": ""} == {**nobody, "request_id": ""}
    assert await seen({}) == 401
    for odd in ("..%2f", "0", "-1", str(2**63), "' or 1=1"):
        assert (await people.api.get(f"/api/v1/profiles/{odd}", headers=eve.headers)).status_code in {404, 422}


async def test_staff_find_players_by_how_their_names_begin(people: People) -> None:
    operator, _ = await people.begin()
    for number, name in enumerate(["Straße", "STRASSE", "strasbourg", "Stra%", "Stra_", "Übung", "Operetta"]):
        await people.register(f"p{number}@example.com", name)

    async def found(query: str, headers: dict[str, str] = operator.headers) -> list[str]:
        names: list[str] = []
        cursor = ""
        while True:
            path = f"/api/v1/admin/players?limit=2&q={query}{cursor}"
            told = (await people.api.get(path, headers=headers)).json()
            names += [each["display_name"] for each in told["items"]]
            if told["next_cursor"] is None:
                return names
            cursor = f"&cursor={told['next_cursor']}"

    assert sorted(await found("strass")) == ["STRASSE", "Straße"]
    assert await found("STRA%25") == ["Stra%"]
    assert await found("stra_") == ["Stra_"]
    assert await found("ope") == ["Operator", "Operetta"]
    assert await found("%C3%BC") == ["Übung"]
    assert await found("nobody") == []
    assert len(await found("")) == 8
    ada = await people.register("ada@example.com")
    assert (await people.api.get("/api/v1/admin/players", headers=ada.headers)).status_code == 403
