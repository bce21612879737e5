"""The process the simulators run in, and what the others are told of it."""

import os
import subprocess
import sys
import urllib.request

from playerbase import federation, simulators, up
from playerbase.federation import Providers
from playerbase.kit.crypto import Keys
from tests.conftest import SECRET

WAIT_SECONDS = 30
URL = "http://127.0.0.1:8180"


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PLAYERBASE_")}
    return {**kept, **more}


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "playerbase", "simulate", *words]


def test_in_production_they_refuse_in_one_sentence() -> None:
    tried = subprocess.run(
        command(), env=environment(PLAYERBASE_ENV="production"), capture_output=True, text=True, check=False,
        timeout=WAIT_SECONDS,
    )  # fmt: skip
    assert tried.returncode == 2
    assert tried.stderr == "The simulators sign anybody in as anybody, so they do not start in production.\n"
    assert tried.stdout == ""


def test_nobody_brings_them_up_in_production() -> None:
    told = {"PLAYERBASE_ENV": "production"}
    assert up._simulators(told) is None
    assert told == {"PLAYERBASE_ENV": "production"}


def test_they_start_alone_say_where_and_end_when_told() -> None:
    with subprocess.Popen(command(), env=environment(), stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            url = running.stdout.readline().split()[-1]
            with urllib.request.urlopen(f"{url}/steam", timeout=WAIT_SECONDS) as answer:  # noqa: S310 - our own
                assert b"Steam, simulated" in answer.read()
        finally:
            running.terminate()
            assert running.wait(WAIT_SECONDS) in {0, -15}


def test_they_tell_playerbase_where_it_is_reached() -> None:
    told = environment(PUBLIC_URL="http://127.0.0.1:8080/")
    with subprocess.Popen(command(), env=told, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            url = running.stdout.readline().split()[-1]
            with urllib.request.urlopen(f"{url}/apple/sales", timeout=WAIT_SECONDS) as answer:  # noqa: S310 - our own
                assert b'Sent to <span class="mono">127.0.0.1:8080</span>' in answer.read()
        finally:
            running.terminate()
            assert running.wait(WAIT_SECONDS) in {0, -15}


def test_with_nothing_set_every_provider_is_a_simulated_one() -> None:
    found = federation.configured(simulators.surroundings(URL, {}), in_production=False)
    assert found.steam
    assert found.epic
    assert found.twitch
    assert (found.steam.api_url, found.steam.community_url) == (f"{URL}/steam", f"{URL}/steam")
    assert (found.epic.url, found.twitch.url) == (f"{URL}/epic", f"{URL}/twitch")
    providers = Providers(found, Keys.derive(SECRET), public_url=URL)
    assert providers.names == ["steam", "epic", "twitch", "simulated"]


def test_a_provider_with_real_settings_is_left_alone() -> None:
    real = {"STEAM_WEB_API_KEY": "real", "STEAM_APP_ID": "570", "STEAM_RUNTIME": "1", "OIDC_PROVIDERS": "studio"}
    told = simulators.surroundings(URL, real)
    assert {name.split("_")[0] for name in told} == {"APPLE", "EPIC", "GOOGLE", "SHOPIFY", "TWITCH"}
    assert "STEAM_API_URL" in simulators.surroundings(URL, {"STEAM_RUNTIME": "1", "STEAM_APP_ID": ""})
