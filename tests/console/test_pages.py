"""Every page, in a wide and a small window, light and dark: nothing sticks out, nothing is refused, all is reached."""

from collections.abc import AsyncIterator

import pytest

from tests.console.browser import LOOKS, Visitor
from tests.console.house import House, break_job, break_letters

HANDLER = "ladder.follow_matches"
STANDING = (
    "/console", "/console/players", "/console/players?q=mos", "/console/players?q=nobody-is-called-so",
    "/console/matches", "/console/ladder", "/console/keys", "/console/keys?state=revoked",
    "/console/keys/new", "/console/clients", "/console/clients/new",
    "/console/signing-keys", "/console/signing-keys/rotate", "/console/staff", "/console/staff?role=admin",
    "/console/staff/roles", "/console/impersonations", "/console/impersonations/minutes", "/console/prove",
    "/console/audit", "/console/audit/retention",
    "/console/proof",
    "/console/merges", "/console/merges?state=all", "/console/merges?state=declined", "/console/locks",
    "/console/letters", "/console/letters?state=held", "/console/jobs",
    "/console/jobs?state=running", "/console/health", "/console/limits", "/console/limits/login/change",
    "/console/settings", "/console/settings/orders/lines_max", "/console/settings/accounts/new_device_letters",
    "/console/components", "/console/shortcuts", "/console/fulfilments", "/console/voucher-pools",
    "/console/orders", "/console/orders/sales", "/console/orders/differences", "/console/reviews",
    "/console/order-rules",
)  # fmt: skip
# From a list to what its first row leads to.
LED_TO = (
    "/console/players", "/console/matches", "/console/ladder", "/console/letters", "/console/jobs", "/console/audit",
)  # fmt: skip
RATIOS = """
(() => {
  const part = (value) => { value /= 255; return value <= .03928 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => .2126 * part(r) + .7152 * part(g) + .0722 * part(b);
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number)
    .map((value, at) => text.startsWith("color(srgb") && at < 3 ? value * 255 : value);
  const ground = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const found = numbers(getComputedStyle(each).backgroundColor);
      if (found.length < 4 || found[3] === 1) return found;
    }
    return [255, 255, 255];
  };
  const words = [...document.querySelectorAll("main *, .side a, .top a")].filter((each) =>
    each.checkVisibility() && !each.closest("[disabled], [aria-disabled=true], svg, .vh, .void, [aria-busy=true], pre")
    && [...each.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim()));
  return words.map((each) => {
    const style = getComputedStyle(each);
    const [one, other] = [light(numbers(style.color)), light(ground(each))].sort((a, b) => b - a);
    return [(one + .05) / (other + .05), `${each.tagName}.${each.className} ${each.textContent.trim().slice(0, 40)}`];
  }).filter(([ratio]) => ratio < 4.5);
})()
"""
# One question, because each costs the browser as much as a look at the page.
FAULTS = """
(() => {
  const found = [], all = (selector) => [...document.querySelectorAll(selector)];
  if (document.scrollingElement.scrollWidth > innerWidth) found.push("it scrolls sideways");
  for (const each of all(".table-wrap"))
    if (each.scrollWidth > each.clientWidth + 1) found.push(`the table ${each.ariaLabel} scrolls sideways`);
  if (all("h1").length !== 1) found.push("it has not one heading");
  else if (!all("h1")[0].innerText.trim() || !all("h1")[0].checkVisibility()) found.push("its heading is empty");
  const ids = all("[id]").map((each) => each.id);
  if (new Set(ids).size !== ids.length) found.push("an id is given twice");
  for (const each of all("main input:not([type=hidden]), main select, main textarea"))
    if (!each.labels.length) found.push(`${each.name} has no label`);
  for (const each of all("button, a[href]"))
    if (!each.textContent.trim() && !each.ariaLabel) found.push(`${each.outerHTML.slice(0, 80)} has no name`);
  return found;
})()
"""


@pytest.fixture(scope="module", autouse=True)
async def _troubles(house: House) -> AsyncIterator[None]:
    await break_letters(house.pool, HANDLER)
    await break_job(house.pool)
    yield
    await house.pool.execute("delete from kit.letters")
    await house.pool.execute("delete from kit.jobs")


@pytest.mark.parametrize("path", STANDING)
def test_a_page_is_right_at_every_size_and_in_both_themes(operator: Visitor, path: str) -> None:
    operator.go(path)
    for size, theme in LOOKS:  # The page follows without being loaded anew.
        operator.look(size, theme)
        assert faults_of(operator) == [], (theme, size)


@pytest.mark.parametrize("path", LED_TO)
def test_what_the_first_row_leads_to_is_right_as_well(operator: Visitor, path: str) -> None:
    operator.go(path)
    led = operator.find("main tbody a").get_attribute("href").removeprefix(operator.home)
    assert led != path
    operator.go(led)
    for size, theme in LOOKS:  # The page follows without being loaded anew.
        operator.look(size, theme)
        assert faults_of(operator) == [], (theme, size)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["/console", "/console/players", "/console/letters", "/console/limits", "/console/components"]
)
def test_words_stand_out_from_their_ground(operator: Visitor, path: str, theme: str) -> None:
    operator.look("wide", theme)
    operator.go(path)
    assert operator.ask(RATIOS) == []


def test_a_name_is_text_whatever_it_holds(operator: Visitor) -> None:
    operator.go("/console/players?q=%3Cb")
    assert "<b>bold</b>" in operator.text("main tbody")
    assert operator.all("main tbody b") == []


def test_the_theme_is_remembered_and_goes_before_the_systems(operator: Visitor) -> None:
    operator.look("wide", "light")
    operator.go("/console")
    operator.click(".top summary")
    operator.click("button[name=theme][value=dark]")
    operator.until(lambda: operator.ask("document.documentElement.dataset.theme") == "dark")
    operator.go("/console/limits")
    dark = operator.ask("getComputedStyle(document.body).backgroundColor")
    operator.click(".top summary")
    operator.click("button[name=theme][value=system]")
    operator.until(lambda: operator.ask("document.documentElement.dataset.theme") is None)
    assert operator.ask("getComputedStyle(document.body).backgroundColor") != dark


def test_the_small_window_has_all_places_in_its_drawer(operator: Visitor) -> None:
    operator.look("small")
    operator.go("/console")
    assert not operator.find(".side").is_displayed()
    operator.click(".bottom button")
    operator.click('.side a[href="/console/limits"]')
    operator.until_at("/console/limits")


def faults_of(visitor: Visitor) -> list[str]:
    """What is wrong with the page as it stands: what sticks out, what the browser reports, how it is headed."""
    return [*visitor.complaints(), *visitor.ask(FAULTS)]
