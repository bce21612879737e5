"""Proving once more who one is, and what must not happen without it."""

import base64
from datetime import datetime

import httpx
import pytest

from playerbase import access, accounts, audit
from playerbase.access.rules import totp
from playerbase.kit import clock
from playerbase.kit.db import reading, transaction
from playerbase.kit.http import Caller, csrf
from tests.accounts.people import PASSWORD, People, Someone, someone
from tests.accounts.phones import LOGIN, ask, enable, enrol, said, verify
from tests.conftest import Api

pytestmark = pytest.mark.usefixtures("standing_clock")  # However long it takes, no lock and no code lapses meanwhile.

BY = audit.Deed(actor_kind="system", actor_id="tests", action="")


async def prove(people: People, who: Someone, **body: str) -> httpx.Response:
    return await people.post("/auth/reauthenticate", body, **who.headers)


async def disable(people: People, who: Someone, code: str) -> httpx.Response:
    return await people.post("/auth/2fa/disable", {"code": code}, **who.headers)


async def test_what_changes_a_factor_wants_a_fresh_proof_and_a_code(people: People) -> None:
    ada = await people.register()
    await people.later(minutes=6)
    assert said(await enable(people, ada)) == (403, "reauth_required")
    assert (await prove(people, ada, password=PASSWORD)).status_code == 200
    phone = await enrol(people, ada)
    await people.later(minutes=6)
    await people.refresh(ada.refresh_token)
    ada = someone(await people.post("/auth/login", LOGIN | {"totp": await phone.next()}))
    await people.later(minutes=6)
    for path in ("enable", "disable", "recovery-codes"):
        answer = await people.post(f"/auth/2fa/{path}", {"code": await phone.next()}, **ada.headers)
        assert said(answer) == (403, "reauth_required"), path
    assert (await prove(people, ada, password=PASSWORD)).status_code == 200
    missing = await enable(people, ada)
    assert said(missing) == (422, "code_missing")
    assert said(await enable(people, ada, "000000")) == (401, "code_wrong")
    fresh = await people.post("/auth/2fa/recovery-codes", {"code": await phone.next()}, **ada.headers)
    assert not set(fresh.json()["recovery_codes"]) & set(phone.recovery_codes)
    assert said(await disable(people, ada, phone.recovery_codes[0])) == (401, "code_wrong")
    assert (await disable(people, ada, fresh.json()["recovery_codes"][0])).status_code == 204


async def test_a_new_phone_takes_the_place_of_the_old_when_it_is_confirmed(people: People) -> None:
    ada = await people.register()
    old = await enrol(people, ada)
    answer = await enable(people, ada, await old.next())
    assert answer.status_code == 200
    assert (await verify(people, await ask(people), await old.next())).status_code == 200, "still the one in force"
    new = await enrol(people, ada, await old.next())
    assert new.secret != old.secret
    token = await ask(people)
    await people.later(minutes=2)
    assert said(await verify(people, token, old.at())) == (401, "code_wrong")
    assert (await verify(people, token, await new.next())).status_code == 200
    assert said(await people.post("/auth/login", LOGIN | {"totp": old.recovery_codes[0]})) == (401, "code_wrong")


async def test_disabling_ends_the_other_sessions_and_all_that_was_proven(people: People) -> None:
    ada = await people.register()
    phone = await enrol(people, ada)
    other = someone(await verify(people, await ask(people), await phone.next()))
    assert (await disable(people, ada, await phone.next())).status_code == 204
    assert (await people.validate(ada), await people.validate(other)) == (200, 401)
    someone(await people.log_in())
    assert said(await disable(people, ada, "000000")) == (409, "no_second_factor")
    pool = people.api.site.pool
    assert await pool.fetchval("select count(*) from access.factors") == 0
    assert await pool.fetchval("select count(*) from access.recovery_codes") == 0
    query = "select amr from access.sessions where session_id = $1"
    assert await pool.fetchval(query, ada.session_id) == ["pwd"]
    assert [row["outcome"] for row in await people.audited("second_factor_disabled")] == ["done"]


async def test_proving_is_by_password_or_code_and_guesses_are_counted(people: People) -> None:
    ada = await people.register()
    assert said(await prove(people, ada)) == (422, "proof_missing")
    assert said(await prove(people, ada, code="123456")) == (401, "code_wrong")
    phone = await enrol(people, ada)
    told = (await prove(people, ada, code=await phone.next())).json()
    began = datetime.fromisoformat(told["authenticated_at"])
    assert (datetime.fromisoformat(told["fresh_until"]) - began).total_seconds() == 300
    wrong = await prove(people, ada, password=PASSWORD, code="000000")
    assert said(wrong) == (401, "code_wrong"), "what is sent must be right"
    for _ in range(9):
        assert said(await prove(people, ada, password="Wrong1!horse")) == (401, "sign_in_failed")
    assert len(await people.audited("authn_login_lock")) == 1
    assert said(await prove(people, ada, password=PASSWORD)) == (401, "sign_in_failed"), "locked is locked"


async def test_how_fresh_a_session_is_is_asked_with_one_call(people: People) -> None:
    ada = await people.register()
    caller = Caller("player", f"player:{ada.player_id}", player_id=ada.player_id, session_id=ada.session_id)
    async with reading(people.api.site.pool) as db:
        await access.check_fresh(db, caller)
        await people.later(minutes=3)
        await access.check_fresh(db, caller)
        with pytest.raises(access.ReauthRequired):
            await access.check_fresh(db, caller, minutes=2)
        await people.later(minutes=2, seconds=1)
        with pytest.raises(access.ReauthRequired):
            await access.check_fresh(db, caller)
        with pytest.raises(access.ReauthRequired):
            await access.check_fresh(db, Caller("server", "key:x"))
    refreshed = someone(await people.refresh(ada.refresh_token))
    assert said(await enable(people, refreshed)) == (403, "reauth_required"), "a refresh proves nothing"


async def test_a_browser_gets_another_session_when_it_steps_up(people: People) -> None:
    ada = await people.register()
    api: Api = people.api
    async with transaction(api.site.pool) as tx:
        opening = access.Opening(ada.player_id, "password", "playerbase", "Firefox")
        before = await access.open_browser_session(tx, opening)
    query = "select session_id from access.sessions where kind = 'browser' and revoked_at is null"
    old = await api.site.pool.fetchval(query)
    headers = {
        "cookie": f"playerbase={before}",
        "sec-fetch-site": "same-origin",
        "x-csrf-token": csrf.token(api.site.keys, old),
    }
    api.cookies.clear()
    answer = await api.post("/api/v1/auth/reauthenticate", json={"password": PASSWORD}, headers=headers)
    assert answer.status_code == 200, answer.text
    after = answer.cookies["playerbase"]
    api.cookies.clear()
    new = await api.site.pool.fetchval(query)
    assert new != old
    assert after != before
    assert (await api.get("/api/v1/auth/validate", headers={"cookie": f"playerbase={before}"})).status_code == 401
    there = await api.get("/api/v1/auth/validate", headers={"cookie": f"playerbase={after}"})
    assert there.json()["session_id"] == str(new)


async def roles(people: People, who: Someone) -> tuple[int, str]:
    answer = await people.api.get("/api/v1/admin/staff", headers=who.headers)
    return answer.status_code, answer.json().get("code", "")


async def demand(people: People, who: Someone, word: str) -> httpx.Response:
    return await people.api.put("/api/v1/admin/staff/second-factor", json={"demand": word}, headers=who.headers)


async def test_staff_without_a_second_factor_is_a_player_where_one_is_required(people: People) -> None:
    operator, _ = await people.begin()
    colleague = await people.register("support@example.com", "Colleague")
    async with transaction(people.api.site.pool) as tx:
        await access.set_roles(tx, colleague.player_id, ["admin"], by=BY)
    assert said(await demand(people, operator, "required")) == (403, "second_factor_required")
    phone = await enrol(people, operator)
    assert (await demand(people, operator, "required")).status_code == 200
    assert await roles(people, operator) == (200, "")
    assert await roles(people, colleague) == (403, "second_factor_required")
    assert await people.validate(colleague) == 200, "a player they are still"
    again = someone(await people.log_in("support@example.com"))
    told = await people.api.get("/api/v1/auth/validate", headers=again.headers)
    assert (told.json()["roles"], told.json()["permissions"]) == (["player"], [])
    await enrol(people, again)
    assert await roles(people, again) == (200, "")
    await people.later(minutes=6)
    assert said(await demand(people, operator, "optional")) == (403, "reauth_required")
    await prove(people, operator, code=await phone.next())
    assert (await demand(people, operator, "optional")).json() == {"demand": "optional"}
    assert len(await people.audited("policy_changed")) == 2


async def test_production_requires_it_until_somebody_decides(people: People) -> None:
    operator, _ = await people.begin()
    access.demand_by_default("required")
    assert await roles(people, operator) == (403, "second_factor_required")
    await enrol(people, operator)
    assert await roles(people, operator) == (200, "")
    assert (await people.api.get("/api/v1/admin/staff/second-factor", headers=operator.headers)).json() == {
        "demand": "required"
    }
    access.demand_by_default("optional")


async def test_a_lost_phone_does_not_lose_the_installation(people: People) -> None:
    operator, _ = await people.begin()
    await enrol(people, operator)
    async with transaction(people.api.site.pool) as tx:
        password = await accounts.renew_operator(tx, people.api.site.keys, "operator@playerbase.local")
    someone(await people.log_in("operator@playerbase.local", password))
    assert [row["reason"] for row in await people.audited("second_factor_disabled")] == ["command"]


async def test_the_door_of_the_console_asks_for_the_second_step(people: People) -> None:
    operator, _ = await people.begin()
    phone = await enrol(people, operator)
    api = people.api
    async with transaction(api.site.pool) as tx:
        password = await accounts.renew_operator(tx, api.site.keys, "operator@playerbase.local")
    operator = someone(await people.log_in("operator@playerbase.local", password))
    phone = await enrol(people, operator)
    here = {"sec-fetch-site": "same-origin"}
    form = {"email": "operator@playerbase.local", "password": password, "next": "/console/limits"}
    asked = await api.post("/console/sign-in", data=form, headers=here)
    assert asked.status_code == 200
    assert "Second step" in asked.text
    assert "set-cookie" not in asked.headers
    token = asked.text.split('name="mfa_token" value="')[1].split('"')[0]
    body = {"mfa_token": token, "next": "/console/limits"}
    assert said(await people.post("/auth/2fa/verify", {"mfa_token": token, "code": await phone.next()})) == (
        401,
        "challenge_over",
    ), "what a browser was asked opens no tokens"
    wrong = await api.post("/console/sign-in/code", data=body | {"code": "000000"}, headers=here)
    assert wrong.status_code == 401
    assert "This code is wrong" in wrong.text
    inside = await api.post("/console/sign-in/code", data=body | {"code": await phone.next()}, headers=here)
    assert (inside.status_code, inside.headers["location"]) == (303, "/console/limits")
    assert (await api.get("/console/limits")).status_code == 200
    api.cookies.clear()


async def test_staff_sets_it_up_in_the_browser(people: People) -> None:
    _, _ = await people.begin()
    api = people.api
    async with transaction(api.site.pool) as tx:
        password = await accounts.renew_operator(tx, api.site.keys, "operator@playerbase.local")
    access.demand_by_default("required")
    here = {"sec-fetch-site": "same-origin"}
    form = {"email": "operator@playerbase.local", "password": password, "next": "/console/limits"}
    assert (await api.post("/console/sign-in", data=form, headers=here)).status_code == 303
    refused = await api.get("/console/limits")
    assert refused.status_code == 403
    assert 'href="/portal/second-factor"' in refused.text
    for path in ("/console", "/console/counts", "/console/stream"):
        assert (await api.get(path)).status_code == 403, path
    await people.later(minutes=6)

    async def send(path: str, **fields: str) -> httpx.Response:
        page = (await api.get("/portal/second-factor")).text
        fields["csrf"] = page.split('name="csrf" value="')[1].split('"')[0]
        return await api.post(f"/portal/second-factor{path}", data=fields, headers=here)

    assert "prove that it is you" in (await send("")).text
    assert "The password is wrong." in (await send("/prove", password="Wrong1!horse")).text
    assert (await send("/prove", password=password)).status_code == 303
    shown = (await send("")).text
    assert "<svg " in shown
    secret = base64.b32decode(shown.split('<span class="grow">')[1].split("<")[0].replace(" ", ""))
    assert "This code is wrong" in (await send("/confirm", code="000000")).text
    done = await send("/confirm", code=totp.code_at(secret, totp.step_at(clock.now())))
    assert "Keep these recovery codes" in done.text
    assert (await api.get("/console/limits")).status_code == 200
    access.demand_by_default("optional")
    api.cookies.clear()


async def test_a_server_s_word_is_no_proof_of_who_one_is(people: People) -> None:
    _, server = await people.begin()
    ada = someone(await people.post("/auth/server/login", {"external_id": "ada"}, **server))
    answer = await people.post("/auth/2fa/enable", {}, **ada.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "reauth_required")
