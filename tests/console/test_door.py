"""The door: who comes in, who does not, and where it leads."""

from tests.console.browser import Visitor
from tests.console.conftest import sign_in
from tests.console.house import House


def test_every_page_leads_to_the_door_and_back(stranger: Visitor, house: House) -> None:
    stranger.go("/console/limits")
    stranger.until_at("/console/sign-in?next=/console/limits")
    stranger.write("email", house.email)
    stranger.write("password", house.password)
    stranger.click("main button.primary")
    stranger.until_at("/console/limits")
    assert "limits" in stranger.text("h1").casefold()


def test_what_is_wrong_is_told_in_one_way(stranger: Visitor, house: House) -> None:
    said = []
    for email, password in ((house.email, "wrong"), ("nobody@example.com", house.password)):
        stranger.go("/console/sign-in")
        stranger.write("email", email)
        stranger.write("password", password)
        stranger.click("main button.primary")
        said.append(stranger.until(lambda: stranger.text("[role=alert]")))
        assert stranger.find("[name=email]").get_attribute("value") == email
        assert stranger.find("[name=password]").get_attribute("value") == ""
    assert said[0] == said[1]


def test_the_door_leads_no_further_than_the_house(stranger: Visitor) -> None:
    for goal in ("https://example.com/", "//example.com", "/\\example.com", "/console/..//example.com\\x", "/api/v1/x"):
        stranger.go(f"/console/sign-in?next={goal}")
        assert stranger.find("[name=next]").get_attribute("value") == "/console", goal


def test_a_player_without_a_role_is_told_so(stranger: Visitor, house: House) -> None:
    stranger.go("/console/sign-in")
    stranger.write("email", house.player_email)
    stranger.write("password", house.player_password)
    stranger.click("main button.primary")
    stranger.until(lambda: "You are signed in as a player" in stranger.text())
    assert stranger.all(".side") == []
    stranger.click("main button.primary")
    stranger.until_at("/console/sign-in")


def test_signing_out_ends_the_session_everywhere(stranger: Visitor, house: House) -> None:
    sign_in(stranger, house.email, house.password)
    cookie = next(each for each in stranger.driver.get_cookies() if each["name"] == "playerbase")
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    stranger.click(".top summary")
    stranger.click("form[action='/console/sign-out'] button")
    stranger.until_at("/console/sign-in")
    stranger.driver.add_cookie(cookie)
    stranger.go("/console")
    stranger.until_at("/console/sign-in?next=/console")
