"""The page of the e-mail address: shown masked, confirmed again, and changed by a letter's link."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerbase.accounts.rules import HIDDEN, masked
from tests.accounts.letterbox import Letterbox, everything
from tests.accounts.people import PASSWORD, People
from tests.portal.test_portal import OURS, SIGN_UP, a_game, csrf, post, sign_up

ADA, NEW_ADDRESS = "ada@example.com", "countess@example.com"


async def change(people: People, email: str = NEW_ADDRESS, password: str = PASSWORD) -> httpx.Response:
    return await post(people, "/portal/email", {"email": email, "password": password, "csrf": await csrf(people)})


async def history(people: People) -> str:
    return (await people.api.get("/portal/history")).text


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("ada@example.com", "a•••@e•••.com"),
        ("a@b.co", "a•••@b•••.co"),
        ("ada.of@mail.example.co.uk", "a•••@m•••.uk"),
        ("ada@localhost", "a•••@l•••"),
    ],
)
def test_an_address_is_known_again_and_not_learnt(email: str, shown: str) -> None:
    assert masked(email) == shown


@given(st.emails())
def test_no_more_than_three_signs_of_it_are_shown_whatever_it_is(email: str) -> None:
    local, _, domain = email.rpartition("@")
    assert masked(email).replace(HIDDEN, "") == f"{local[0]}@{domain[0]}.{domain.rpartition('.')[2]}"


async def test_no_page_shows_the_address_to_whoever_sits_at_an_open_session(people: People) -> None:
    await sign_up(people)
    for path in ("/portal", "/portal/security", "/portal/email", "/portal/history"):
        page = (await people.api.get(path)).text
        assert ADA not in page, path
    assert "a•••@e•••.com" in (await people.api.get("/portal/email")).text
    assert "Not confirmed" in (await people.api.get("/portal/security")).text


async def test_another_address_takes_the_place_when_its_link_is_used(people: People, letterbox: Letterbox) -> None:
    await sign_up(people)
    await letterbox.come()
    asked = await change(people)
    assert asked.status_code == 200
    assert "Look at your mail" in asked.text
    to_new, to_old = await letterbox.come()
    assert (to_new.to, to_old.to) == (NEW_ADDRESS, ADA)
    path = to_new.link.removeprefix("http://test").partition("#")[0]
    for _ in range(3):
        assert (await people.api.get(path)).status_code == 200, "looking at it uses nothing up"
    with a_game(people):
        assert (await people.log_in(ADA)).status_code == 200
    assert (await post(people, path, {"token": to_new.token}, **{"sec-fetch-site": "cross-site"})).status_code == 403
    done = await post(people, path, {"token": to_new.token})
    assert (done.status_code, "Your address is confirmed." in done.text) == (200, True)
    assert (await post(people, path, {"token": to_new.token})).status_code == 400
    with a_game(people):
        assert (await people.log_in(NEW_ADDRESS)).status_code == 200
        assert (await people.log_in(ADA)).status_code == 401
    assert "c•••@e•••.com" in (await people.api.get("/portal/email")).text
    told = await history(people)
    assert "Asked for another e-mail address" in told
    assert "E-mail address changed" in told


async def test_a_wrong_password_changes_nothing_and_stands_at_its_field(people: People, letterbox: Letterbox) -> None:
    await sign_up(people)
    await letterbox.come()
    wrong = await change(people, password="Wrong1!horse")
    assert wrong.status_code == 403
    assert 'aria-invalid="true" aria-describedby="d-password"' in wrong.text
    assert f'value="{NEW_ADDRESS}"' in wrong.text, "what was typed is not typed twice"
    bad = await change(people, email="no address")
    assert bad.status_code == 422
    assert 'aria-invalid="true" aria-describedby="d-email"' in bad.text
    assert await letterbox.come() == []
    assert "A wrong password, asking for another e-mail address" in await history(people)


async def test_whether_somebody_has_the_address_is_not_told(people: People, letterbox: Letterbox) -> None:
    with a_game(people):
        await people.register("eve@example.com", "Evelyn")
    await sign_up(people)
    await letterbox.come()
    taken, free = await change(people, "eve@example.com"), await change(people, "eva@example.com")

    def alike(page: httpx.Response, email: str) -> str:
        return page.text.replace(email, "…").split("<main")[1]

    assert alike(taken, "eve@example.com") == alike(free, "eva@example.com")
    assert sorted(letter.to for letter in await letterbox.come()) == [ADA, ADA, "eva@example.com"]


async def test_the_confirmation_is_sent_again_until_it_is_used(people: People, letterbox: Letterbox) -> None:
    await sign_up(people)
    first = await letterbox.comes()
    form = {"csrf": await csrf(people)}
    assert (await post(people, "/portal/email/confirmation", form)).status_code == 200
    again = await letterbox.comes()
    assert (again.to, again.subject) == (ADA, first.subject)
    assert (await post(people, "/portal/verify", {"token": again.token})).status_code == 200
    page = await post(people, "/portal/email/confirmation", form)
    assert "Send the confirmation again" not in page.text
    assert await letterbox.come() == [], "a confirmed address is not written to again"


async def test_a_form_without_the_pages_token_does_nothing(people: People, letterbox: Letterbox) -> None:
    await sign_up(people)
    await letterbox.come()
    for path in ("/portal/email", "/portal/email/confirmation"):
        answer = await post(people, path, {"email": NEW_ADDRESS, "password": PASSWORD})
        assert answer.status_code == 403
    assert await letterbox.come() == []


async def test_the_new_address_waits_sealed(people: People, letterbox: Letterbox) -> None:
    await sign_up(people)
    await change(people)
    assert NEW_ADDRESS not in await everything(people.api)
    await letterbox.come()
    assert NEW_ADDRESS not in await everything(people.api)


async def test_a_guest_is_told_that_there_is_none(people: People) -> None:
    await people.api.post("/portal/sign-up", data=SIGN_UP, headers=OURS)
    player_id = await people.api.site.pool.fetchval("select player_id from access.credentials")
    await people.api.site.pool.execute("delete from access.credentials where player_id = $1", player_id)
    page = await people.api.get("/portal/email")
    assert (page.status_code, "No e-mail address" in page.text) == (200, True)
