"""A lock that shuts guessers out, and nobody else."""

import asyncio

import httpx
import pytest

from playerbase import access, audit, identity
from playerbase.kit import clock
from playerbase.kit.db import transaction
from tests.accounts.letterbox import Letterbox
from tests.accounts.people import PASSWORD, People, someone

pytestmark = pytest.mark.usefixtures("standing_clock")  # However long it takes, no lock and no code lapses meanwhile.

BY = audit.Deed(actor_kind="system", actor_id="tests", action="")
ADA = "ada@example.com"
WRONG = "Wrong1!horse"


async def log_in(
    people: People, password: str = PASSWORD, token: str | None = None, email: str = ADA
) -> httpx.Response:
    body = {"email": email, "password": password}
    return await people.post("/auth/login", body if token is None else {**body, "device_token": token})


async def fail(people: People, times: int, token: str | None = None) -> None:
    for _ in range(times):
        assert (await log_in(people, WRONG, token)).status_code == 401


async def a_device(people: People) -> str:
    answer = await log_in(people)
    assert answer.status_code == 200
    return str(answer.json()["device_token"])


async def until_waiting(people: People, task: asyncio.Task[httpx.Response]) -> None:
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    while not task.done() and not await people.api.site.pool.fetchval(waiting):
        pass


async def test_a_known_device_gets_in_while_strangers_have_locked_the_account(people: People) -> None:
    ada = await people.register()
    token = await a_device(people)
    assert token.startswith("pb_kd_")
    await fail(people, 10)
    assert (await log_in(people)).status_code == 401
    answer = await log_in(people, token=token)
    assert someone(answer).player_id == ada.player_id
    assert answer.json()["device_token"] == token, "it keeps its token"
    assert (await log_in(people)).status_code == 401, "strangers stay locked out"


async def test_a_known_device_has_ten_guesses_of_its_own(people: People) -> None:
    await people.register()
    token, another = await a_device(people), await a_device(people)
    await fail(people, 9, token)
    someone(await log_in(people, token=token))
    await fail(people, 10, token)
    assert (await log_in(people, token=token)).status_code == 401
    someone(await log_in(people, token=another))
    someone(await log_in(people))
    await people.later(minutes=31)
    someone(await log_in(people, token=token))


async def test_a_device_is_known_to_its_own_player_only(people: People) -> None:
    await people.register()
    await people.register("eve@example.com", "Evening")
    eves = (await log_in(people, email="eve@example.com")).json()["device_token"]
    await fail(people, 10, eves)
    assert (await log_in(people)).status_code == 401, "what was counted was the account"
    assert (await log_in(people, token=eves)).status_code == 401
    for rubbish in ("x", "pb_kd_" + "A" * 49, "é" * 50):
        assert (await log_in(people, token=rubbish)).status_code == 401


async def test_a_device_is_forgotten_after_half_a_year_or_by_twenty_newer_ones(people: People) -> None:
    await people.register()
    first = await a_device(people)
    await people.later(days=179)
    someone(await log_in(people, token=first))
    await people.later(days=179)
    someone(await log_in(people, token=first))
    newer = [await a_device(people) for _ in range(20)]
    count = "select count(*) from access.known_devices"
    assert await people.api.site.pool.fetchval(count) == 20
    await fail(people, 10)
    assert (await log_in(people, token=first)).status_code == 401
    someone(await log_in(people, token=newer[0]))
    await people.later(days=181)
    await fail(people, 10)
    assert (await log_in(people, token=newer[1])).status_code == 401


async def test_many_new_devices_at_once_stay_twenty(people: People) -> None:
    await people.register()
    answers = await asyncio.gather(*(log_in(people) for _ in range(30)))
    assert len({answer.json()["device_token"] for answer in answers}) == 30
    assert await people.api.site.pool.fetchval("select count(*) from access.known_devices") == 20


async def test_a_browser_is_known_by_its_cookie(people: People) -> None:
    made = await people.api.site.pool.fetchval("select count(*) from access.known_devices")
    await people.register()
    form = {"email": ADA, "password": PASSWORD}
    origin = {"origin": "http://test", "sec-fetch-site": "same-origin"}
    answer = await people.api.post("/console/sign-in", data=form, headers=origin)
    assert answer.status_code == 303, answer.text
    cookies = answer.headers.get_list("set-cookie")
    (device,) = [each for each in cookies if each.startswith("playerbase-device=pb_kd_")]
    assert "HttpOnly" in device
    assert "SameSite=Strict" in device
    assert "Max-Age=15552000" in device
    people.api.cookies.clear()
    await fail(people, 10)
    refused = await people.api.post("/console/sign-in", data=form, headers=origin)
    assert refused.status_code == 401
    kept = {**origin, "cookie": device.partition(";")[0]}
    people.api.cookies.clear()
    assert (await people.api.post("/console/sign-in", data=form, headers=kept)).status_code == 303
    assert await people.api.site.pool.fetchval("select count(*) from access.known_devices") > made


async def test_a_hundred_attempts_leave_a_lock_as_it_is(people: People) -> None:
    await people.register()
    await fail(people, 10)
    row = "select locked_until, failed_at from access.failures"
    before = await people.api.site.pool.fetchrow(row)
    assert before["locked_until"] is not None
    await people.later(minutes=5)
    for password in (WRONG, PASSWORD):
        answers = [await log_in(people, password) for _ in range(50)]
        assert {answer.status_code for answer in answers} == {401}
    assert await people.api.site.pool.fetchrow(row) == before
    await people.later(minutes=24, seconds=59)
    assert clock.now() < before["locked_until"]
    assert (await log_in(people)).status_code == 401
    await people.later(seconds=1)
    someone(await log_in(people))


async def test_locked_wrong_and_unknown_are_the_same_bytes(people: People) -> None:
    await people.register()
    same = {"x-request-id": "the-same-request-id"}

    async def said(email: str, password: str) -> bytes:
        answer = await people.post("/auth/login", {"email": email, "password": password}, **same)
        assert answer.status_code == 401
        return bytes(answer.content)

    wrong, unknown = await said(ADA, WRONG), await said("nobody@example.com", WRONG)
    await fail(people, 9)
    locked_right, locked_wrong = await said(ADA, PASSWORD), await said(ADA, WRONG)
    assert wrong == unknown == locked_right == locked_wrong
    async with transaction(people.api.site.pool) as tx:
        eve = await people.register("eve@example.com", "Evening")
        await access.bar(tx, eve.player_id, identity.Barring(identity.BanKind.BANNED, "Cheating"), by=BY)
    assert await said("eve@example.com", WRONG) == wrong
    assert (await log_in(people, email="eve@example.com")).status_code == 403


async def test_the_right_password_beside_the_tenth_wrong_one_does_not_slip_in(people: People) -> None:
    await people.register()
    await fail(people, 9)
    pool, keys = people.api.site.pool, people.api.site.keys
    attempt = await access.try_password(pool, keys, ADA, WRONG)
    async with transaction(pool) as tx:
        assert (await access.settle(tx, attempt)).locked_now
        late = asyncio.create_task(log_in(people))
        await until_waiting(people, late)
        assert not late.done()
    assert (await late).status_code == 401
    assert await pool.fetchval("select count(*) from access.sessions where revoked_at is null") == 1


async def test_the_owner_gets_one_letter_for_each_lock(people: People, letterbox: Letterbox) -> None:
    await people.register()
    await letterbox.come()
    await asyncio.gather(*(log_in(people, WRONG) for _ in range(30)))
    letter = await letterbox.comes()
    assert (letter.to, letter.subject) == (ADA, "Many wrong passwords for your account")
    facts = await people.api.site.pool.fetch("select body from kit.events where topic = 'account.locked'")
    assert len(facts) == 1
    await people.later(minutes=31)
    await fail(people, 10)
    body = {"token": (await letterbox.comes()).token, "password": "Other2!donkey"}
    assert (await people.post("/auth/password-reset/confirm", body)).status_code == 204
    someone(await log_in(people, "Other2!donkey"))


@pytest.mark.parametrize("typed", ["nobody@example.com", "no address at all"])
async def test_a_lock_of_nobody_s_account_writes_to_nobody_after_the_same_work(
    people: People, letterbox: Letterbox, typed: str
) -> None:
    for _ in range(10):
        await log_in(people, WRONG, email=typed)
    jobs = "select count(*) from kit.jobs where name = 'accounts.send_letter'"
    assert await people.api.site.pool.fetchval(jobs) == 1
    assert await letterbox.come() == []


async def test_registering_makes_the_device_known_and_signing_in_otherwise_does_not(people: People) -> None:
    body = {"email": ADA, "password": PASSWORD, "display_name": "Countess"}
    token = (await people.post("/auth/register", body)).json()["device_token"]
    await fail(people, 10)
    answer = await log_in(people, token=token)
    tokens = someone(answer)
    assert "device_token" not in (await people.refresh(tokens.refresh_token)).json()
    guest = await people.post("/auth/device/login", {"device_id": "a" * 32})
    assert "device_token" not in guest.json()


async def test_a_reset_forgets_devices(people: People, letterbox: Letterbox) -> None:
    await people.register()
    token = await a_device(people)
    await letterbox.come()
    await people.post("/auth/password-reset", {"email": ADA})
    body = {"token": (await letterbox.comes()).token, "password": "Other2!donkey"}
    assert (await people.post("/auth/password-reset/confirm", body)).status_code == 204
    await fail(people, 10)
    assert (await log_in(people, "Other2!donkey", token)).status_code == 401


async def test_a_retry_under_a_key_gets_the_same_device_token(people: People) -> None:
    await people.register()
    body = {"email": ADA, "password": PASSWORD}
    first, second = [await people.post("/auth/login", body, **{"idempotency-key": "once"}) for _ in range(2)]
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
