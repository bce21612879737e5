"""Seeing the portal as a player in a browser: begun in the console, seen in every size and theme, and stopped."""

from collections.abc import AsyncIterator

import pytest
from selenium.webdriver.common.keys import Keys as Key

from tests.console.browser import LOOKS, Visitor
from tests.console.house import NAMES, House
from tests.console.test_pages import RATIOS, faults_of

REASON = "Ticket 4711: they cannot find the second factor, and the pages they describe are not the ones we know"
PLACES = ("/portal", "/portal/security", "/portal/history", "/portal/password", "/portal/reset")
STALE = "update access.sessions set authenticated_at = authenticated_at - interval '6 minutes' where kind = 'browser'"
# The same measure as for whole pages, of the banner: it stands outside the main part.
BANNER = RATIOS.replace('"main *, .side a, .top a"', '".borrowed, .borrowed *"')
IN_SIGHT = """
(() => {
  const box = document.querySelector(".borrowed").getBoundingClientRect();
  const there = document.elementFromPoint(innerWidth / 2, box.top + box.height / 2);
  return box.top >= 0 && box.top < 2 && box.height > 40 && box.right <= innerWidth && !!there.closest(".borrowed");
})()
"""


@pytest.fixture(scope="module", autouse=True)
async def _ended(house: House) -> AsyncIterator[None]:
    yield
    await house.pool.execute("delete from access.sessions where kind = 'impersonation'")


def test_an_operator_sees_as_a_player_and_comes_back(operator: Visitor, house: House) -> None:
    here = f"/console/players/{house.players[0]}"
    begin(operator, house, here)
    for path in PLACES:
        operator.go(path)
        for size, theme in LOOKS:  # The page follows without being loaded anew.
            operator.look(size, theme)
            assert faults_of(operator) == [], (path, theme, size)
            assert operator.ask(RATIOS) == [], (path, theme, size)
            assert operator.ask(BANNER) == [], (path, theme, size)
            said = operator.text(".borrowed[role=status]")
            assert f"You are seeing this as {NAMES[0]}." in said
            assert REASON in said
            assert "Ends at" in said
            operator.ask("window.scrollTo(0, document.body.scrollHeight)")
            assert operator.ask(IN_SIGHT), (path, theme, size)
    operator.look("wide")
    operator.go("/console")
    assert operator.all(".borrowed") == [], "the console is the operator's own"
    operator.go("/console/impersonations")
    assert REASON in operator.text("#list-at-this-moment")
    operator.go("/portal/security")
    operator.tab_to(".borrowed button")
    operator.press(Key.ENTER)
    operator.until_at(here)
    operator.go("/portal")
    assert operator.all(".borrowed") == []
    assert NAMES[0] not in operator.text("main")


def test_what_it_would_do_is_refused_in_words(operator: Visitor, house: House) -> None:
    begin(operator, house, f"/console/players/{house.players[1]}")
    operator.go("/portal/password")
    operator.write("current", "Wrong1!horse")
    operator.write("password", "Another1!horse")
    operator.click("main .btn.primary")
    operator.until(lambda: "This is not yours to do" in operator.text("h1"))
    assert "nothing can be done in their name" in operator.text("main")
    assert "what staff may do is in the console" in operator.text("main")
    assert operator.ask(IN_SIGHT)
    operator.go("/portal/second-factor")
    assert "nothing can be done in their name" in operator.text("main")
    for theme in ("light", "dark"):
        operator.look("small", theme)
        operator.go("/portal/second-factor")
        assert operator.ask(BANNER) == []
        assert operator.ask(RATIOS) == []
    operator.look("wide")
    operator.click(".top summary")
    operator.click("button[name=theme][value=dark]")
    operator.until(lambda: operator.ask("document.documentElement.dataset.theme") == "dark")
    assert operator.ask(IN_SIGHT)
    operator.go("/portal")
    operator.click(".top summary")
    operator.click("button[name=theme][value=system]")
    operator.until(lambda: operator.ask("document.documentElement.dataset.theme") is None)


async def test_who_has_not_proven_lately_who_they_are_is_led_through_it(operator: Visitor, house: House) -> None:
    await house.pool.execute(STALE)
    ask = f"/console/players/{house.players[2]}/see-as"
    operator.go(ask.removesuffix("/see-as"))
    operator.click(f'a[href="{ask}"]')
    operator.until_at(f"/console/prove?next={ask}")
    operator.go(f"/console/prove?next={ask}")
    for size, theme in LOOKS:  # The page follows without being loaded anew.
        operator.look(size, theme)
        assert faults_of(operator) == [], (theme, size)
        assert operator.ask(RATIOS) == []
    operator.look("wide")
    operator.write("password", "Wrong1!horse")
    operator.click("main .btn.primary")
    operator.until(lambda: "wrong" in operator.text("main [role=alert]"))
    operator.write("password", house.password)
    operator.click("main .btn.primary")
    operator.until_at(ask)
    operator.go(ask)
    for size, theme in LOOKS:  # The page follows without being loaded anew.
        operator.look(size, theme)
        assert faults_of(operator) == [], (theme, size)
    operator.look("wide")
    operator.write("reason", REASON)
    operator.press(Key.ENTER)
    operator.until_at("/portal")
    assert f"You are seeing this as {NAMES[2]}." in operator.text(".borrowed")


async def test_a_colleague_ends_it_and_the_page_says_so(operator: Visitor, house: House) -> None:
    begin(operator, house, f"/console/players/{house.players[3]}")
    for theme in ("light", "dark"):
        for size in ("wide", "small"):
            operator.look(size, theme)
            for path in (f"/console/players/{house.players[3]}", "/console/impersonations"):
                operator.go(path)
                assert faults_of(operator) == [], (path, theme, size)
    operator.look("wide")
    operator.go(f"/console/players/{house.players[3]}")
    operator.click("section[aria-labelledby=h-seen] button")
    operator.until_at("/console/impersonations?told=ended")
    assert "Nobody at this moment" in operator.text("main")
    operator.go("/portal/security")
    assert "You no longer see the portal as that player" in operator.text("main")
    for theme in ("light", "dark"):
        operator.look("small", theme)
        operator.go("/portal/security")
        assert operator.ask(RATIOS) == []
    operator.look("wide")
    operator.click("main form button")
    operator.until_at("/console")
    operator.go("/portal/security")
    assert operator.all(".borrowed") == []
    entries = await house.pool.fetch("select reason from audit.entries where action = 'impersonation_ended'")
    assert "ended_by_colleague" in {row["reason"] for row in entries}


def begin(operator: Visitor, house: House, here: str) -> None:
    """From the player's page to the portal; with a proof first, if it has been too long."""
    operator.go(here)
    operator.click(f'a[href="{here}/see-as"]')
    operator.until(lambda: operator.ask("document.readyState") == "complete" and operator.path.count("/see-as"))
    if operator.path.startswith("/console/prove"):
        operator.write("password", house.password)
        operator.click("main .btn.primary")
        operator.until_at(f"{here}/see-as")
    operator.write("reason", REASON)
    operator.click("main .btn.primary")
    operator.until_at("/portal")
