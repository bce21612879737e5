"""Which providers the environment names, and whether all that each needs is said."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from playerbase.federation.model import EPIC, STEAM, TWITCH, Configuration, Epic, Oidc, Steam, Twitch
from playerbase.settings import SettingWrong

STEAM_API_URL: Final = "https://partner.steam-api.com"
STEAM_COMMUNITY_URL: Final = "https://steamcommunity.com"
EPIC_URL: Final = "https://api.epicgames.dev"
EPIC_LOGIN_URL: Final = "https://www.epicgames.com"
TWITCH_URL: Final = "https://id.twitch.tv"
IDENTITY: Final = "playerbase"
SCOPES: Final = "openid profile email"
APP_ID_MAX: Final = 2**32 - 1
LABEL_CHARS_MAX: Final = 40  # So that it stands on a button of a telephone.

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
# Names by which players are known already, and words of the addresses they sign in at.
_TAKEN: Final = frozenset({STEAM, EPIC, TWITCH, "oidc", "email", "password", "server", "device"})


def configured(environ: Mapping[str, str], *, in_production: bool) -> Configuration:
    """The providers these environment variables name; raises SettingWrong for the first that is half said or wrong.

    Where a provider is reached can be changed outside production alone: whoever answers there says who signs in.
    """
    return Configuration(
        steam=_steam(environ, in_production=in_production),
        epic=_epic(environ, in_production=in_production),
        twitch=_twitch(environ, in_production=in_production),
        oidc={name: _oidc(environ, name, in_production=in_production) for name in _names(environ)},
    )


def origins(configuration: Configuration, provider: str) -> list[str]:
    """What an operator vouches for: the addresses that were given for a provider, though they may be internal."""
    steam, epic, twitch = configuration.steam, configuration.epic, configuration.twitch
    usual = {STEAM_API_URL, STEAM_COMMUNITY_URL, EPIC_URL, TWITCH_URL}
    given = {
        STEAM: [steam.api_url, steam.community_url] if steam else [],
        EPIC: [epic.url] if epic else [],
        TWITCH: [twitch.url] if twitch else [],
    }.get(provider) or [each.issuer for each in configuration.oidc.values() if each.name == provider]
    return sorted({"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in given if url not in usual})


def _steam(environ: Mapping[str, str], *, in_production: bool) -> Steam | None:
    key, app_id = environ.get("STEAM_WEB_API_KEY"), environ.get("STEAM_APP_ID")
    api_url = _url(environ, "STEAM_API_URL", STEAM_API_URL, in_production=in_production)
    community_url = _url(environ, "STEAM_COMMUNITY_URL", STEAM_COMMUNITY_URL, in_production=in_production)
    identity = environ.get("STEAM_IDENTITY") or IDENTITY
    if not key and not app_id:
        return None
    if not key or not app_id:
        raise SettingWrong("STEAM_WEB_API_KEY and STEAM_APP_ID go together; set both, or neither.")
    if not app_id.isdecimal() or not 1 <= int(app_id) <= APP_ID_MAX:
        raise SettingWrong(f"STEAM_APP_ID is {app_id!r}; set it to the game's number at Steam, such as 480.")
    return Steam(api_url, community_url, key, int(app_id), identity)


def _epic(environ: Mapping[str, str], *, in_production: bool) -> Epic | None:
    url = _url(environ, "EPIC_URL", EPIC_URL, in_production=in_production)
    client_id, secret = environ.get("EPIC_CLIENT_ID"), environ.get("EPIC_CLIENT_SECRET")
    sandbox, deployment = environ.get("EPIC_SANDBOX"), environ.get("EPIC_DEPLOYMENT")
    if not client_id:
        if secret or sandbox or deployment:
            raise SettingWrong("EPIC_CLIENT_ID is not set, but other settings of Epic are; set it too.")
        return None
    login_url = EPIC_LOGIN_URL if url == EPIC_URL else url
    return Epic(url, client_id, secret or None, sandbox or None, deployment or None, login_url)


def _twitch(environ: Mapping[str, str], *, in_production: bool) -> Twitch | None:
    url = _url(environ, "TWITCH_URL", TWITCH_URL, in_production=in_production)
    client_id, secret = environ.get("TWITCH_CLIENT_ID"), environ.get("TWITCH_CLIENT_SECRET")
    if not client_id and not secret:
        return None
    if not client_id or not secret:
        raise SettingWrong("TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET go together; set both, or neither.")
    return Twitch(url, client_id, secret)


def _names(environ: Mapping[str, str]) -> list[str]:
    names = [name.strip() for name in (environ.get("OIDC_PROVIDERS") or "").split(",") if name.strip()]
    for name in names:
        if not _NAME.fullmatch(name) or name in _TAKEN or names.count(name) > 1:
            raise SettingWrong(
                f"OIDC_PROVIDERS holds {name!r}; each name begins with a letter, has lower-case letters, digits and "
                f"underscores only, stands once, and is none of {', '.join(sorted(_TAKEN))}."
            )
    return names


def _oidc(environ: Mapping[str, str], name: str, *, in_production: bool) -> Oidc:
    prefix = f"OIDC_{name.upper()}"
    issuer, client_id = environ.get(f"{prefix}_ISSUER"), environ.get(f"{prefix}_CLIENT_ID")
    if not issuer or not client_id:
        raise SettingWrong(f"OIDC_PROVIDERS names {name}, so {prefix}_ISSUER and {prefix}_CLIENT_ID must be set.")
    scopes = environ.get(f"{prefix}_SCOPES") or SCOPES
    if "openid" not in scopes.split():
        raise SettingWrong(f"{prefix}_SCOPES must hold openid, or no ID token is given.")
    _check_url(f"{prefix}_ISSUER", issuer, in_production=in_production)
    label = environ.get(f"{prefix}_LABEL") or name.replace("_", " ").capitalize()
    if len(label) > LABEL_CHARS_MAX or not label.isprintable():
        raise SettingWrong(f"{prefix}_LABEL must be one line of at most {LABEL_CHARS_MAX} characters.")
    return Oidc(name, issuer, client_id, environ.get(f"{prefix}_CLIENT_SECRET") or None, scopes, label)


def _url(environ: Mapping[str, str], name: str, usual: str, *, in_production: bool) -> str:
    given = environ.get(name)
    if not given:
        return usual
    if in_production:
        raise SettingWrong(f"{name} is for development; in production {usual} alone is asked.")
    _check_url(name, given, in_production=False)
    return given.rstrip("/")


def _check_url(name: str, url: str, *, in_production: bool) -> None:
    try:
        parts = urlsplit(url)
        is_near = parts.scheme == "http" and parts.hostname in _LOOPBACK and not in_production
        is_plain = bool(parts.hostname) and not (parts.query or parts.fragment or parts.username)
    except ValueError:
        is_near = is_plain = False
        parts = urlsplit("")
    if not is_plain or not (parts.scheme == "https" or is_near):
        raise SettingWrong(f"{name} is {url!r}; it must be an https:// address without a query.")
