"""The portal's doors to the server: who may do what, from where."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import httpx
import pytest

from tests.accounts.people import PASSWORD, People

SIGN_UP = {"email": "ada@example.com", "password": PASSWORD, "display_name": "Countess"}
OURS = {"origin": "http://test", "sec-fetch-site": "same-origin"}
FOREIGN: tuple[dict[str, str], ...] = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "null"},
    {"origin": "http://test.evil.test"},
    {},
)


async def post(people: People, path: str, form: dict[str, str], **headers: str) -> httpx.Response:
    return await people.api.post(path, data=form, headers=headers or OURS)


@contextmanager
def a_game(people: People) -> Iterator[None]:
    """A client that holds no cookie, while a browser does."""
    kept = dict(people.api.cookies)
    people.api.cookies.clear()
    yield
    people.api.cookies.update(kept)


async def sign_up(people: People) -> None:
    answer = await post(people, "/portal/sign-up", SIGN_UP)
    assert (answer.status_code, answer.headers["location"]) == (303, "/portal")


async def csrf(people: People) -> str:
    page = (await people.api.get("/portal/security")).text
    return page.split('name="csrf" value="')[1].split('"')[0]


@pytest.mark.parametrize("headers", FOREIGN)
async def test_nobody_is_signed_up_or_in_from_another_site(people: People, headers: dict[str, str]) -> None:
    given = headers or {"x-nothing": "1"}
    for path in ("/portal/sign-up", "/portal/sign-in"):
        assert (await post(people, path, SIGN_UP, **given)).status_code == 403
    assert await people.api.site.pool.fetchval("select count(*) from identity.players") == 0


async def test_a_name_is_text_whatever_it_holds(people: People) -> None:
    answer = await post(people, "/portal/sign-up", SIGN_UP | {"display_name": '<b>"Ada"</b>'})
    assert answer.status_code == 303
    page = (await people.api.get("/portal")).text
    assert "<b>" not in page
    assert "&lt;b&gt;" in page


async def test_what_is_done_with_a_cookie_needs_the_pages_token(people: People) -> None:
    await sign_up(people)
    with a_game(people):
        other = await people.log_in()
    session_id = other.json()["session_id"]
    for form in ({}, {"csrf": "0" * 64}):
        answer = await post(people, f"/portal/devices/{session_id}/sign-out", form)
        assert answer.status_code == 403
    assert await people.api.site.pool.fetchval("select count(*) from access.sessions where revoked_at is null") == 2
    answer = await post(people, f"/portal/devices/{session_id}/sign-out", {"csrf": await csrf(people)})
    assert answer.headers["location"] == "/portal/security?told=ended"


async def test_somebody_elses_device_is_not_there(people: People) -> None:
    eve = await people.register("eve@example.com", "Evelyn")
    await sign_up(people)
    token = await csrf(people)
    for session_id in (eve.session_id, uuid4()):
        answer = await post(people, f"/portal/devices/{session_id}/sign-out", {"csrf": token})
        assert answer.status_code == 404
    with a_game(people):
        assert await people.validate(eve) == 200


async def test_a_new_account_has_its_event_its_audit_row_and_one_session(people: People) -> None:
    await sign_up(people)
    assert len(await people.audited("user_created")) == 1
    topics = [row["topic"] for row in await people.api.site.pool.fetch("select topic from kit.events order by id")]
    assert topics == ["player.registered"]
    assert (await people.api.get("/portal")).status_code == 200
    again = await post(people, "/portal/sign-up", SIGN_UP)
    assert again.status_code == 409
    assert "There is an account with this e-mail address already" in again.text


async def test_history_goes_on_where_it_stopped_and_is_ones_own(people: People) -> None:
    await sign_up(people)
    with a_game(people):
        for _ in range(30):
            assert (await people.log_in()).status_code == 200
    first = (await people.api.get("/portal/history")).text
    assert first.count("<tr><td") == 25
    following = first.split('href="/portal/history?cursor=')[1].split('"')[0]
    second = (await people.api.get(f"/portal/history?cursor={following}")).text
    assert second.count("<tr><td") == 6
    assert "Made this account" in second
    people.api.cookies.clear()
    await post(people, "/portal/sign-up", SIGN_UP | {"email": "eve@example.com", "display_name": "Evelyn"})
    stolen = await people.api.get(f"/portal/history?cursor={following}")
    assert stolen.status_code in {400, 422}


async def test_who_is_nobody_is_asked_to_sign_in(people: People) -> None:
    for path in ("/portal", "/portal/security", "/portal/history"):
        answer = await people.api.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/portal/sign-in?next={path}")


async def test_a_player_does_not_read_where_staff_sits(people: People) -> None:
    operator, _ = await people.begin()
    people.api.cookies.clear()
    await sign_up(people)
    player_id = await people.api.site.pool.fetchval(
        "select player_id from profiles.profiles where display_name = 'Countess'"
    )
    with a_game(people):
        wanted = {"kind": "suspended", "reason": "tests", "scope": "demo"}
        path = f"/api/v1/admin/players/{player_id}/bans"
        headers = operator.headers | {"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0"}
        assert (await people.api.post(path, json=wanted, headers=headers)).status_code == 201
    page = (await people.api.get("/portal/history")).text
    line = page[page.index("Suspended by staff in one game") :].partition("</tr>")[0]
    assert "By staff</td>" in line
    assert "Windows" not in page
    assert "127.0.0.1" in page.partition("Made this account")[2], "of one's own doings one does"
