"""One house, one server and one browser for all the tests of the console's pages."""

from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import msgspec
import pytest

from playerbase import app, settings
from playerbase.kit.crypto import Keys
from playerbase.kit.db import open_pool
from tests.conftest import new_database
from tests.console.browser import CHROMIUM, DRIVER, MISSING, Visitor, chromium, free_port, served
from tests.console.house import House, furnish

UNLIMITED = "insert into kit.limits values ($1, 1000000, 60, 'tests', 'tests', now())"


@pytest.fixture(scope="session")
async def house(
    server: str, migrated: str, redis_server: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """The installation these tests visit, served on a port of this machine."""
    if not CHROMIUM or not DRIVER:
        pytest.skip(MISSING)
    port, folder = free_port(), tmp_path_factory.mktemp("console")
    join = "&" if "?" in redis_server else "?"
    async with new_database(server, copy_of=urlsplit(migrated).path[1:]) as dsn:
        environ = {
            "DATABASE_URL": dsn,
            "REDIS_URL": f"{redis_server}{join}db=15",
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "PLAYERBASE_SECRET": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "PLAYERBASE_HOME": str(folder),
        }
        told = settings.read(environ)
        keys = Keys.derive(told.secret)
        app.configure(told, keys)
        pool = await open_pool(dsn)
        await app.prepare(pool)
        made = await furnish(pool, keys, f"http://127.0.0.1:{port}")
        await app.drain(pool)
        for category in ("login", "auth", "open", "console", "refused"):
            await pool.execute(UNLIMITED, category)
        with served(environ, port):
            yield msgspec.structs.replace(made, environ=environ)
        await pool.close()


@pytest.fixture(scope="session")
def browser(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with chromium(tmp_path_factory.mktemp("profile"), house.url) as visitor:
        yield visitor


@pytest.fixture
def operator(house: House, browser: Visitor) -> Visitor:
    """The browser with the operator signed in, in a wide window, wherever the test before left it."""
    browser.scripts(are_on=True)
    browser.look("wide")
    if not is_operator(browser):
        browser.forget()
        sign_in(browser, house.email, house.password)
    return browser


def is_operator(visitor: Visitor) -> bool:
    """Whether the health page is shown to who is signed in; asked from where the browser stands, if it is here."""
    if not visitor.driver.current_url.startswith(f"{visitor.home}/"):
        return False
    asked = "fetch('/console/health').then((answer) => answer.text())"
    return ' id="live"' in visitor.ask(asked)  # A player is shown there what is not theirs.


@pytest.fixture
def stranger(browser: Visitor) -> Visitor:
    """The browser with nobody signed in."""
    browser.scripts(are_on=True)
    browser.look("wide")
    browser.go("/console/sign-in")
    browser.forget()
    return browser


def sign_in(visitor: Visitor, email: str, password: str, goal: str = "/console") -> None:
    visitor.go(f"/console/sign-in?next={goal}")
    visitor.write("email", email)
    visitor.write("password", password)
    visitor.click("main button.primary")
    visitor.until_at(goal)
