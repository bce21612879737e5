"""Seeing the portal as a player: who may, how long, where, and what is written down and told."""

from uuid import UUID

import pytest

from playerbase import access, federation, simulators
from playerbase.federation import Providers
from playerbase.identity import BanKind, Barring
from playerbase.kit.db import transaction
from tests.accounts.desks import LIVE, MAKER, REASON, SEEN, Desk, browser, deeds, desk
from tests.accounts.letterbox import Letterbox, everything
from tests.accounts.people import PASSWORD, People, someone
from tests.accounts.phones import enrol

pytestmark = pytest.mark.usefixtures("standing_clock")  # However long it takes, no lock and no code lapses meanwhile.


async def test_an_operator_sees_what_the_player_sees_with_a_banner_and_stops(people: People) -> None:
    ada, sam = await people.register(), await desk(people)
    answer = await sam.see_as(ada.player_id)
    assert (answer.status_code, answer.headers["location"]) == (303, "/portal")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("playerbase-as=pb_as_")
    assert "HttpOnly; SameSite=Strict" in cookie
    for path in ("/portal", "/portal/security", "/portal/history", "/portal/password", "/portal/reset"):
        page = await sam.get(path)
        assert page.status_code == 200, path
        assert SEEN in page.text, path
        assert REASON in page.text
        assert 'action="/portal/stop-seeing"' in page.text
    stopped = await sam.send("POST", "/portal/stop-seeing", signed_by=sam.borrowed)
    assert (stopped.status_code, stopped.headers["location"]) == (303, f"/console/players/{ada.player_id}")
    assert "playerbase-as=; Path=/; Max-Age=0" in stopped.headers["set-cookie"]
    assert (await sam.get("/portal")).status_code == 403, "the cookie is dead wherever it was kept"
    sam.borrowed = ""
    assert SEEN not in (await sam.get("/portal")).text


async def test_everything_is_written_down_with_who_was_really_there(people: People) -> None:
    ada, sam = await people.register(), await desk(people)
    who = ("staff", str(sam.player_id), ada.player_id)
    await sam.see_as(ada.player_id)
    await sam.send("POST", "/portal/password", form={"current": PASSWORD, "password": "x"}, signed_by=sam.borrowed)
    await sam.get("/portal/second-factor")
    await sam.send("POST", "/portal/stop-seeing", signed_by=sam.borrowed)
    assert await deeds(people, "impersonation_started") == [(*who, "done", REASON)]
    assert await deeds(people, "portal_change_password") == [(*who, "refused", "not_in_their_name")]
    assert await deeds(people, "portal_read_factor") == [(*who, "refused", "not_in_their_name")]
    assert await deeds(people, "impersonation_ended") == [(*who, "done", "stopped")]
    told = await people.api.site.pool.fetchval("select body from kit.events where topic = 'player.impersonated'")
    assert str(sam.player_id) in told
    metrics = (await people.api.get("/metrics")).text
    assert 'impersonations_started_total{outcome="started"}' in metrics


async def test_the_player_gets_a_letter_that_says_neither_who_nor_why(people: People, letterbox: Letterbox) -> None:
    ada, sam = await people.register(), await desk(people)
    await letterbox.come()
    await sam.see_as(ada.player_id)
    assert "looked at" not in await everything(people.api), "it waits sealed"
    letter = await letterbox.comes()
    assert letter.to == "ada@example.com"
    assert letter.subject == "Our staff looked at your account"
    assert "30 minutes at most" in letter.text
    assert "http://test/portal/history" in letter.text
    for word in (REASON, "Sam", str(sam.player_id), "sam@example.com"):
        assert word not in letter.whole


async def test_the_history_of_the_player_says_so_and_not_from_where(people: People) -> None:
    ada, sam = await people.register(), await desk(people)
    await sam.see_as(ada.player_id)
    own = Desk(people=people, player_id=ada.player_id, own=await browser(people, ada.player_id))
    page = (await own.get("/portal/history")).text
    line = page[page.index("Our staff looked at your account") :].partition("</tr>")[0]
    assert "By staff" in line
    assert "127.0.0.1" not in line
    assert REASON not in page


async def test_it_is_no_device_of_the_players_and_does_not_say_that_they_were_here(people: People) -> None:
    ada, sam = await people.register(), await desk(people)
    pool = people.api.site.pool
    seen = "select seen_at from identity.players where player_id = $1"
    before = await pool.fetchval(seen, ada.player_id)
    await sam.see_as(ada.player_id)
    await people.later(minutes=15)
    page = (await sam.get("/portal/security")).text
    assert page.count("/sign-out") == 1, "the player's one device"
    assert await pool.fetchval(seen, ada.player_id) == before
    headers = (await people.post("/auth/refresh", {"refresh_token": ada.refresh_token})).json()["access_token"]
    listed = await people.api.get("/api/v1/auth/sessions", headers={"authorization": f"Bearer {headers}"})
    assert [each["session_id"] for each in listed.json()["items"]] == [str(ada.session_id)]
    async with transaction(pool) as tx:
        assert await access.end_sessions(tx, ada.player_id, "logout_all") == 1, "ended, and not counted"
    assert (await sam.get("/portal")).status_code == 403


async def test_no_permission_and_no_proof_is_carried_over(people: People) -> None:
    ada, sam = await people.register(), await desk(people, "admin")
    await sam.see_as(ada.player_id)
    row = await people.api.site.pool.fetchrow(
        "select authenticated_at, amr, method from access.sessions where kind = 'impersonation'"
    )
    assert tuple(row) == (None, [], "impersonation")
    assert 'href="/console"' not in (await sam.get("/portal")).text, "the way to the console is for staff"
    assert (await sam.get("/portal/second-factor")).status_code == 403
    assert "Sign out</button>" not in (await sam.get("/portal")).text.partition("<main")[0]


async def test_no_way_is_shown_by_which_staff_would_link_an_account_of_their_own(people: People) -> None:
    ada, sam = await people.register(), await desk(people)
    site = people.api.site
    configuration = federation.configured(simulators.surroundings("http://127.0.0.1:9", {}), in_production=False)
    await site.lane(Providers).close()
    site.keep(Providers(configuration, site.keys, public_url=site.public_url))
    assert "/portal/ways/steam/link" in (await sam.get("/portal/security")).text, "one's own"
    await sam.see_as(ada.player_id)
    page = (await sam.get("/portal/security")).text
    assert SEEN in page
    assert "/portal/ways/steam/link" not in page
    assert "/api/v1/auth/" not in page
    gone = await sam.get("/portal/ways/steam/link")
    assert (gone.status_code, gone.headers["location"]) == (303, "/portal/security")


async def test_the_cookie_is_good_on_the_portal_alone_and_under_its_own_name(people: People) -> None:
    ada, sam = await people.register(), await desk(people)
    await sam.see_as(ada.player_id)
    # Beside the operator's own, the console and the API are the operator's.
    assert (await sam.get("/console/players")).status_code == 200
    assert (await sam.get("/api/v1/auth/validate")).json()["player_id"] == str(sam.player_id)
    assert (await sam.get("/api/v1/profiles/me")).json()["display_name"] == "Sam Ple"
    alone = Desk(people=people, player_id=sam.player_id, own="", borrowed=sam.borrowed)
    assert (await alone.get("/api/v1/auth/validate")).status_code == 401
    assert (await alone.get("/console")).status_code == 303
    assert SEEN in (await alone.get("/portal")).text, "the own session lives, whether or not its cookie is sent"
    swapped = Desk(people=people, player_id=sam.player_id, own=sam.borrowed, borrowed="")
    for path in ("/portal", "/console", "/api/v1/auth/validate"):
        assert (await swapped.get(path)).status_code in {303, 401}, path
    swapped = Desk(people=people, player_id=sam.player_id, own="", borrowed=sam.own)
    assert (await swapped.get("/portal")).status_code == 403
    people.api.cookies.clear()
    for path in ("/api/v1/auth/validate", "/portal", "/api/v1/profiles/me"):
        for value in (sam.borrowed, sam.own):
            answer = await people.api.get(path, headers={"authorization": f"Bearer {value}"})
            assert answer.status_code in {303, 401}, path
    both = {"authorization": f"Bearer {ada.access_token}", "cookie": f"playerbase-as={sam.borrowed}"}
    refused = await people.api.get("/portal", headers=both)
    assert refused.status_code == 400
    assert "two_credentials" in refused.text


@pytest.mark.parametrize("value", ["x", "pb_as_", "pb_as_" + "a" * 60, "=", "pb_bs_" + "b" * 3000])
async def test_a_cookie_that_never_was_one_opens_nothing(people: People, value: str) -> None:
    sam = await desk(people)
    sam.borrowed = value
    assert (await sam.get("/portal")).status_code == 403
    assert (await sam.get("/console/players")).status_code == 200


async def test_colleagues_oneself_the_barred_and_nobody_are_not_seen(people: People) -> None:
    ada, sam = await people.register(), await desk(people)
    eve = await desk(people, "moderator", "eve@example.com", "Evelyn")
    async with transaction(people.api.site.pool) as tx:
        await access.bar(tx, ada.player_id, Barring(BanKind.BANNED, "tests"), by=MAKER)
    for player_id, status, code in (
        (eve.player_id, 403, "staff_not_seen"),
        (sam.player_id, 403, "not_yourself"),
        (ada.player_id, 403, "player_barred"),
        (UUID(int=1), 404, "player_gone"),
    ):
        answer = await sam.see_as(player_id)
        assert answer.status_code == status
        assert code in answer.text
        assert "set-cookie" not in answer.headers
    assert await people.api.site.pool.fetchval(LIVE) == 0
    who = ("staff", str(sam.player_id))
    assert await deeds(people, "impersonation_refused") == [
        (*who, eve.player_id, "refused", "staff_not_seen"),
        (*who, sam.player_id, "refused", "not_yourself"),
        (*who, ada.player_id, "refused", "player_barred"),
    ]
    assert (await eve.see_as(ada.player_id)).status_code == 403, "a moderator may not"
    assert await people.api.site.pool.fetchval(LIVE) == 0


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
async def test_it_wants_a_reason(people: People, reason: str) -> None:
    ada, sam = await people.register(), await desk(people)
    assert (await sam.see_as(ada.player_id, reason)).status_code == 422
    assert await people.api.site.pool.fetchval(LIVE) == 0


async def test_it_wants_a_fresh_proof_and_the_console_asks_for_it(people: People) -> None:
    ada, sam = await people.register(), await desk(people)
    await people.later(minutes=5, seconds=1)
    refused = await sam.see_as(ada.player_id)
    assert refused.status_code == 403
    assert 'action="/console/prove"' in refused.text
    assert await people.api.site.pool.fetchval(LIVE) == 0
    assert [row[4] for row in await deeds(people, "impersonation_refused")] == ["reauth_required"]
    ask = f"/console/players/{ada.player_id}/see-as"
    led = await sam.get(ask)
    assert (led.status_code, led.headers["location"]) == (303, f"/console/prove?next={ask}")
    assert f'value="{ask}"' in (await sam.get(led.headers["location"])).text
    wrong = await sam.send("POST", "/console/prove", form={"next": ask, "password": "no"}, signed_by=sam.own)
    assert wrong.status_code == 401
    nothing = await sam.send("POST", "/console/prove", form={"next": ask}, signed_by=sam.own)
    assert nothing.status_code == 422
    right = await sam.send("POST", "/console/prove", form={"next": ask, "password": PASSWORD}, signed_by=sam.own)
    assert (right.status_code, right.headers["location"]) == (303, ask)
    sam.own = right.cookies["playerbase"]
    assert "for 30 minutes at most" in (await sam.get(ask)).text
    assert (await sam.see_as(ada.player_id)).status_code == 303
    away = await sam.send(
        "POST", "/console/prove", form={"next": "//evil.test", "password": PASSWORD}, signed_by=sam.own
    )
    assert away.headers["location"] == "/console"


async def test_a_code_of_the_second_factor_is_proof_enough(people: People) -> None:
    sam = await desk(people)
    phone = await enrol(people, someone(await people.log_in("sam@example.com")))
    sam.own = await browser(people, sam.player_id)
    assert "Or a code of your second factor" in (await sam.get("/console/prove")).text
    wrong = await sam.send("POST", "/console/prove", form={"code": "000000"}, signed_by=sam.own)
    assert wrong.status_code == 401
    right = await sam.send("POST", "/console/prove", form={"code": await phone.next()}, signed_by=sam.own)
    assert (right.status_code, right.headers["location"]) == (303, "/console")


async def test_over_http_it_begins_in_a_browser_and_not_with_a_token(people: People) -> None:
    ada, sam = await people.register(), await desk(people)
    path = f"/api/v1/admin/players/{ada.player_id}/impersonations"
    token = (await people.log_in("sam@example.com")).json()["access_token"]
    people.api.cookies.clear()
    bare = await people.api.post(path, json={"reason": REASON}, headers={"authorization": f"Bearer {token}"})
    assert (bare.status_code, bare.json()["code"]) == (409, "browser_needed")
    made = await sam.send("POST", path, json={"reason": REASON}, signed_by=sam.own)
    assert made.status_code == 201, made.text
    assert made.json()["portal"] == "http://test/portal"
    assert "pb_as" not in made.text, "the secret is the cookie's"
    sam.borrowed = made.cookies["playerbase-as"]
    assert SEEN in (await sam.get("/portal")).text
    gone = await sam.send("DELETE", f"/api/v1/admin/impersonations/{made.json()['session_id']}", signed_by=sam.own)
    assert gone.status_code == 204
    assert (await sam.get("/portal")).status_code == 403
