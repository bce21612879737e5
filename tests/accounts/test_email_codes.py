"""Signing in by a code that came by mail."""

import asyncio

import httpx
import pytest

from playerbase import access, audit, identity
from playerbase.kit.db import transaction
from playerbase.kit.redis import DEFAULTS
from tests.accounts.letterbox import Letterbox
from tests.accounts.people import PASSWORD, People, Someone, someone

pytestmark = pytest.mark.usefixtures("standing_clock")  # However long it takes, no lock and no code lapses meanwhile.

BY = audit.Deed(actor_kind="system", actor_id="tests", action="")
ADA = "ada@example.com"


async def ask(people: People, email: str = ADA) -> None:
    assert (await people.post("/auth/email-code", {"email": email})).status_code == 202


async def enter(people: People, code: str, email: str = ADA) -> httpx.Response:
    return await people.post("/auth/email-code/verify", {"email": email, "code": code})


async def confirmed(people: People, letterbox: Letterbox) -> Someone:
    ada = await people.register()
    assert (await people.post("/auth/email/verify", {"token": (await letterbox.comes()).token})).status_code == 204
    return ada


def other(code: str, by: int = 1) -> str:
    return f"{(int(code) + by) % 10**8:08d}"


async def test_a_code_signs_in_once(people: People, letterbox: Letterbox) -> None:
    ada = await confirmed(people, letterbox)
    await ask(people)
    letter = await letterbox.comes()
    assert letter.code not in letter.subject
    again = someone(await enter(people, letter.code, "Ada@Example.com"))
    assert again.player_id == ada.player_id
    sessions = (await people.api.get("/api/v1/auth/sessions", headers=again.headers)).json()["items"]
    assert {each["method"] for each in sessions} == {"password", "email_code"}
    assert await people.validate(ada) == 200
    second = await enter(people, letter.code)
    assert (second.status_code, second.json()["code"]) == (401, "sign_in_failed")


@pytest.mark.parametrize(("seconds", "status"), [(599, 200), (601, 401)])
async def test_a_code_is_good_for_ten_minutes(people: People, letterbox: Letterbox, seconds: int, status: int) -> None:
    await confirmed(people, letterbox)
    await ask(people)
    code = (await letterbox.comes()).code
    await people.later(seconds=seconds)
    assert (await enter(people, code)).status_code == status


async def test_five_tries_and_the_code_is_gone(people: People, letterbox: Letterbox) -> None:
    await confirmed(people, letterbox)
    await ask(people)
    code = (await letterbox.comes()).code
    for _ in range(5):
        assert (await enter(people, other(code))).status_code == 401
    assert (await enter(people, code)).status_code == 401
    await ask(people)
    code = (await letterbox.comes()).code
    for _ in range(3):
        assert (await enter(people, other(code))).status_code == 401
    someone(await enter(people, code))


async def test_many_tries_at_once_are_five(people: People, letterbox: Letterbox) -> None:
    await confirmed(people, letterbox)
    await ask(people)
    code = (await letterbox.comes()).code
    await asyncio.gather(*(enter(people, other(code, by)) for by in range(1, 9)))
    assert await people.api.site.pool.fetchval("select tries from access.one_time where purpose = 'code'") == 5
    assert (await enter(people, code)).status_code == 401


async def test_of_many_with_the_right_code_one_is_let_in(people: People, letterbox: Letterbox) -> None:
    await confirmed(people, letterbox)
    await ask(people)
    code = (await letterbox.comes()).code
    answers = await asyncio.gather(*(enter(people, code) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7


async def test_ten_failures_end_codes_for_half_an_hour_but_not_the_password(
    people: People, letterbox: Letterbox
) -> None:
    await confirmed(people, letterbox)
    for _ in range(2):
        await ask(people)
        code = (await letterbox.comes()).code
        for _ in range(5):
            await enter(people, other(code))
    await ask(people)
    assert (await enter(people, (await letterbox.comes()).code)).status_code == 401
    someone(await people.log_in())
    await people.later(minutes=31)
    await ask(people)
    someone(await enter(people, (await letterbox.comes()).code))


async def test_tries_are_counted_for_each_account_wherever_they_come_from(people: People, letterbox: Letterbox) -> None:
    await confirmed(people, letterbox)
    await ask(people)
    code = (await letterbox.comes()).code
    limits = people.api.site.limits
    limits.change({**limits.numbers, "recovery": DEFAULTS["recovery"]})
    gateway = people.api._transport.app  # type: ignore[attr-defined]  # httpx calls it private.
    answers = []
    for number in range(6):
        elsewhere = httpx.ASGITransport(gateway, client=(f"203.0.113.{number}", 1))
        async with httpx.AsyncClient(transport=elsewhere, base_url="http://test") as client:
            body = {"email": ADA, "code": other(code)}
            answers.append(await client.post("/api/v1/auth/email-code/verify", json=body))
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[-1].json()["category"] == "recovery"


async def test_a_newer_code_ends_the_older_and_a_code_is_one_address_s(people: People, letterbox: Letterbox) -> None:
    await confirmed(people, letterbox)
    await people.register("eve@example.com", "Evening")
    await people.post("/auth/email/verify", {"token": (await letterbox.comes()).token})
    await ask(people)
    older = (await letterbox.comes()).code
    await ask(people)
    newer = (await letterbox.comes()).code
    assert (await enter(people, newer, "eve@example.com")).status_code == 401
    assert (await enter(people, older)).status_code == 401
    someone(await enter(people, newer))


async def test_nobody_s_code_fails_like_a_wrong_one(people: People, letterbox: Letterbox) -> None:
    await confirmed(people, letterbox)
    await ask(people)
    code = (await letterbox.comes()).code
    await ask(people, "nobody@example.com")
    assert await letterbox.come() == []
    known, unknown = await enter(people, other(code)), await enter(people, code, "nobody@example.com")
    bodies = [{**answer.json(), "request_id": ""} for answer in (known, unknown)]
    assert bodies[0] == bodies[1]
    tries = await people.api.site.pool.fetch("select tries from access.one_time where purpose = 'code'")
    assert [row["tries"] for row in tries] == [1, 1], "both are counted alike"


async def test_an_unconfirmed_address_gets_a_link_to_take_the_account_over_and_no_code(
    people: People, letterbox: Letterbox
) -> None:
    mallory = await people.register()
    await letterbox.come()
    await ask(people)
    letter = await letterbox.comes()
    assert letter.subject == "Choose a new password"
    body = {"token": letter.token, "password": "Other2!donkey"}
    assert (await people.post("/auth/password-reset/confirm", body)).status_code == 204
    assert await people.validate(mallory) == 401
    assert (await people.log_in(password=PASSWORD)).status_code == 401


async def test_who_is_barred_is_told_so_only_with_the_code(people: People, letterbox: Letterbox) -> None:
    ada = await confirmed(people, letterbox)
    await ask(people)
    code = (await letterbox.comes()).code
    async with transaction(people.api.site.pool) as tx:
        await access.bar(tx, ada.player_id, identity.Barring(identity.BanKind.BANNED, "Cheating"), by=BY)
    assert (await enter(people, other(code))).json()["code"] == "sign_in_failed"
    assert (await enter(people, code)).json()["code"] == "player_barred"


async def test_a_code_does_not_open_the_console(people: People, letterbox: Letterbox) -> None:
    ada = await confirmed(people, letterbox)
    await people.api.site.pool.execute(
        "insert into access.staff values ($1, array['admin'], 'test', now())", ada.player_id
    )
    await ask(people)
    again = someone(await enter(people, (await letterbox.comes()).code))
    assert (await people.api.get("/api/v1/admin/staff", headers=again.headers)).status_code == 403
