"""What is tried first by whoever wants into somebody else's account, and is tried nowhere else here."""

from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import msgspec
import pytest

from playerbase import app
from playerbase.kit import crypto
from tests.accounts.people import PASSWORD, People, someone

OURS = {"origin": "http://test", "sec-fetch-site": "same-origin"}
SIGN_UP = {"email": "ada@example.com", "password": PASSWORD, "display_name": "Countess"}
WISHES = {"is_staff": True, "roles": ["admin"], "player_id": "01900000-0000-7000-8000-000000000000", "status": "active"}
ELSEWHERE = (
    "https://evil.test/", "http:evil.test", "//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test",
    "/\t/evil.test",
    "/portal\\..\\\\evil.test", "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "/%2f%2fevil.test",
    "%2F%2Fevil.test", "/%5Cevil.test", "/portal/../../evil.test", " //evil.test", "/\r\nlocation: //evil.test",
    "@evil.test",
    "https:/evil.test", "/portal@evil.test", "//evil.test/portal", "/portal/%2e%2e//evil.test",
)  # fmt: skip


def changing() -> list[tuple[str, str, dict[str, Any]]]:
    """Everything under /auth and /me that takes a body, with the example of its description."""
    described = msgspec.json.decode(app.openapi("http://test"))
    found = []
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            content = told.get("requestBody", {}).get("content", {}).get("application/json")
            if content is not None and {"auth", "me"} & set(path.split("/")):
                found.append((method.upper(), path.replace("{provider}", "steam"), _example(described, content)))
    return found


def _example(described: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    schema = content["schema"]
    while "$ref" in schema or "anyOf" in schema or "oneOf" in schema:
        schema = schema if "$ref" in schema else (schema.get("anyOf") or schema.get("oneOf"))[0]
        if "$ref" in schema:
            schema = described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    example = content.get("example") or schema.get("example") or {}
    return dict(example)


async def test_no_field_that_was_not_asked_for_is_taken(people: People) -> None:
    ada = await people.register()
    before = await state(people)
    routes = changing()
    assert len(routes) > 20
    for method, path, example in routes:
        assert path.startswith("/api/v1/"), path
        for wish, value in WISHES.items():
            if wish in example:
                continue
            answer = await people.api.request(method, path, json=example | {wish: value}, headers=ada.headers)
            assert answer.status_code in {403, 422}, (method, path, wish, answer.text)
            if answer.status_code == 422:
                fields = {each["field"]: each["code"] for each in answer.json()["errors"]}
                assert wish in fields, (method, path, answer.text)
    assert await state(people) == before


async def test_no_field_of_a_form_makes_anybody_more_than_a_player(people: People) -> None:
    wishes = {"is_staff": "true", "roles": "admin", "status": "active"}
    answer = await people.api.post("/portal/sign-up", data=SIGN_UP | wishes, headers=OURS)
    assert answer.status_code in {303, 422}
    assert await people.api.site.pool.fetchval("select count(*) from access.staff") == 0
    assert (await people.api.get("/api/v1/admin/staff")).status_code in {401, 403}


async def state(people: People) -> list[Any]:
    """All that a wish could have changed."""
    return [
        await people.api.site.pool.fetch(query)
        for query in (
            "select * from access.staff", "select * from identity.players",
            "select player_id, display_name from profiles.profiles", "select player_id from access.credentials",
            "select session_id, player_id, method, amr from access.sessions where revoked_at is null",
        )
    ]  # fmt: skip


def cookie_of(answer: httpx.Response) -> str:
    (found,) = [each for each in answer.headers.get_list("set-cookie") if each.startswith("playerbase=")]
    return found.partition("=")[2].partition(";")[0]


async def browser(people: People, cookie: str) -> str:
    """Whose browser that is."""
    answer = await people.api.get("/api/v1/auth/validate", headers={"cookie": f"playerbase={cookie}"})
    return str(answer.json().get("player_id", "nobody's"))


async def test_a_session_that_was_planted_is_not_the_one_somebody_signs_in_to(people: People) -> None:
    ada = await people.register()
    eve = await people.register("eve@example.com", "Evelyn")
    form = {"email": "eve@example.com", "password": PASSWORD}
    hers = cookie_of(await people.api.post("/portal/sign-in", data=form, headers=OURS))
    people.api.cookies.clear()
    made_up = crypto.token("pb_bs")
    for planted in (hers, made_up, "x"):
        form = {"email": "ada@example.com", "password": PASSWORD}
        headers = OURS | {"cookie": f"playerbase={planted}"}
        answer = await people.api.post("/portal/sign-in", data=form, headers=headers)
        people.api.cookies.clear()
        assert answer.status_code == 303, answer.text
        mine = cookie_of(answer)
        assert mine not in {hers, made_up, "x"}
        assert await browser(people, mine) == str(ada.player_id)
    people.api.cookies.clear()
    assert await browser(people, hers) == str(eve.player_id), "what was planted is still only hers"
    assert await browser(people, made_up) == "nobody's"


@pytest.mark.parametrize("door", ["/portal/sign-in", "/console/sign-in"])
async def test_no_door_leads_out_of_the_house(people: People, door: str) -> None:
    await people.register()
    for goal in ELSEWHERE:
        shown = await people.api.get(f"{door}?next={quote(goal, safe='')}")
        assert shown.status_code in {200, 422}, goal
        form = {"email": "ada@example.com", "password": PASSWORD, "next": goal}
        answer = await people.api.post(door, data=form, headers=OURS)
        people.api.cookies.clear()
        assert answer.status_code in {303, 422}, (goal, answer.text)
        where = answer.headers.get("location", "/")
        joined = str(httpx.URL("http://test").join(where))
        assert urlsplit(joined)[:2] == ("http", "test"), (goal, where)
        assert where.startswith("/"), (goal, where)
        assert not where.startswith(("//", "/\\", "/\t")), (goal, where)
        assert {"\\", "\r", "\n"}.isdisjoint(where), (goal, where)


@pytest.mark.parametrize(
    "junk", ["A" * 65_536, "Bearer " + "A" * 65_536, "Bearer " + "a." * 32_768, "Bearer \xff" * 9_000]
)
async def test_64_kilobytes_of_junk_are_refused_and_nothing_else(people: People, junk: str) -> None:
    ada = await people.register()
    headers = [(b"authorization", junk.encode("latin-1"))]
    answer = await people.api.get("/api/v1/auth/validate", headers=headers)
    assert answer.status_code in {401, 431}
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert await people.validate(ada) == 200
    long = await people.post("/auth/refresh", {"refresh_token": junk})
    assert long.status_code == 422
    assert someone(await people.refresh(ada.refresh_token)).session_id == ada.session_id
