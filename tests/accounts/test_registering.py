"""Registering with e-mail address and password."""

import asyncio
import json
from uuid import UUID

import httpx
import pytest

from tests.accounts.people import PASSWORD, People, someone
from tests.conftest import Api

NEW = {"email": "ada@example.com", "password": PASSWORD, "display_name": "Countess"}
ACCOUNTS = """
    select (select count(*) from identity.players) + (select count(*) from access.credentials)
        + (select count(*) from profiles.profiles) + (select count(*) from identity.identities)
"""


def codes(answer: httpx.Response) -> set[tuple[str, str]]:
    return {(error["field"], error["code"]) for error in answer.json()["errors"]}


async def test_who_registers_is_signed_in_and_has_a_profile(people: People) -> None:
    ada = await people.register()
    assert ada.player_id.version == 7
    profile = (await people.api.get("/api/v1/profiles/me", headers=ada.headers)).json()
    assert (profile["display_name"], profile["level"], profile["country"]) == ("Countess", 1, None)
    told = await people.api.site.pool.fetch("select topic, body->>'provider' as provider from kit.events order by id")
    assert [tuple(row) for row in told] == [("player.registered", "password"), ("player.logged_in", "password")]
    assert [row["player_id"] for row in await people.audited("user_created")] == [ada.player_id]


async def test_of_many_who_register_one_address_at_once_one_wins(people: People) -> None:
    spellings = ["ada@example.com", "ADA@example.com", "ada@EXAMPLE.com", " ada@example.com"]
    answers = await asyncio.gather(
        *(people.post("/auth/register", NEW | {"email": spellings[n % 4]}) for n in range(12))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"email_taken"}
    assert await people.api.site.pool.fetchval(ACCOUNTS) == 4, "the losers leave nothing behind"


async def test_the_address_lies_in_no_table_in_clear(people: People) -> None:
    await people.register("very.findable@example.com")
    for table in ("access.credentials", "identity.identities", "audit.entries", "kit.events", "access.sessions"):
        rows = str([list(row.values()) for row in await people.api.site.pool.fetch(f"select * from {table}")])
        assert "findable" not in rows
        assert PASSWORD not in rows


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"password": "jqzvw1!"}, {("password", "too_short"), ("password", "no_upper_case")}),
        ({"password": "Password1!"}, {("password", "common")}),
        ({"password": "Countess was 1st"}, {("password", "context")}),
        ({"password": "x" * 100_000}, {("password", "invalid")}),
        ({"email": "ada@localhost"}, {("email", "invalid")}),
        ({"email": ["ada@example.com", "eve@example.com"]}, {("email", "invalid")}),
        ({"display_name": " Ada"}, {("display_name", "invalid")}),
        ({"display_name": "\u202eadA"}, {("display_name", "invalid")}),
        ({"is_admin": True}, {("is_admin", "unknown")}),
        ({"roles": ["admin"], "player_id": str(UUID(int=1))}, {("roles", "unknown"), ("player_id", "unknown")}),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_is_wrong_is_named_and_nothing_is_made(
    people: People, change: dict[str, object], wrong: set[tuple[str, str]]
) -> None:
    answer = await people.post("/auth/register", NEW | change)
    assert answer.status_code == 422
    assert codes(answer) == wrong
    assert await people.api.site.pool.fetchval(ACCOUNTS) == 0


@pytest.mark.parametrize(
    "password", ["Aa1!" + "x" * 124, "Aa1!" + "😀" * 40, "Aa1 " + "ﷺ" * 100], ids=["ascii", "emoji", "wide"]
)
async def test_the_whole_of_a_long_password_counts(people: People, password: str) -> None:
    someone(await people.post("/auth/register", NEW | {"password": password}))
    someone(await people.log_in(password=password))
    for prefix in {password[:72], password[:-1], password.encode()[:72].decode(errors="ignore")} - {password}:
        assert (await people.log_in(password=prefix)).status_code == 401


async def test_two_hundred_characters_are_too_many_and_said_so(people: People) -> None:
    answer = await people.post("/auth/register", NEW | {"password": "Aa1!" * 50})
    assert (answer.status_code, codes(answer)) == (422, {("password", "too_long")})
    assert (await people.log_in(password="Aa1!" * 50)).status_code == 401


async def test_a_password_is_the_same_however_its_letters_are_composed(people: People) -> None:
    made = someone(await people.post("/auth/register", NEW | {"password": "Größe 1 Straße"}))
    came = someone(await people.log_in(password="Gro\u0308ße 1 Straße"))
    assert came.player_id == made.player_id


@pytest.mark.parametrize("field", ["email", "password", "display_name"])
async def test_half_a_character_is_no_fault_of_ours(people: People, field: str) -> None:
    body = json.dumps(NEW | {field: "Aa1! \ud800 xxxx"})
    answer = await people.api.post("/api/v1/auth/register", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}, answer.text


async def test_registering_is_limited_by_address(api: Api) -> None:
    people = People(api)
    codes = [(await people.post("/auth/register", NEW | {"email": "no"})).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]


async def test_everything_wrong_is_told_at_once(people: People) -> None:
    bad = {"email": "ada@localhost", "password": "short", "display_name": "\u202eAda"}
    answer = await people.post("/auth/register", bad)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    found = codes(answer)
    assert {
        ("email", "invalid"),
        ("display_name", "invalid"),
        ("password", "too_short"),
        ("password", "no_digit"),
    } <= found
