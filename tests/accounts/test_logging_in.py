"""Signing in with e-mail address and password, and failing to."""

import asyncio
from types import SimpleNamespace
from uuid import uuid4

import bcrypt
import httpx
import pytest

from playerbase import access, audit, identity
from playerbase.access.actions import hashing
from playerbase.kit.db import transaction
from tests.accounts.people import PASSWORD, People, someone
from tests.conftest import Api

pytestmark = pytest.mark.usefixtures("standing_clock")  # However long it takes, no lock and no code lapses meanwhile.


def told(answer: httpx.Response) -> dict[str, object]:
    """What a client can tell answers apart by, besides the request's own id."""
    return {"status": answer.status_code, **answer.json(), "request_id": ""}


async def fail(people: People, times: int, email: str = "ada@example.com") -> None:
    for _ in range(times):
        assert (await people.log_in(email, "Wrong1!horse")).status_code == 401


async def test_who_knows_the_password_gets_a_session_of_their_own(people: People) -> None:
    ada = await people.register()
    again = someone(await people.log_in("Ada@Example.com"))
    assert again.player_id == ada.player_id
    assert again.session_id != ada.session_id
    assert [row["player_id"] for row in await people.audited("authn_login_success")] == [ada.player_id]


async def test_signing_in_is_limited_by_address_to_five_a_minute(api: Api) -> None:
    codes = [(await People(api).log_in(f"ada{number}@example.com")).status_code for number in range(6)]
    assert codes == [401] * 5 + [429]


async def test_an_unknown_account_takes_as_much_hashing_as_a_known_one(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await people.register()
    checked: list[bytes] = []

    def check(password: bytes, against: bytes) -> bool:
        checked.append(against[:7])
        return bool(bcrypt.checkpw(password, against))

    monkeypatch.setattr(hashing, "bcrypt", SimpleNamespace(checkpw=check))
    for email in ("ada@example.com", "nobody@example.com", "no address at all"):
        assert (await people.log_in(email, "Wrong1!horse")).status_code == 401
    await people.api.site.pool.execute("update access.credentials set password_hash = 'v0$of another time'")
    assert (await people.log_in()).status_code == 401
    assert checked == [b"$2b$04$"] * 4
    assert await people.validate(ada) == 200


@pytest.mark.parametrize(
    ("password", "code"), [("x" * 1_025, "invalid_input"), ("😀" * 257, "password_too_long")], ids=["chars", "bytes"]
)
async def test_what_is_longer_than_any_password_is_not_hashed_at_all(people: People, password: str, code: str) -> None:
    await people.register()
    for email in ("ada@example.com", "nobody@example.com"):
        answer = await people.log_in(email, password)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await people.audited("authn_login_fail") == []


async def test_unknown_wrong_and_locked_look_the_same(people: People) -> None:
    await people.register()
    unknown = told(await people.log_in("eve@example.com"))
    wrong = told(await people.log_in(password="Wrong1!horse"))
    await fail(people, 9)
    locked = told(await people.log_in())
    assert unknown == wrong == locked
    assert locked["code"] == "sign_in_failed"


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com", "no address at all"])
async def test_ten_failures_lock_an_account_known_or_not_once(people: People, email: str) -> None:
    await people.register()
    await fail(people, 25, email)
    assert len(await people.audited("authn_login_lock")) == 1
    assert len(await people.audited("authn_login_fail")) == 24


async def test_a_lock_ends_after_half_an_hour_whatever_is_tried_meanwhile(people: People) -> None:
    await people.register()
    await fail(people, 10)
    until = await people.api.site.pool.fetchval("select locked_until from access.failures")
    for _ in range(10):
        await people.later(minutes=2.9)
        await fail(people, 10)
    assert await people.api.site.pool.fetchval("select locked_until from access.failures") == until
    assert (await people.log_in()).status_code == 401
    await people.later(minutes=1.1)
    someone(await people.log_in())
    await fail(people, 9)
    someone(await people.log_in())


async def test_a_success_forgives_and_time_does(people: People) -> None:
    ada = await people.register()
    await fail(people, 9)
    assert someone(await people.log_in()).player_id == ada.player_id
    await fail(people, 9)
    await people.later(minutes=31)
    await fail(people, 9)
    assert someone(await people.log_in()).player_id == ada.player_id


async def test_a_lock_leaves_live_sessions_alone(people: People) -> None:
    ada = await people.register()
    await fail(people, 10)
    assert await people.validate(ada) == 200
    someone(await people.refresh(ada.refresh_token))


async def test_many_guesses_at_once_are_ten_guesses(people: People) -> None:
    await people.register()
    answers = await asyncio.gather(*(people.log_in(password="Wrong1!horse") for _ in range(40)))
    assert {answer.status_code for answer in answers} == {401}
    assert len(await people.audited("authn_login_lock")) == 1
    assert (await people.log_in()).status_code == 401


async def test_many_right_ones_at_once_are_all_let_in(people: People) -> None:
    await people.register()
    answers = await asyncio.gather(*(people.log_in() for _ in range(30)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({someone(answer).session_id for answer in answers}) == 30


BY = audit.Deed(actor_kind="system", actor_id="tests", action="")


@pytest.mark.parametrize("kind", list(identity.BanKind))
async def test_who_is_barred_is_out_at_once_and_told_so_only_with_the_password(
    people: People, kind: identity.BanKind
) -> None:
    ada = await people.register()
    async with transaction(people.api.site.pool) as tx:
        ban = await access.bar(tx, ada.player_id, identity.Barring(kind, "Two accounts"), by=BY)
    assert await people.validate(ada) == 401
    assert (await people.refresh(ada.refresh_token)).status_code == 401
    assert (await people.log_in(password="Wrong1!horse")).json()["code"] == "sign_in_failed"
    barred = await people.log_in()
    assert (barred.status_code, barred.json()["code"]) == (403, "player_barred")
    assert (barred.json()["reason"], barred.json()["until"]) == ("Two accounts", None)
    async with transaction(people.api.site.pool) as tx:
        await access.lift(tx, ada.player_id, ban.ban_id, "A mistake", by=BY)
    someone(await people.log_in())
    assert await people.validate(ada) == 401, "what was ended stays ended"


async def test_who_signs_in_while_being_banned_is_not_left_inside(people: People) -> None:
    ada = await people.register()
    pool = people.api.site.pool
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    async with transaction(pool) as tx:
        await access.bar(tx, ada.player_id, identity.Barring(identity.BanKind.BANNED, "Cheating"), by=BY)
        late = asyncio.create_task(people.log_in())
        while not late.done() and not await pool.fetchval(waiting):
            pass
    assert (await late).status_code == 403
    assert await pool.fetchval("select count(*) from access.sessions where revoked_at is null") == 0


async def test_a_cheaper_hash_is_made_anew_when_its_player_comes(people: People) -> None:
    await people.register()
    hashes = "select password_hash from access.credentials"
    before = await people.api.site.pool.fetchval(hashes)
    access.use_hashing(access.Hashing(cost=5))
    await fail(people, 1)
    assert await people.api.site.pool.fetchval(hashes) == before
    someone(await people.log_in())
    after = await people.api.site.pool.fetchval(hashes)
    assert "$2b$04$" in before
    assert "$2b$05$" in after
    someone(await people.log_in())
    assert await people.api.site.pool.fetchval(hashes) == after


async def test_more_than_the_threads_can_hash_are_told_to_come_back(people: People) -> None:
    await people.register()
    access.use_hashing(access.Hashing(cost=10, workers=1, waiting_max=2))
    answers = await asyncio.gather(*(people.log_in() for _ in range(12)), people.api.get("/health"))
    busy = [answer for answer in answers if answer.status_code == 503]
    assert len(busy) >= 6
    assert {answer.json()["code"] for answer in busy} == {"too_busy"}
    assert {answer.headers["retry-after"] for answer in busy} == {"4"}
    assert answers[-1].status_code == 200
    someone(await people.log_in())


def test_production_hashes_at_the_cost_that_was_promised() -> None:
    assert access.Hashing().cost == 12


async def test_what_is_typed_as_an_address_is_written_nowhere(people: People) -> None:
    typed = f"MySecret{uuid4().hex}"
    await people.log_in(typed)
    for table in ("audit.entries", "access.failures", "kit.events"):
        rows = str([list(row.values()) for row in await people.api.site.pool.fetch(f"select * from {table}")])
        assert typed.casefold() not in rows.casefold()


async def test_a_dead_token_beside_the_password_is_no_hindrance(people: People) -> None:
    ada = await people.register()
    await people.api.delete("/api/v1/auth/sessions", headers=ada.headers)
    body = {"email": "ada@example.com", "password": PASSWORD}
    beside_a_dead_one = someone(await people.post("/auth/login", body, **ada.headers))
    beside_rubbish = someone(await people.post("/auth/login", body, authorization="Bearer rubbish"))
    assert {beside_a_dead_one.player_id, beside_rubbish.player_id} == {ada.player_id}
