"""What the environment may say of platforms that take money."""

import pytest

from playerbase import payments, simulators
from playerbase.payments import Configuration, PlatformUnknown, Tills
from playerbase.payments.rules.configuring import origins
from playerbase.settings import SettingWrong
from playerbase.simulators import made_up

STEAM = {"STEAM_WEB_API_KEY": "k3y", "STEAM_APP_ID": "480", "STEAM_PAYMENTS": "live"}
EPIC = {
    "EPIC_CLIENT_ID": "e", "EPIC_CLIENT_SECRET": "s3cret", "EPIC_STORE_SANDBOX": "b", "EPIC_STORE_DEPLOYMENT": "d",
}  # fmt: skip
APPLE = {
    "APPLE_BUNDLE_ID": "com.example.game", "APPLE_APP_ID": "7", "APPLE_ISSUER_ID": "i", "APPLE_KEY_ID": "k",
    "APPLE_KEY": made_up.APPLE_KEY,
}  # fmt: skip
GOOGLE = {
    "GOOGLE_PLAY_PACKAGE": "com.example.game", "GOOGLE_PLAY_EMAIL": "a@b.example",
    "GOOGLE_PLAY_KEY": made_up.GOOGLE_KEY,
}  # fmt: skip
SHOPIFY = {
    "SHOPIFY_SHOP": "example.myshopify.com", "SHOPIFY_ACCESS_TOKEN": "shpat_s3cret",
    "SHOPIFY_WEBHOOK_SECRETS": "shpss_s3cret",
}  # fmt: skip
ALL = {**STEAM, **EPIC, **APPLE, **GOOGLE, **SHOPIFY}


def read(environ: dict[str, str], *, in_production: bool = True) -> Configuration:
    return payments.configured(environ, in_production=in_production)


def test_without_settings_no_money_is_taken() -> None:
    tills = Tills(read({}))
    assert tills.names == []
    for name in ("steam", "epic", "apple", "google", "shopify"):
        with pytest.raises(PlatformUnknown):
            getattr(tills, name)
    assert read({"STEAM_WEB_API_KEY": "k3y", "STEAM_APP_ID": "480"}).steam is None, "a key to sign in by takes none"


def test_in_production_the_real_ones_are_asked() -> None:
    found = read(ALL)
    assert found.steam
    assert found.epic
    assert found.apple
    assert found.google
    assert found.shopify
    assert (found.steam.url, found.steam.is_sandbox) == ("https://partner.steam-api.com", False)
    assert found.epic.url == "https://api.epicgames.dev"
    assert (found.apple.url, found.apple.environment) == ("https://api.storekit.apple.com", "Production")
    assert found.apple.root_sha256 == "63343abfb89a6a03ebb57e9b3f5fa7be7c4f5c756f3017b3a8c488c3653e9179"
    assert found.google.api_url == "https://androidpublisher.googleapis.com"
    assert found.google.token_url == "https://oauth2.googleapis.com/token"
    assert found.google.certs_url == "https://www.googleapis.com/oauth2/v3/certs"
    assert (found.shopify.url, found.shopify.api_version) == ("https://example.myshopify.com", "2026-10")
    # Their addresses are public and need nobody's word.
    assert [origins(found, name) for name in ("steam", "epic", "apple", "google", "shopify")] == [[]] * 5
    sandbox = read({**APPLE, "APPLE_ENVIRONMENT": "Sandbox"}).apple
    assert sandbox
    assert sandbox.url == "https://api.storekit-sandbox.apple.com"


@pytest.mark.parametrize(
    "name", ["STEAM_API_URL", "EPIC_URL", "APPLE_URL", "GOOGLE_URL", "SHOPIFY_URL", "APPLE_ROOT_SHA256"]
)
def test_who_says_who_has_paid_changes_outside_production_alone(name: str) -> None:
    value = "ab" * 32 if name == "APPLE_ROOT_SHA256" else "http://127.0.0.1:9"
    read({**ALL, name: value}, in_production=False)
    with pytest.raises(SettingWrong, match=name):
        read({**ALL, name: value if name == "APPLE_ROOT_SHA256" else "https://elsewhere.example"})


@pytest.mark.parametrize(
    "environ",
    [
        {"STEAM_PAYMENTS": "live"},
        {**STEAM, "STEAM_PAYMENTS": "yes"},
        {**STEAM, "STEAM_APP_ID": "x"},
        {"EPIC_STORE_SANDBOX": "b"},
        {**EPIC, "EPIC_CLIENT_SECRET": ""},
        {"APPLE_KEY_ID": "k"},
        {**APPLE, "APPLE_KEY": made_up.GOOGLE_KEY},
        {**APPLE, "APPLE_KEY": made_up.APPLE_ROOT_KEY},
        {**APPLE, "APPLE_APP_ID": "x"},
        {**APPLE, "APPLE_BUNDLE_ID": "a/b"},
        {**APPLE, "APPLE_ENVIRONMENT": "Xcode"},
        {"GOOGLE_PLAY_PACKAGE": "com.example.game"},
        {**GOOGLE, "GOOGLE_PLAY_KEY": made_up.APPLE_KEY},
        {**GOOGLE, "GOOGLE_PLAY_PACKAGE": "a/b"},
        {**GOOGLE, "GOOGLE_PUSH_AUDIENCE": "x"},
        {"GOOGLE_PUSH_AUDIENCE": "x", "GOOGLE_PUSH_EMAIL": "y"},
        {"SHOPIFY_SHOP": "example.myshopify.com"},
        {**SHOPIFY, "SHOPIFY_SHOP": "example.com"},
        {**SHOPIFY, "SHOPIFY_SHOP": "evil.example/.myshopify.com"},
        {**SHOPIFY, "SHOPIFY_API_VERSION": "latest"},
        {**SHOPIFY, "SHOPIFY_WEBHOOK_SECRETS": "a,b,c"},
        {**SHOPIFY, "SHOPIFY_WEBHOOK_SECRETS": ","},
    ],
)
def test_half_said_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(SettingWrong):
        read(environ)


@pytest.mark.parametrize("url", ["http://partner.example", "https://x.example/?a", "https://[half", "ftp://127.0.0.1"])
def test_plain_http_is_spoken_on_loopback_alone(url: str) -> None:
    with pytest.raises(SettingWrong):
        read({**STEAM, "STEAM_API_URL": url}, in_production=False)
    with pytest.raises(SettingWrong):
        read({**APPLE, "APPLE_ROOT_SHA256": "AB"}, in_production=False)


def test_a_key_is_read_however_its_lines_are_joined() -> None:
    apple = read(APPLE).apple
    assert apple
    for written in (apple.key, apple.key.replace("\n", "\\n"), apple.key.strip(), f"  {made_up.APPLE_KEY}\n"):
        again = read({**APPLE, "APPLE_KEY": written}).apple
        assert again
        assert again.key == apple.key


def test_a_configuration_that_is_shown_keeps_its_secrets() -> None:
    shown = repr(read(ALL))
    for secret in ("k3y", "s3cret", "PRIVATE KEY", made_up.APPLE_KEY[40:60], made_up.GOOGLE_KEY[40:60]):
        assert secret not in shown


def test_with_nothing_set_every_platform_is_a_simulated_one() -> None:
    url = "http://127.0.0.1:8180"
    found = read(simulators.surroundings(url, {}), in_production=False)
    assert Tills(found).names == ["steam", "epic", "apple", "google", "shopify"]
    assert found.steam
    assert (found.steam.is_sandbox, found.steam.url) == (True, f"{url}/steam")
    with pytest.raises(SettingWrong):
        read(simulators.surroundings(url, {}))
