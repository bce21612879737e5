"""Choosing a new password by mail."""

import asyncio

import httpx
import pytest

from tests.accounts.letterbox import Letterbox
from tests.accounts.people import PASSWORD, People, someone

NEW = "Other2!donkey"
ADA = "ada@example.com"


async def ask(people: People, email: object = ADA, **headers: str) -> httpx.Response:
    return await people.post("/auth/password-reset", {"email": email}, **headers)


async def confirm(people: People, token: str, password: str = NEW) -> httpx.Response:
    return await people.post("/auth/password-reset/confirm", {"token": token, "password": password})


async def a_token(people: People, letterbox: Letterbox) -> str:
    """Ada has registered and asked."""
    await people.register()
    await letterbox.come()
    assert (await ask(people)).status_code == 202
    return (await letterbox.comes()).token


async def test_a_new_password_by_mail_ends_what_the_old_one_opened(people: People, letterbox: Letterbox) -> None:
    ada = await people.register()
    await letterbox.come()
    await ask(people)
    letter = await letterbox.comes()
    assert (letter.to, letter.subject) == (ADA, "Choose a new password")
    assert letter.link.startswith("http://test/portal/reset#token=pb_ot_")
    answer = await confirm(people, letter.token)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "set-cookie" not in answer.headers
    assert await people.validate(ada) == 401
    assert (await people.refresh(ada.refresh_token)).status_code == 401
    assert (await people.log_in()).status_code == 401
    someone(await people.log_in(password=NEW))
    told = await letterbox.comes()
    assert (told.to, told.subject) == (ADA, "Your password was changed")
    assert "#token" not in told.text
    assert [row["outcome"] for row in await people.audited("authn_password_reset")] == ["done"]
    topics = await people.api.site.pool.fetch("select topic from kit.events order by id")
    assert [row["topic"] for row in topics if row["topic"].startswith(("password", "email"))] == [
        "password.changed", "email.verified",
    ]  # fmt: skip


@pytest.mark.parametrize(("seconds", "status"), [(14 * 60 + 59, 204), (15 * 60 + 1, 400)])
async def test_a_link_is_good_for_a_quarter_of_an_hour(
    people: People, letterbox: Letterbox, seconds: int, status: int
) -> None:
    token = await a_token(people, letterbox)
    await people.later(seconds=seconds)
    answer = await confirm(people, token)
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["code"] == "link_spent"
        someone(await people.log_in())


async def test_a_link_works_once_and_a_newer_one_ends_it(people: People, letterbox: Letterbox) -> None:
    older = await a_token(people, letterbox)
    await ask(people)
    newer = (await letterbox.comes()).token
    assert (await confirm(people, older)).status_code == 400
    assert (await confirm(people, newer)).status_code == 204
    assert (await confirm(people, newer)).status_code == 400


async def test_the_newest_wins_in_whatever_order_letters_are_written(people: People, letterbox: Letterbox) -> None:
    await people.register()
    await letterbox.come()
    for _ in range(2):
        await ask(people)
    await people.api.site.pool.execute(
        "update kit.jobs set run_at = run_at + interval '1 hour' "
        "where id = (select id from kit.jobs where state = 'ready' and lane = 'high' order by id limit 1)"
    )
    newer = await letterbox.comes()
    await people.api.site.pool.execute("update kit.jobs set run_at = made_at where state = 'ready'")
    assert await letterbox.come() == [], "the older one is not sent any more: its link would be dead"
    assert (await confirm(people, newer.token)).status_code == 204


async def test_of_many_who_use_a_link_at_once_one_wins(people: People, letterbox: Letterbox) -> None:
    token = await a_token(people, letterbox)
    answers = await asyncio.gather(*(confirm(people, token, f"{NEW}{n}") for n in range(10)))
    assert sorted(answer.status_code for answer in answers) == [204] + [400] * 9
    won = next(n for n, answer in enumerate(answers) if answer.status_code == 204)
    someone(await people.log_in(password=f"{NEW}{won}"))


async def test_a_link_dies_with_the_password_it_was_made_beside(people: People, letterbox: Letterbox) -> None:
    token = await a_token(people, letterbox)
    await people.api.site.pool.execute("update access.credentials set password_hash = password_hash || ' '")
    assert (await confirm(people, token)).status_code == 400


async def test_a_weak_password_leaves_the_link_good(people: People, letterbox: Letterbox) -> None:
    token = await a_token(people, letterbox)
    for weak in ("short1!", "Password1!", "Countess was 1st"):
        answer = await confirm(people, token, weak)
        assert (answer.status_code, answer.json()["code"]) == (422, "password_too_weak"), weak
    assert (await confirm(people, token)).status_code == 204


async def test_a_reset_unlocks(people: People, letterbox: Letterbox) -> None:
    token = await a_token(people, letterbox)
    for _ in range(10):
        await people.log_in(password="Wrong1!horse")
    locked = await letterbox.comes()
    assert (await confirm(people, token)).status_code == 400, "the letter about the lock has the newer link"
    assert (await people.log_in()).status_code == 401
    assert (await confirm(people, locked.token)).status_code == 204
    someone(await people.log_in(password=NEW))


async def test_known_and_unknown_addresses_are_answered_alike_after_the_same_work(
    people: People, letterbox: Letterbox
) -> None:
    await people.register()
    await letterbox.come()
    pool = people.api.site.pool
    for path in ("/auth/password-reset", "/auth/email-code"):
        seen = []
        for email in (ADA, "nobody@example.com"):
            said: list[str] = []

            async def hear(connection: object, said: list[str] = said) -> None:
                connection.add_query_logger(lambda record: said.append(record.query))  # type: ignore[attr-defined]  # asyncpg's.

            async with pool.acquire() as one, pool.acquire() as two:
                for each in (one, two):
                    await hear(each)
            answer = await people.post(path, {"email": email})
            volatile = {
                "date",
                "x-request-id",
                "x-ratelimit-reset",
                "x-ratelimit-remaining",
                "ratelimit",
                "traceparent",
            }
            headers = {name: value for name, value in answer.headers.items() if name not in volatile}
            seen.append((answer.status_code, answer.content, headers, said))
            async with pool.acquire() as one, pool.acquire() as two:
                for each in (one, two):
                    each._con._query_loggers.clear()
        assert seen[0] == seen[1], path
        assert seen[0][:2] == (202, b"")
        assert any("insert into kit.jobs" in query for query in seen[0][3])
    assert {letter.to for letter in await letterbox.come()} == {ADA}


async def test_the_job_of_a_known_address_looks_like_that_of_an_unknown(people: People) -> None:
    await people.register()
    await people.api.drain()
    for email in (ADA, f"{'x' * 60}@{'y' * 60}.example.com"):
        await ask(people, email)
    rows = await people.api.site.pool.fetch("select length(args::text) as length from kit.jobs where state = 'ready'")
    assert len(rows) == 2
    assert len({row["length"] for row in rows}) == 1


@pytest.mark.parametrize("email", [[ADA, "eve@example.com"], {"a": ADA}, None, 1, f"{ADA},eve@example.com", "ada"])
async def test_what_is_no_address_is_refused(people: People, letterbox: Letterbox, email: object) -> None:
    await people.register()
    await letterbox.come()
    answer = await ask(people, email)
    assert answer.status_code == 422
    assert await letterbox.come() == []


async def test_no_header_reaches_the_link(people: People, letterbox: Letterbox) -> None:
    await people.register()
    await letterbox.come()
    forged = {
        "host": "evil.test", "x-forwarded-host": "evil.test", "forwarded": "host=evil.test",
        "x-forwarded-proto": "gopher", "origin": "http://evil.test", "referer": "http://evil.test/",
    }  # fmt: skip
    answer = await ask(people, **forged)
    assert answer.status_code == 202
    letter = await letterbox.comes()
    assert letter.link.startswith("http://test/portal/reset#")
    assert "evil" not in letter.whole + letter.html


@pytest.mark.parametrize("token", ["x", "pb_ot_", "pb_ot_" + "A" * 49, "pb_rt_" + "A" * 49, "é" * 60])
async def test_rubbish_is_a_spent_link(people: People, token: str) -> None:
    answer = await confirm(people, token)
    assert (answer.status_code, answer.json()["code"]) == (400, "link_spent")


async def test_looking_uses_nothing_up(people: People, letterbox: Letterbox) -> None:
    token = await a_token(people, letterbox)
    assert (await people.api.get("/api/v1/auth/password-reset/confirm", params={"token": token})).status_code == 405
    assert (await confirm(people, token)).status_code == 204


async def test_a_token_for_one_thing_is_none_for_another(people: People, letterbox: Letterbox) -> None:
    await people.register()
    verifying = (await letterbox.comes()).token
    await ask(people)
    resetting = (await letterbox.comes()).token
    assert (await confirm(people, verifying)).status_code == 400
    assert (await people.post("/auth/email/verify", {"token": resetting})).status_code == 400
    assert (await confirm(people, resetting)).status_code == 204
    assert (await people.post("/auth/email/verify", {"token": verifying})).status_code == 400, "a reset voids the rest"
    someone(await people.log_in(password=NEW))
    assert (await people.log_in(password=PASSWORD)).status_code == 401
