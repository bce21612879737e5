"""A player's sessions: listed, ended one by one, and all at once."""

from uuid import uuid4

from playerbase import access, accounts, app
from playerbase.kit import crypto
from playerbase.kit.db import transaction
from playerbase.kit.http import csrf
from tests.accounts.people import PASSWORD, People, someone


async def test_a_player_sees_and_ends_their_own_sessions_alone(people: People) -> None:
    ada, eve = await people.register(), await people.register("eve@example.com", "Evelyn")
    phone = someone(await people.log_in())
    first = (await people.api.get("/api/v1/auth/sessions?limit=1", headers=ada.headers)).json()
    assert [each["session_id"] for each in first["items"]] == [str(phone.session_id)]
    cursor = first["next_cursor"]
    second = (await people.api.get(f"/api/v1/auth/sessions?limit=1&cursor={cursor}", headers=ada.headers)).json()
    assert [(each["session_id"], each["is_current"]) for each in second["items"]] == [(str(ada.session_id), True)]
    assert second["next_cursor"] is None
    borrowed = await people.api.get(f"/api/v1/auth/sessions?limit=1&cursor={cursor}", headers=eve.headers)
    assert (borrowed.status_code, borrowed.json()["code"]) == (400, "bad_cursor")

    for stranger in (eve.session_id, uuid4()):
        answer = await people.api.delete(f"/api/v1/auth/sessions/{stranger}", headers=ada.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_session")
    gone = await people.api.delete(f"/api/v1/auth/sessions/{phone.session_id}", headers=ada.headers)
    assert gone.status_code == 204
    assert [await people.validate(who) for who in (phone, ada, eve)] == [401, 200, 200]


async def test_logging_out_everywhere_is_everywhere(people: People) -> None:
    ada = await people.register()
    phone = someone(await people.log_in())
    ended = await people.api.delete("/api/v1/auth/sessions", headers=ada.headers)
    assert (ended.status_code, ended.json()) == (200, {"ended": 2})
    assert [await people.validate(who) for who in (ada, phone)] == [401, 401]
    assert (await people.refresh(phone.refresh_token)).status_code == 401


async def test_what_had_ended_by_itself_is_not_counted_as_ended_now(people: People) -> None:
    await people.register()
    await people.later(days=8)
    ada = someone(await people.log_in())
    ended = await people.api.delete("/api/v1/auth/sessions", headers=ada.headers)
    assert (ended.status_code, ended.json()) == (200, {"ended": 1})


async def test_logging_out_twice_is_as_once_and_needs_no_live_token(people: People) -> None:
    ada = await people.register()
    for _ in range(2):
        answer = await people.api.post("/api/v1/auth/logout", headers=ada.headers)
        assert (answer.status_code, answer.content) == (204, b"")
    assert await people.validate(ada) == 401

    ada = someone(await people.log_in())
    await people.later(minutes=16)
    assert await people.validate(ada) == 401
    late = await people.post("/auth/logout", {"refresh_token": ada.refresh_token}, **ada.headers)
    assert late.status_code == 204
    assert (await people.refresh(ada.refresh_token)).json()["code"] == "session_ended"
    assert len(await people.audited("session_ended")) == 2, "each session ended once"


async def test_revoking_an_unknown_token_is_no_error(people: People) -> None:
    ada = await people.register()
    for token in (ada.refresh_token, ada.refresh_token, crypto.token("pb_rt"), "x"):
        assert (await people.post("/auth/revoke", {"refresh_token": token})).status_code == 204
    assert await people.validate(ada) == 401


async def test_a_token_says_whose_it_is_and_until_when(people: People) -> None:
    ada = await people.register()
    told = (await people.api.get("/api/v1/auth/validate", headers=ada.headers)).json()
    assert told["player_id"] == str(ada.player_id)
    assert (told["roles"], told["permissions"]) == (["player"], [])
    await people.later(minutes=15, seconds=1)
    late = await people.api.get("/api/v1/auth/validate", headers=ada.headers)
    assert (late.status_code, late.json()["code"]) == (401, "token_expired")


async def test_dead_sessions_and_old_failures_are_forgotten_and_no_others(people: People) -> None:
    await people.register()
    await people.log_in(password="Wrong1!horse")
    await people.later(days=8)
    live = someone(await people.log_in())
    await people.later(days=6.5)
    for name in ("access.forget_dead_sessions", "access.forget_spent_secrets"):
        forget = next(each.job for each in app.SCHEDULES if each.job.name == name)
        await forget.run(people.api.site.pool, forget.args())
    left = await people.api.site.pool.fetch("select session_id from access.sessions")
    assert [row["session_id"] for row in left] == [live.session_id]
    assert await people.api.site.pool.fetchval("select count(*) from access.failures") == 0


async def test_a_browser_is_signed_in_by_cookie_and_by_nothing_a_stranger_can_send(people: People) -> None:
    ada = await people.register()
    pool, site = people.api.site.pool, people.api.site
    async with transaction(pool) as tx:
        cookie = await access.open_browser_session(
            tx, access.Opening(ada.player_id, "password", "playerbase", "Firefox")
        )
    session_id = await pool.fetchval("select session_id from access.sessions where kind = 'browser'")
    token = csrf.token(site.keys, session_id)
    held = {"cookie": f"theme=dark; playerbase={cookie}"}
    path = f"/api/v1/auth/sessions/{ada.session_id}"
    assert (await people.api.get("/api/v1/auth/validate", headers=held)).status_code == 200

    other = csrf.token(site.keys, uuid4())
    ours = {"sec-fetch-site": "same-origin"}
    for sent in (
        {}, ours, {"x-csrf-token": token}, ours | {"x-csrf-token": other}, ours | {"x-csrf-token": "\x7f"},
        {"sec-fetch-site": "cross-site", "x-csrf-token": token}, {"sec-fetch-site": "same-site", "x-csrf-token": token},
        {"origin": "null", "x-csrf-token": token}, {"origin": "https://test.evil.test", "x-csrf-token": token},
        {"origin": "http://test", "sec-fetch-site": "cross-site", "x-csrf-token": token},
    ):  # fmt: skip
        answer = await people.api.delete(path, headers=held | sent)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_from_here"), sent
    assert await people.validate(ada) == 200, "nothing was done"
    both = await people.api.get("/api/v1/auth/validate", headers=held | ada.headers)
    assert (both.status_code, both.json()["code"]) == (400, "two_credentials")

    answer = await people.api.delete(path, headers=held | {"origin": "http://test", "x-csrf-token": token})
    assert answer.status_code == 204
    foreign = await people.api.post("/api/v1/auth/logout", headers=held | {"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403
    out = await people.api.post("/api/v1/auth/logout", headers=held | ours)
    assert out.status_code == 204
    assert "playerbase=; Path=/; Max-Age=0" in out.headers["set-cookie"]
    assert (await people.api.get("/api/v1/auth/validate", headers=held)).status_code == 401


async def test_a_browser_session_ends_after_an_hour_of_silence_and_half_a_day(people: People) -> None:
    await people.register()
    pool = people.api.site.pool
    player_id = await pool.fetchval("select player_id from identity.players")
    cookies = []
    for _ in range(2):
        async with transaction(pool) as tx:
            opening = access.Opening(player_id, "password", "playerbase", "Firefox")
            cookies.append(await access.open_browser_session(tx, opening))

    async def status(cookie: str) -> int:
        headers = {"cookie": f"playerbase={cookie}"}
        return (await people.api.get("/api/v1/auth/validate", headers=headers)).status_code

    busy, idle = cookies
    for _ in range(13):
        await people.later(minutes=55)
        assert await status(busy) == 200
    assert await status(idle) == 401
    await people.later(minutes=10)
    assert await status(busy) == 401, "twelve hours are over"
    for rubbish in ("", "x", busy + "0", crypto.token("pb_bs")):
        assert await status(rubbish) == 401


async def test_a_new_password_for_the_operator_ends_what_the_old_one_opened(people: People) -> None:
    ada = await people.register()
    for _ in range(10):
        await people.log_in(password="Wrong1!horse")
    async with transaction(people.api.site.pool) as tx:
        password = await accounts.renew_operator(tx, people.api.site.keys, "ADA@example.com")
    assert await people.validate(ada) == 401
    assert (await people.log_in(password=PASSWORD)).status_code == 401
    someone(await people.log_in(password=password))


async def test_who_says_it_wrong_is_not_told_they_are_logged_out(people: People) -> None:
    ada = await people.register()
    body = {"refresh_token": ada.refresh_token, "device": "here"}
    assert (await people.post("/auth/logout", body)).status_code == 422
    assert (await people.refresh(ada.refresh_token)).status_code == 200
