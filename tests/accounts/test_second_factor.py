"""Signing in with a second factor, living with one, and being rid of it."""

import asyncio
import base64

import pytest

from playerbase import access, audit, identity
from playerbase.access.rules import totp
from playerbase.kit import clock
from playerbase.kit.db import transaction
from tests.accounts.people import PASSWORD, People, someone
from tests.accounts.phones import LOGIN, Phone, ask, enable, enrol, said, verify

pytestmark = pytest.mark.usefixtures("standing_clock")  # However long it takes, no lock and no code lapses meanwhile.

BY = audit.Deed(actor_kind="system", actor_id="tests", action="")


async def test_enrolling_shows_the_secret_once_and_asks_from_then_on(people: People) -> None:
    ada = await people.register()
    other = someone(await people.log_in())
    phone = await enrol(people, ada)
    assert phone.enrolment["otpauth_uri"].startswith("otpauth://totp/Playerbase:ada%40example.com?secret=")
    assert phone.enrolment["qr_svg"].startswith("<svg ")
    assert len(phone.recovery_codes) == 10
    assert await people.validate(other) == 401, "a session from before has shown no second factor"
    assert await people.validate(ada) == 200
    token = await ask(people)
    again = someone(await verify(people, token, await phone.next()))
    assert again.player_id == ada.player_id
    state = await people.api.get("/api/v1/auth/2fa", headers=again.headers)
    told = state.json()
    assert (told["is_enabled"], told["is_pending"], told["recovery_codes_left"]) == (True, False, 10)
    assert phone.enrolment["secret"] not in state.text
    assert len(await people.audited("second_factor_enabled")) == 1
    topics = {row["topic"] for row in await people.api.site.pool.fetch("select topic from kit.events")}
    assert "second_factor.enabled" in topics


async def test_what_was_not_confirmed_asks_nobody(people: People) -> None:
    ada = await people.register()
    assert (await enable(people, ada)).status_code == 200
    someone(await people.log_in())
    wrong = await people.post("/auth/2fa/verify", {"code": "000000"}, **ada.headers)
    assert said(wrong) == (401, "code_wrong")
    fresh = await people.register("bob@example.com", "Bob B")
    nothing = await people.post("/auth/2fa/verify", {"code": "000000"}, **fresh.headers)
    assert said(nothing) == (409, "nothing_to_confirm")
    assert said(await people.post("/auth/2fa/verify", {"code": "000000"})) == (401, "not_signed_in")


async def test_a_login_may_bring_its_code_along(people: People) -> None:
    phone = await enrol(people, await people.register())
    code = await phone.next()
    someone(await people.post("/auth/login", LOGIN | {"totp": code}))
    assert said(await people.post("/auth/login", LOGIN | {"totp": code})) == (401, "code_wrong")
    assert said(await people.post("/auth/login", LOGIN | {"totp": await phone.next(), "password": "Wrong1!horse"})) == (
        401,
        "sign_in_failed",
    )
    someone(await people.post("/auth/login", LOGIN | {"totp": phone.recovery_codes[0]}))
    await people.register("bob@example.com", "Bob B")
    someone(await people.post("/auth/login", {"email": "bob@example.com", "password": PASSWORD, "totp": "123456"}))


async def test_one_code_answers_one_challenge(people: People) -> None:
    phone = await enrol(people, await people.register())
    first, second = await ask(people), await ask(people)
    code = await phone.next()
    assert (await verify(people, first, code)).status_code == 200
    assert said(await verify(people, second, code)) == (401, "code_wrong")
    assert said(await verify(people, first, await phone.next())) == (401, "challenge_over")
    assert (await verify(people, second, await phone.next())).status_code == 200


@pytest.mark.parametrize("is_one_challenge", [True, False])
async def test_of_ten_who_bring_one_code_at_once_one_gets_in(people: People, *, is_one_challenge: bool) -> None:
    phone = await enrol(people, await people.register())
    tokens = [await ask(people)] * 10 if is_one_challenge else [await ask(people) for _ in range(10)]
    code = await phone.next()
    answers = await asyncio.gather(*(verify(people, token, code) for token in tokens))
    assert sorted(answer.status_code for answer in answers) == [200, *[401] * 9]


async def test_of_ten_who_bring_one_recovery_code_at_once_one_gets_in(people: People) -> None:
    ada = await people.register()
    phone = await enrol(people, ada)
    tokens = [await ask(people) for _ in range(10)]
    answers = await asyncio.gather(*(verify(people, token, phone.recovery_codes[0]) for token in tokens))
    assert sorted(answer.status_code for answer in answers) == [200, *[401] * 9]
    state = await people.api.get("/api/v1/auth/2fa", headers=ada.headers)
    assert state.json()["recovery_codes_left"] == 9
    used = await people.api.site.pool.fetch("select body from kit.events where topic = 'recovery_code.used'")
    assert len(used) == 1
    assert [row["player_id"] for row in await people.audited("recovery_code_used")] == [ada.player_id]


async def test_an_older_code_is_refused_after_a_newer_one(people: People) -> None:
    phone = await enrol(people, await people.register())
    await people.later(minutes=2)
    token = await ask(people)
    assert (await verify(people, token, phone.at(1))).status_code == 200
    token = await ask(people)
    for steps in (1, 0, -1):
        assert said(await verify(people, token, phone.at(steps))) == (401, "code_wrong")


async def test_the_sixth_try_is_refused_whatever_it_brings(people: People) -> None:
    phone = await enrol(people, await people.register())
    token = await ask(people)
    for _ in range(5):
        assert said(await verify(people, token, "000000")) == (401, "code_wrong")
    assert said(await verify(people, token, await phone.next())) == (401, "challenge_over")
    assert (await verify(people, await ask(people), await phone.next())).status_code == 200


async def test_a_challenge_lasts_five_minutes(people: People) -> None:
    phone = await enrol(people, await people.register())
    early, late = await ask(people), await ask(people)
    await people.later(minutes=4, seconds=50)
    assert (await verify(people, early, await phone.next())).status_code == 200
    await people.later(seconds=11)
    assert said(await verify(people, late, await phone.next())) == (401, "challenge_over")


async def test_the_token_of_a_challenge_is_good_nowhere_else(people: People) -> None:
    phone = await enrol(people, await people.register())
    token = await ask(people)
    held = {"authorization": f"Bearer {token}"}
    assert (await people.api.get("/api/v1/auth/validate", headers=held)).status_code == 401
    assert (await people.api.get("/api/v1/profiles/me", headers=held)).status_code == 401
    assert (await people.refresh(token)).status_code == 401
    assert said(await people.post("/auth/2fa/verify", {"code": await phone.next()}, **held)) == (401, "not_signed_in")
    rows = str([list(row.values()) for row in await people.api.site.pool.fetch("select * from access.challenges")])
    assert token not in rows
    for wrong in (token[:-1] + "x", "pb_mf_" + "0" * 43, "x"):
        assert said(await verify(people, wrong, "123456")) == (401, "challenge_over")


async def test_wrong_codes_and_wrong_passwords_are_counted_together(people: People) -> None:
    phone = await enrol(people, await people.register())
    for _ in range(2):
        token = await ask(people)
        for _ in range(4):
            assert said(await verify(people, token, "000000")) == (401, "code_wrong")
    assert said(await verify(people, token, "000000")) == (401, "code_wrong")
    # The ninth was that: the right password alone forgives nothing, and a tenth of any kind locks.
    token = await ask(people)
    assert (await people.log_in(password="Wrong1!horse")).status_code == 401
    assert len(await people.audited("authn_login_lock")) == 1
    assert said(await people.log_in()) == (401, "sign_in_failed")
    assert said(await verify(people, token, await phone.next())) == (401, "code_wrong")
    await people.later(minutes=31)
    assert (await verify(people, await ask(people), await phone.next())).status_code == 200
    assert await people.api.site.pool.fetchval("select count(*) from access.failures") == 0


async def test_nine_failures_a_whole_success_and_nine_more_lock_nobody(people: People) -> None:
    phone = await enrol(people, await people.register())
    for _ in range(2):
        for _ in range(9):
            assert (await people.log_in(password="Wrong1!horse")).status_code == 401
        someone(await people.post("/auth/login", LOGIN | {"totp": await phone.next()}))
    assert await people.audited("authn_login_lock") == []


async def test_a_code_guessed_at_with_a_session_locks_too(people: People) -> None:
    ada = await people.register()
    phone = await enrol(people, ada)
    for path in ("disable", "recovery-codes"):
        for _ in range(5):
            answer = await people.post(f"/auth/2fa/{path}", {"code": "000000"}, **ada.headers)
            assert said(answer) == (401, "code_wrong")
    assert len(await people.audited("authn_login_lock")) == 1
    answer = await people.post("/auth/2fa/disable", {"code": await phone.next()}, **ada.headers)
    assert said(answer) == (401, "code_wrong")


async def test_swapped_secrets_open_nothing_and_are_written_down(people: People) -> None:
    ada = await people.register()
    phone = await enrol(people, ada)
    bob = await enrol(people, await people.register("bob@example.com", "Bob B"))
    await people.api.site.pool.execute(
        "update access.factors as mine set secret_sealed = theirs.secret_sealed from access.factors as theirs"
        " where mine.player_id <> theirs.player_id"
    )
    token = await ask(people)
    for each in (phone, bob):
        assert said(await verify(people, token, each.at(1))) == (401, "code_wrong")
    rows = [row for row in await people.audited("second_factor_fail") if row["reason"] == "tampered"]
    assert [(row["player_id"], row["outcome"]) for row in rows] == [(ada.player_id, "failed")] * 2


async def test_no_secret_and_no_code_stands_in_any_table(people: People) -> None:
    ada = await people.register()
    answer = await people.post("/auth/2fa/enable", {}, **ada.headers, **{"idempotency-key": "on"})
    secret = answer.json()["secret"]
    raw = base64.b32decode(secret)
    body = {"code": totp.code_at(raw, totp.step_at(clock.now()))}
    done = await people.post("/auth/2fa/verify", body, **ada.headers, **{"idempotency-key": "sure"})
    codes = done.json()["recovery_codes"]
    token = await ask(people)
    assert (await verify(people, token, codes[0])).status_code == 200
    pool = people.api.site.pool
    tables = await pool.fetch(
        "select format('%I.%I', table_schema, table_name) as name from information_schema.tables"
        " where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')"
    )
    assert len(tables) > 20
    hidden = [secret, raw.hex(), token, *codes, *(code.replace("-", "") for code in codes)]
    for (name,) in tables:
        # A row as text shows bytes as hexadecimal.
        text = "\n".join(row[0] for row in await pool.fetch(f"select each::text from {name} as each"))
        found = [each for each in hidden if each in text or each.encode().hex() in text]
        assert not found, name


async def test_under_one_key_recovery_codes_are_made_once(people: People) -> None:
    ada = await people.register()
    told = (await enable(people, ada)).json()
    phone = Phone(people, base64.b32decode(told["secret"]), [], told)
    body, key = {"code": await phone.next()}, {"idempotency-key": "sure"}
    first, again = [await people.post("/auth/2fa/verify", body, **ada.headers, **key) for _ in range(2)]
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["idempotency-replayed"] == "true"


async def test_under_one_key_a_sign_in_is_asked_and_answered_once(people: People) -> None:
    phone = await enrol(people, await people.register())
    key = {"idempotency-key": "in"}
    first, again = [await people.post("/auth/login", LOGIN, **key) for _ in range(2)]
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first.status_code == 202
    assert again.headers["idempotency-replayed"] == "true"
    token, code = first.json()["mfa_token"], await phone.next()
    done = [await verify(people, token, code, **key) for _ in range(2)]
    assert someone(done[0]) == someone(done[1])
    assert await people.api.site.pool.fetchval("select count(*) from access.challenges") == 1
    other = await ask(people)
    wrong = [await verify(people, other, "000000", **{"idempotency-key": "guess"}) for _ in range(2)]
    assert [said(each) for each in wrong] == [(401, "code_wrong")] * 2
    assert len(await people.audited("second_factor_fail")) == 2, "each guess counts, whatever key it comes under"


async def test_a_device_s_player_is_asked_and_a_server_s_is_not(people: People) -> None:
    _, server = await people.begin()
    body = {"device_id": "d" * 32}
    guest = someone(await people.post("/auth/device/login", body))
    phone = await enrol(people, guest)
    asked = await people.post("/auth/device/login", body)
    assert asked.status_code == 202
    back = someone(await verify(people, asked.json()["mfa_token"], await phone.next()))
    assert back.player_id == guest.player_id
    kept = [await people.post("/auth/device/login", body, **{"idempotency-key": "d"}) for _ in range(2)]
    assert [each.status_code for each in kept] == [202, 202]
    assert kept[0].content == kept[1].content
    vouched = someone(await people.post("/auth/server/login", {"external_id": "ada"}, **server))
    assert said(await enable(people, vouched)) == (403, "reauth_required"), "nobody has shown who they are"
    query = "select authenticated_at, amr from access.sessions where session_id = $1"
    row = await people.api.site.pool.fetchrow(query, vouched.session_id)
    assert (row["authenticated_at"], row["amr"]) == (None, [])
    row = await people.api.site.pool.fetchrow(query, back.session_id)
    assert row["amr"] == ["device", "mfa", "otp"]


async def test_who_was_banned_meanwhile_is_not_let_in(people: People) -> None:
    ada = await people.register()
    phone = await enrol(people, ada)
    token = await ask(people)
    async with transaction(people.api.site.pool) as tx:
        await access.bar(tx, ada.player_id, identity.Barring(identity.BanKind.BANNED, "Cheating"), by=BY)
    assert said(await verify(people, token, await phone.next())) == (403, "player_barred")


async def test_who_signs_in_while_it_is_switched_on_is_asked(people: People) -> None:
    ada = await people.register()
    told = (await enable(people, ada)).json()
    code = totp.code_at(base64.b32decode(told["secret"]), totp.step_at(clock.now()))
    pool = people.api.site.pool
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    async with transaction(pool) as tx:
        proof, _ = await access.confirm_factor(tx, people.api.site.keys, ada.player_id, code)
        assert proof.how == "otp"
        await access.end_sessions(tx, ada.player_id, "second_factor_changed", but=ada.session_id)
        late = asyncio.create_task(people.log_in())
        while not late.done() and not await pool.fetchval(waiting):
            pass
    assert (await late).status_code == 202
    query = "select session_id from access.sessions where revoked_at is null"
    assert [row["session_id"] for row in await pool.fetch(query)] == [ada.session_id]
