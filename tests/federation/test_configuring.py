"""What the environment may say of providers."""

import pytest

from playerbase import federation
from playerbase.federation import Configuration, Providers
from playerbase.federation.rules import origins
from playerbase.kit.crypto import Keys
from playerbase.settings import SettingWrong
from tests.conftest import SECRET

STEAM = {"STEAM_WEB_API_KEY": "k3y", "STEAM_APP_ID": "480"}
OIDC = {"OIDC_PROVIDERS": "studio", "OIDC_STUDIO_ISSUER": "https://id.studio.example", "OIDC_STUDIO_CLIENT_ID": "us"}


def read(environ: dict[str, str], *, in_production: bool = True) -> Configuration:
    return federation.configured(environ, in_production=in_production)


def test_without_settings_there_is_nobody() -> None:
    assert read({}) == Configuration()
    assert Providers(read({}), Keys.derive(SECRET), public_url="https://x.example").names == []


def test_in_production_the_real_ones_are_asked() -> None:
    found = read({**STEAM, "EPIC_CLIENT_ID": "e", "TWITCH_CLIENT_ID": "t", "TWITCH_CLIENT_SECRET": "s", **OIDC})
    assert found.steam
    assert found.epic
    assert found.twitch
    assert found.steam.api_url == "https://partner.steam-api.com"
    assert found.steam.community_url == "https://steamcommunity.com"
    assert (found.steam.app_id, found.steam.identity) == (480, "playerbase")
    assert found.epic.url == "https://api.epicgames.dev"
    assert found.twitch.url == "https://id.twitch.tv"
    # Their addresses are public and need nobody's word; that of a studio's own provider may be internal.
    assert origins(found, "steam") == origins(found, "epic") == origins(found, "twitch") == []
    assert origins(found, "studio") == ["https://id.studio.example"]


@pytest.mark.parametrize("name", ["STEAM_API_URL", "STEAM_COMMUNITY_URL", "EPIC_URL", "TWITCH_URL"])
def test_where_a_provider_is_reached_changes_outside_production_alone(name: str) -> None:
    read({**STEAM, name: "http://127.0.0.1:9"}, in_production=False)
    with pytest.raises(SettingWrong, match=name):
        read({**STEAM, name: "https://steam.example"})


@pytest.mark.parametrize(
    "environ",
    [
        {"STEAM_WEB_API_KEY": "k"},
        {"STEAM_APP_ID": "480"},
        {**STEAM, "STEAM_APP_ID": "0"},
        {**STEAM, "STEAM_APP_ID": "4294967296"},
        {"EPIC_CLIENT_SECRET": "s"},
        {"EPIC_SANDBOX": "s"},
        {"TWITCH_CLIENT_ID": "t"},
        {"OIDC_PROVIDERS": "studio"},
        {**OIDC, "OIDC_PROVIDERS": "steam"},
        {**OIDC, "OIDC_PROVIDERS": "studio,studio"},
        {**OIDC, "OIDC_PROVIDERS": "../studio"},
        {**OIDC, "OIDC_STUDIO_ISSUER": "http://127.0.0.1:9"},
        {**OIDC, "OIDC_STUDIO_ISSUER": "https://id.example/?a"},
        {**OIDC, "OIDC_STUDIO_ISSUER": "https://[half"},
        {**OIDC, "OIDC_STUDIO_SCOPES": "profile"},
    ],
)
def test_half_said_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(SettingWrong):
        read(environ)


def test_plain_http_is_spoken_on_loopback_alone() -> None:
    with pytest.raises(SettingWrong):
        read({**OIDC, "OIDC_STUDIO_ISSUER": "http://id.studio.example"}, in_production=False)


def test_a_configuration_that_is_shown_keeps_its_secrets() -> None:
    shown = repr(
        read(
            {
                **STEAM, "EPIC_CLIENT_ID": "e", "EPIC_CLIENT_SECRET": "s3cret", "TWITCH_CLIENT_ID": "t",
                "TWITCH_CLIENT_SECRET": "s3cret", **OIDC, "OIDC_STUDIO_CLIENT_SECRET": "s3cret",
            }
        )
    )  # fmt: skip
    assert "k3y" not in shown
    assert "s3cret" not in shown
