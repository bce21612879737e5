"""The portal in a browser: signing up, seeing who is in, signing others out; at both sizes, in both themes."""

import base64

import httpx
import pytest

from playerbase.access.rules import totp
from playerbase.kit import clock
from tests.accounts.people import PASSWORD
from tests.console.browser import LOOKS, Visitor
from tests.console.house import House
from tests.console.test_pages import RATIOS, faults_of

DOORS = ("/portal/sign-in", "/portal/sign-up", "/portal/reset", "/portal/reset#token=x", "/portal/verify#token=x")
PLACES = (
    "/portal", "/portal/security", "/portal/history", "/portal/devices/others/sign-out", "/portal/second-factor",
    "/portal/password", "/portal/ways/steam/unlink", "/portal/email",
)  # fmt: skip


def arrive(visitor: Visitor, email: str, name: str = "Portia") -> None:
    """Sign up through the page."""
    visitor.go("/portal/sign-up")
    visitor.write("display_name", name)
    visitor.write("email", email)
    visitor.write("password", PASSWORD)
    visitor.click("main .btn.primary")
    visitor.until_at("/portal")


def enter(visitor: Visitor, email: str, goal: str = "/portal") -> None:
    visitor.go(f"/portal/sign-in?next={goal}")
    visitor.write("email", email)
    visitor.write("password", PASSWORD)
    visitor.click("main .btn.primary")
    visitor.until_at(goal)


@pytest.mark.parametrize("path", DOORS)
def test_the_doors_are_right_at_every_size_and_in_both_themes(stranger: Visitor, path: str) -> None:
    stranger.go(path)
    for size, theme in LOOKS:  # The page follows without being loaded anew.
        stranger.look(size, theme)
        assert faults_of(stranger) == [], (theme, size)
        assert stranger.ask(RATIOS) == []


def test_the_places_are_right_at_every_size_and_in_both_themes(stranger: Visitor) -> None:
    arrive(stranger, "places@example.com")
    for path in PLACES:
        stranger.go(path)
        for size, theme in LOOKS:  # The page follows without being loaded anew.
            stranger.look(size, theme)
            assert stranger.path == path
            assert faults_of(stranger) == [], (path, theme, size)
            assert stranger.ask(RATIOS) == [], (path, theme, size)


def test_every_fault_of_a_registration_stands_at_its_field(stranger: Visitor) -> None:
    stranger.go("/portal/sign-up")
    stranger.write("display_name", "Al\u202e")
    stranger.write("email", "nobody@localhost")
    stranger.write("password", "short")
    stranger.click("main .btn.primary")
    stranger.until(lambda: len(stranger.all("main .error")) >= 1)
    assert stranger.ask("document.querySelector('[name=email]').value") == "nobody@localhost"
    assert stranger.ask("document.querySelector('[name=password]').value") == "", "never sent back"


def test_with_the_keyboard_alone_somebody_signs_out(stranger: Visitor) -> None:
    arrive(stranger, "keys@example.com")
    stranger.tab_to("summary")
    stranger.press("\ue007")
    stranger.tab_to("form[action='/portal/sign-out'] button")
    stranger.press("\ue007")
    stranger.until_at("/portal/sign-in")
    stranger.go("/portal/security")
    stranger.until_at("/portal/sign-in?next=/portal/security")
    assert stranger.find("[name=password]").is_displayed(), "nobody is signed in any more"


def test_other_devices_are_seen_and_signed_out(stranger: Visitor, house: House) -> None:
    arrive(stranger, "devices@example.com")
    login = {"email": "devices@example.com", "password": PASSWORD}
    with httpx.Client(base_url=house.url) as client:
        tokens = [client.post("/api/v1/auth/login", json=login).json()["access_token"] for _ in range(3)]

        def alive() -> list[int]:
            headers = [{"authorization": f"Bearer {token}"} for token in tokens]
            return [client.get("/api/v1/auth/validate", headers=each).status_code for each in headers]

        stranger.go("/portal/security")
        assert len(stranger.all("section[aria-labelledby=h-d] .row")) == 4
        stranger.click("section[aria-labelledby=h-d] .row form button")
        stranger.until_at("/portal/security?told=ended")
        assert sorted(alive()) == [200, 200, 401]
        stranger.click("section[aria-labelledby=h-d] header a")
        stranger.until_at("/portal/devices/others/sign-out")
        stranger.click("main .btn.danger")
        stranger.until_at("/portal/security?told=others")
        assert alive() == [401, 401, 401]
    assert len(stranger.all("section[aria-labelledby=h-d] .row")) == 1
    told = stranger.text("section[aria-labelledby=h-r]")
    assert "A device was signed out" in told
    assert "All other devices signed out" in told


def test_the_door_leads_nowhere_else(stranger: Visitor) -> None:
    arrive(stranger, "door@example.com")
    for goal in ("https://evil.test/", "//evil.test", "/portal\\evil", "/console"):
        stranger.go(f"/portal/sign-in?next={goal}")
        stranger.until_at("/portal")
        assert stranger.driver.current_url == f"{stranger.home}/portal", goal


def test_a_failed_sign_in_tells_nothing_and_is_history(stranger: Visitor) -> None:
    arrive(stranger, "history@example.com")
    stranger.forget()
    stranger.go("/portal/sign-in")
    stranger.write("email", "history@example.com")
    stranger.write("password", "Wrong1!horses")
    stranger.click("main .btn.primary")
    assert stranger.until(lambda: "wrong" in stranger.text("main [role=alert]"))
    enter(stranger, "history@example.com", "/portal/history")
    assert "Somebody tried a wrong password" in stranger.text("main table")


def test_the_link_of_a_letter_leads_to_another_password(stranger: Visitor, house: House) -> None:
    arrive(stranger, "lost@example.com")
    stranger.forget()
    stranger.go("/portal/reset#token=pb_ot_not_a_token")
    assert stranger.path == "/portal/reset", "the secret does not stay in the address"
    assert not stranger.find("[data-without-token]").is_displayed()
    stranger.write("password", "Another1!horse")
    stranger.click("[data-with-token] .btn.primary")
    assert stranger.until(lambda: stranger.all("main [role=alert]"))
    assert stranger.find("[data-without-token]").is_displayed(), "asked for another letter"
    stranger.write("email", "lost@example.com")
    stranger.click("[data-without-token] .btn.primary")
    assert stranger.until(lambda: "a letter is on its way" in stranger.text())
    assert house.url


def test_a_second_factor_is_set_up_and_asked_for(stranger: Visitor) -> None:
    arrive(stranger, "phone@example.com")
    stranger.go("/portal/second-factor")
    stranger.click("main .btn.primary")
    stranger.until(lambda: stranger.all(".qr svg"))
    assert faults_of(stranger) == []
    secret = base64.b32decode(stranger.text(".secret").replace(" ", ""))
    stranger.write("code", totp.code_at(secret, totp.step_at(clock.now())))
    stranger.click("main .btn.primary")
    stranger.until(lambda: len(stranger.all("main li.code, main ul.mono li")) == 10)
    codes = [each.text for each in stranger.all("main ul.mono li")]
    stranger.forget()
    stranger.go("/portal/sign-in")
    stranger.write("email", "phone@example.com")
    stranger.write("password", PASSWORD)
    stranger.click("main .btn.primary")
    stranger.until(lambda: stranger.all("[name=code]"))
    stranger.write("code", codes[0])
    stranger.click("main .btn.primary")
    stranger.until_at("/portal")
    stranger.go("/portal/security")
    assert "9 recovery codes left" in stranger.text()
