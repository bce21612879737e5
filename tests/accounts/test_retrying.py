"""A client that did not hear the answer asks again under the same Idempotency-Key, and is signed in once."""

import asyncio
from collections.abc import Callable

import pytest

from tests.accounts.people import PASSWORD, People, Someone, someone

REGISTRATION = {"email": "grace@example.com", "password": PASSWORD, "display_name": "Grace"}
WAYS: dict[str, tuple[str, Callable[[Someone], dict[str, str]]]] = {
    "register": ("/auth/register", lambda _: REGISTRATION),
    "password": ("/auth/login", lambda _: {"email": "ada@example.com", "password": PASSWORD}),
    "refresh": ("/auth/refresh", lambda ada: {"refresh_token": ada.refresh_token}),
    "device": ("/auth/device/login", lambda _: {"device_id": "d" * 32}),
    "server": ("/auth/server/login", lambda _: {"external_id": "steam:7"}),
}
SESSIONS = "select count(*) from access.sessions"


@pytest.fixture(params=WAYS)
async def way(people: People, request: pytest.FixtureRequest) -> tuple[str, dict[str, str], dict[str, str]]:
    """A path, a body that signs somebody in there, and who asks."""
    _, server = await people.begin()
    path, body = WAYS[request.param]
    return path, body(await people.register()), server if request.param == "server" else {}


async def sessions(people: People) -> int:
    count: int = await people.api.site.pool.fetchval(SESSIONS)
    return count


async def test_the_same_key_gives_the_same_tokens(
    people: People, way: tuple[str, dict[str, str], dict[str, str]]
) -> None:
    path, body, headers = way
    before = await sessions(people)
    first = await people.post(path, body, **headers, **{"idempotency-key": "once"})
    await people.later(minutes=5)
    again = await people.post(path, body, **headers, **{"idempotency-key": "once"})
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert [answer.headers["idempotency-replayed"] for answer in (first, again)] == ["false", "true"]
    assert await sessions(people) <= before + 1
    assert await people.validate(someone(again)) == 200
    stored = str(await people.api.site.pool.fetch("select * from kit.idempotency"))
    assert someone(first).refresh_token not in stored
    assert str(someone(first).session_id) not in stored, "what is kept can be read with the key alone"
    other = await people.post(path, _other(path), **headers, **{"idempotency-key": "once"})
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


async def test_of_many_at_once_under_one_key_one_is_done(
    people: People, way: tuple[str, dict[str, str], dict[str, str]]
) -> None:
    path, body, headers = way
    before = await sessions(people)
    answers = await asyncio.gather(
        *(people.post(path, body, **headers, **{"idempotency-key": "once"}) for _ in range(8))
    )
    told = {answer.content for answer in answers if answer.is_success}
    assert len(told) == 1
    assert {answer.json()["code"] for answer in answers if not answer.is_success} <= {"key_running"}
    assert await sessions(people) <= before + 1


async def test_a_refusal_for_good_is_kept_and_one_that_may_pass_is_not(people: People) -> None:
    await people.register("grace@example.com")
    taken = [await people.post("/auth/register", REGISTRATION, **{"idempotency-key": "r"}) for _ in range(2)]
    assert [(answer.status_code, answer.json()["code"]) for answer in taken] == [(409, "email_taken")] * 2
    assert taken[1].headers["idempotency-replayed"] == "true"
    body = {"email": "grace@example.com", "password": "Wrong1!horses"}
    wrong = [await people.post("/auth/login", body, **{"idempotency-key": "l"}) for _ in range(2)]
    assert [answer.status_code for answer in wrong] == [401, 401]
    assert len(await people.audited("authn_login_fail")) == 2, "each guess counts, whatever key it comes under"


def _other(path: str) -> dict[str, str]:
    """Another wish for the same path."""
    return {
        "/auth/register": {**REGISTRATION, "display_name": "Somebody"},
        "/auth/login": {"email": "ada@example.com", "password": "Correct1!horses"},
        "/auth/refresh": {"refresh_token": "pb_rt_0"},
        "/auth/device/login": {"device_id": "e" * 32},
        "/auth/server/login": {"external_id": "steam:8"},
    }[path]
