"""A real Chromium, and a real server for it to visit."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys as Key

from tests.homes import HASHING_CHEAPLY

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
MISSING = "chromium and chromedriver are not both on the path, and these tests look at pages in a real browser"
WAIT_SECONDS = 60
LOOK_SECONDS = 0.02  # What is waited for needs the cores as well: asking without end takes them away.
START_SECONDS = 90  # A machine that does other things besides takes its time to start a process.
SIZES = {"wide": (1280, 900), "small": (390, 844)}
LOOKS = (("wide", "light"), ("wide", "dark"), ("small", "light"), ("small", "dark"))
# What the browser is told before each page: write down every breach of the content security policy.
WITNESS = """
window.breaches = [];
document.addEventListener("securitypolicyviolation", (event) => window.breaches.push(event.violatedDirective));
"""


class Visitor:
    """One window of the browser."""

    def __init__(self, driver: webdriver.Chrome, home: str) -> None:
        self.driver, self.home = driver, home

    def look(self, size: str, theme: str = "light") -> None:
        """How large the window is, and what the system prefers."""
        width, height = SIZES[size]
        self._tell("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self._tell("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])

    def scripts(self, *, are_on: bool) -> None:
        """Whether pages may run scripts."""
        self._tell("Emulation.setScriptExecutionDisabled", value=not are_on)

    def go(self, path: str) -> None:
        """Load a page and forget what the browser said before."""
        self.driver.get("about:blank")
        self._said()
        self.driver.get(self.home + path)

    @property
    def path(self) -> str:
        return self.driver.current_url.removeprefix(self.home)

    def ask(self, script: str, *given: Any) -> Any:
        """What an expression is, in the page."""
        return self.driver.execute_script(f"return {script.strip()}", *given)

    def text(self, selector: str = "main") -> str:
        return str(self.driver.find_element(By.CSS_SELECTOR, selector).text)

    def find(self, selector: str) -> Any:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[Any]:
        return list(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def click(self, selector: str) -> None:
        self.find(selector).click()

    def write(self, name: str, text: str) -> None:
        """Into the field of this name."""
        field = self.find(f"main [name={name}], dialog [name={name}]")
        field.clear()
        field.send_keys(text)

    def press(self, *keys: str) -> None:
        """Keys, to whatever has the focus."""
        for key in keys:
            webdriver.ActionChains(self.driver, duration=0).send_keys(key).perform()

    def tab_to(self, wanted: str, most: int = 120) -> None:
        """With the Tab key alone, to an element that this selector matches."""
        for _ in range(most):
            if self.ask("document.activeElement.matches(arguments[0])", wanted):
                return
            self.press(Key.TAB)
        raise AssertionError(f"Tab does not reach {wanted}")

    def until(self, holds: Callable[[], Any]) -> Any:
        """What it returns, once that is true."""
        ends_at = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                found = holds()
            except Exception:
                if time.monotonic() > ends_at:
                    raise
                found = None
            if found:
                return found
            threading.Event().wait(LOOK_SECONDS)
            assert time.monotonic() < ends_at, f"{self.path} did not come to it: {self.text('body')[:500]}"

    def until_at(self, path: str) -> None:
        """Wait for a page to have come, whole."""
        self.until(lambda: self.path == path and self.ask("document.readyState") == "complete")

    def complaints(self) -> list[str]:
        """What the browser reports of this page: errors, and breaches of the policy."""
        said = [entry["message"] for entry in self._said() if entry["level"] in {"SEVERE", "WARNING"}]
        return [*said, *(self.ask("window.breaches") or [])]

    def forget(self) -> None:
        """Nobody is signed in any more."""
        self.driver.delete_all_cookies()

    def _said(self) -> list[dict[str, str]]:
        entries: list[dict[str, str]] = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return entries

    def _tell(self, command: str, **given: Any) -> None:
        self.driver.execute_cdp_cmd(command, given)


@contextmanager
def chromium(folder: Path, home: str) -> Iterator[Visitor]:
    """A browser with an empty profile, closed afterwards."""
    assert CHROMIUM
    assert DRIVER
    options = Options()
    options.binary_location = CHROMIUM
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
        f"--user-data-dir={folder}",
        # Otherwise each page is given a process of its own, and the one before is kept for a way back: half a second
        # of a core for each five pages, and nothing that any of ours could notice.
        "--disable-features=BackForwardCache,ProactivelySwapBrowsingInstance,SpareRendererForSitePerProcess",
        "--disable-site-isolation-trials", "--renderer-process-limit=1",
    ):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        driver.set_page_load_timeout(START_SECONDS)
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WITNESS})
        yield Visitor(driver, home)
    finally:
        driver.quit()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def served(environ: dict[str, str], port: int) -> Iterator[None]:
    """The app on a port of this machine, in a process of its own: a process has one clock, and it follows the app's."""
    process = subprocess.Popen(
        [sys.executable, "-m", "playerbase", "serve"],
        env={**os.environ, **HASHING_CHEAPLY, **environ, "HOST": "127.0.0.1", "PORT": str(port)},
        stdout=subprocess.DEVNULL,
    )
    ends_at = time.monotonic() + START_SECONDS
    try:
        while not _listens(port):
            assert process.poll() is None
            assert time.monotonic() < ends_at
            threading.Event().wait(LOOK_SECONDS)
        yield
    finally:
        process.terminate()
        process.wait(WAIT_SECONDS)


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
