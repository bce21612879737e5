"""The portal with the keyboard alone: a whole visit, at both sizes, the focus in sight at every step."""

import base64
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from selenium.webdriver.common.keys import Keys as Key

from playerbase import app, settings, simulators
from playerbase.access.rules import totp
from playerbase.kit import clock
from playerbase.kit.crypto import Keys
from playerbase.kit.db import open_pool
from tests.accounts.people import PASSWORD
from tests.conftest import new_database
from tests.console.browser import CHROMIUM, DRIVER, MISSING, Visitor, chromium, free_port, served
from tests.console.conftest import UNLIMITED

# What has the focus shows it by an outline, lies within the window, and nothing covers it (WCAG 2.2, 2.4.7 and 2.4.11).
SEEN = """
(() => {
  const each = document.activeElement;
  if (!each || each === document.body) return "nothing has the focus";
  const style = getComputedStyle(each), box = each.getBoundingClientRect();
  if (!each.matches(":focus-visible")) return "its focus is not shown";
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return "it has no outline";
  if (box.width < 1 || box.height < 1) return "it has no size";
  if (box.top < 0 || box.left < 0 || box.bottom > innerHeight + 1 || box.right > innerWidth + 1) return "it is outside";
  const [line] = each.getClientRects();
  const top = document.elementFromPoint(line.left + line.width / 2, line.top + line.height / 2);
  const is_free = each.contains(top) || top?.closest("label")?.control === each;
  return is_free ? "" : `${top?.outerHTML.slice(0, 80)} covers it`;
})()
"""


@pytest.fixture(scope="module")
def stage() -> Iterator[str]:
    """Where the simulators play, in a process of their own: what drives a browser waits, and would let them wait."""
    command = [sys.executable, "-m", "playerbase", "simulate", "--port", str(free_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as playing:
        assert playing.stdout is not None
        try:
            yield playing.stdout.readline().split()[-1]
        finally:
            playing.terminate()


@pytest.fixture(scope="module")
async def address(
    server: str, migrated: str, redis_server: str, stage: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    """An installation that trusts them."""
    if not CHROMIUM or not DRIVER:
        pytest.skip(MISSING)
    port, join = free_port(), "&" if "?" in redis_server else "?"
    async with new_database(server, copy_of=urlsplit(migrated).path[1:]) as dsn:
        environ = {
            "DATABASE_URL": dsn,
            "REDIS_URL": f"{redis_server}{join}db=14" if redis_server.startswith("unix") else f"{redis_server}/14",
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "PLAYERBASE_SECRET": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "PLAYERBASE_HOME": str(tmp_path_factory.mktemp("keyboard")),
            **simulators.surroundings(stage, os.environ),
        }
        told = settings.read(environ)
        app.configure(told, Keys.derive(told.secret))
        pool = await open_pool(dsn)
        await app.prepare(pool)
        for category in ("login", "auth", "open", "console", "refused"):
            await pool.execute(UNLIMITED, category)
        await pool.close()
        with served(environ, port):
            yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def visitor(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with chromium(tmp_path_factory.mktemp("keyboard-profile"), address) as visitor:
        yield visitor


class Typist:
    """Somebody without a mouse."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor

    def reach(self, wanted: str) -> None:
        """By Tab, to the first that this matches; every stop on the way there can be seen."""
        self.visitor.until(lambda: self.visitor.ask("document.readyState") == "complete")
        self.visitor.until(lambda: self.visitor.all(wanted))
        for _ in range(120):
            self.visitor.press(Key.TAB)
            if self.visitor.ask("document.activeElement === document.body"):
                continue  # The browser's own bars; the next Tab comes back to the page.
            where = self.visitor.ask("document.activeElement.outerHTML.slice(0, 120)")
            assert self.visitor.ask(SEEN) == "", (self.visitor.path, where)
            if self.visitor.ask("document.activeElement.matches(arguments[0])", wanted):
                return
        raise AssertionError(f"Tab does not reach {wanted} on {self.visitor.path}")

    def press(self, wanted: str) -> None:
        """Enter, on what this matches."""
        self.reach(wanted)
        self.visitor.press(Key.ENTER)

    def write(self, name: str, text: str) -> None:
        """Into the field of this name."""
        self.reach(f"main [name={name}]")
        self.visitor.press(text)


def sign_up(typist: Typist, email: str) -> None:
    typist.press("a[href='/portal/sign-up']")
    typist.visitor.until_at("/portal/sign-up")
    typist.write("display_name", "Somebody typing")
    typist.write("email", email)
    typist.write("password", PASSWORD)
    typist.visitor.press(Key.ENTER)
    typist.visitor.until_at("/portal")


def set_up_factor(typist: Typist) -> list[str]:
    """From home to a second factor; returns its recovery codes."""
    visitor = typist.visitor
    go_to_security(typist)
    typist.press("main a[href='/portal/second-factor']")
    visitor.until_at("/portal/second-factor")
    typist.press("main .btn.primary")
    visitor.until(lambda: visitor.all(".qr svg"))
    secret = base64.b32decode(visitor.text(".secret").replace(" ", ""))
    typist.write("code", totp.code_at(secret, totp.step_at(clock.now())))
    visitor.press(Key.ENTER)
    visitor.until(lambda: len(visitor.all("main ul.mono li")) == 10)
    codes = [each.text for each in visitor.all("main ul.mono li")]
    typist.press("main a.btn.primary")
    visitor.until_at("/portal/security")
    return codes


def sign_out_and_in(typist: Typist, email: str, code: str) -> None:
    visitor = typist.visitor
    typist.press("summary")
    typist.press("form[action='/portal/sign-out'] button")
    visitor.until_at("/portal/sign-in")
    typist.write("email", email)
    typist.write("password", PASSWORD)
    visitor.press(Key.ENTER)
    visitor.until(lambda: visitor.all("main [name=code]"))
    typist.write("code", code)
    visitor.press(Key.ENTER)
    visitor.until_at("/portal")


def go_to_security(typist: Typist) -> None:
    typist.press(".top .menu summary")
    typist.press(".top .menu a[href='/portal/security']")
    typist.visitor.until_at("/portal/security")


def link(typist: Typist, provider: str) -> None:
    visitor = typist.visitor
    typist.press(f"main a[aria-label='Link {provider}']")
    visitor.until(lambda: "simulated" in visitor.text("h1"))
    typist.press("main a.btn")
    visitor.until_at(f"/portal/security?linked={provider.lower()}")
    assert f"{provider} is linked." in visitor.text("body")


def sign_others_out(typist: Typist) -> None:
    visitor = typist.visitor
    typist.press("main a[href='/portal/devices/others/sign-out']")
    visitor.until_at("/portal/devices/others/sign-out")
    typist.press("main .btn.danger")
    visitor.until_at("/portal/security?told=others")


def change_address(typist: Typist, email: str) -> None:
    visitor = typist.visitor
    typist.press("main a[href='/portal/email']")
    visitor.until_at("/portal/email")
    typist.write("email", email)
    typist.write("password", PASSWORD)
    visitor.press(Key.ENTER)
    visitor.until(lambda: "Look at your mail" in visitor.text())


@pytest.mark.parametrize(("size", "provider"), [("wide", "Twitch"), ("small", "Epic")])
def test_a_whole_visit_with_the_keyboard_alone(visitor: Visitor, address: str, size: str, provider: str) -> None:
    email = f"{size}@example.com"
    visitor.look(size)
    visitor.go("/portal/sign-in")
    visitor.forget()
    visitor.go("/portal/sign-in")
    typist = Typist(visitor)

    sign_up(typist, email)
    codes = set_up_factor(typist)
    sign_out_and_in(typist, email, codes[0])
    go_to_security(typist)
    link(typist, provider)

    login = {"email": email, "password": PASSWORD, "totp": codes[1]}
    with httpx.Client(base_url=address) as elsewhere:
        token = elsewhere.post("/api/v1/auth/login", json=login).json()["access_token"]
        headers = {"authorization": f"Bearer {token}"}
        assert elsewhere.get("/api/v1/auth/validate", headers=headers).status_code == httpx.codes.OK
        # The page as it stands does not show that device yet.
        go_to_security(typist)
        sign_others_out(typist)
        assert elsewhere.get("/api/v1/auth/validate", headers=headers).status_code == httpx.codes.UNAUTHORIZED
    change_address(typist, f"new-{email}")
