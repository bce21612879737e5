"""Which platforms the environment names for payments, and whether all that each needs is said."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from playerbase.payments.model.configuration import (
    APPLE,
    EPIC,
    GOOGLE,
    SHOPIFY,
    STEAM,
    Apple,
    Configuration,
    Epic,
    Google,
    Shopify,
    Steam,
)
from playerbase.payments.rules import keys
from playerbase.settings import SettingWrong

STEAM_URL: Final = "https://partner.steam-api.com"
EPIC_URL: Final = "https://api.epicgames.dev"
APPLE_URLS: Final = {
    "Production": "https://api.storekit.apple.com",
    "Sandbox": "https://api.storekit-sandbox.apple.com",
}
# The SHA-256 of "Apple Root CA - G3", which stands above every signature of the App Store.
APPLE_ROOT: Final = "63343abfb89a6a03ebb57e9b3f5fa7be7c4f5c756f3017b3a8c488c3653e9179"
GOOGLE_API_URL: Final = "https://androidpublisher.googleapis.com"
GOOGLE_TOKEN_URL: Final = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
GOOGLE_CERTS_URL: Final = "https://www.googleapis.com/oauth2/v3/certs"
SHOPIFY_VERSION: Final = "2026-10"
USUAL: Final = frozenset(
    {STEAM_URL, EPIC_URL, *APPLE_URLS.values(), GOOGLE_API_URL, "https://oauth2.googleapis.com", "https://www.googleapis.com"}
)  # fmt: skip
SECRETS_MAX: Final = 2  # The old one is still used for an hour after a new one is made.

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_SHOP = re.compile(r"[a-z0-9][a-z0-9-]{0,60}\.myshopify\.com")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_VERSION = re.compile(r"20[0-9]{2}-(01|04|07|10)")
_BUNDLE = re.compile(r"[A-Za-z0-9.-]{1,155}")
_PACKAGE = re.compile(r"[A-Za-z0-9_.]{1,150}")


def configured(environ: Mapping[str, str], *, in_production: bool) -> Configuration:
    """The platforms these environment variables name; raises SettingWrong for the first that is half said or wrong.

    Where a platform is reached, and which root its signatures have, can be changed outside production alone: whoever
    answers there says who has paid.
    """
    return Configuration(
        steam=_steam(environ, in_production=in_production),
        epic=_epic(environ, in_production=in_production),
        apple=_apple(environ, in_production=in_production),
        google=_google(environ, in_production=in_production),
        shopify=_shopify(environ, in_production=in_production),
    )


def origins(configuration: Configuration, platform: str) -> list[str]:
    """What an operator vouches for: the addresses that were given for a platform, though they may be internal."""
    steam, epic, apple = configuration.steam, configuration.epic, configuration.apple
    google, shopify = configuration.google, configuration.shopify
    given = {
        STEAM: [steam.url] if steam else [],
        EPIC: [epic.url] if epic else [],
        APPLE: [apple.url] if apple else [],
        GOOGLE: [google.api_url, google.token_url, google.certs_url] if google else [],
        SHOPIFY: [shopify.url] if shopify else [],
    }[platform]
    found = {"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in given}
    usual = USUAL | ({f"https://{shopify.shop}"} if shopify else set())
    return sorted(found - usual)


def _steam(environ: Mapping[str, str], *, in_production: bool) -> Steam | None:
    mode, key, app_id = (environ.get(name) for name in ("STEAM_PAYMENTS", "STEAM_WEB_API_KEY", "STEAM_APP_ID"))
    url = _url(environ, "STEAM_API_URL", STEAM_URL, in_production=in_production)
    if not mode:
        return None
    if mode not in {"live", "sandbox"}:
        raise SettingWrong(f"STEAM_PAYMENTS is {mode!r}; set it to live, or to sandbox, where no money moves.")
    if not key or not app_id or not app_id.isdecimal():
        raise SettingWrong("STEAM_PAYMENTS needs STEAM_WEB_API_KEY and STEAM_APP_ID; set them too.")
    return Steam(url, key, int(app_id), mode == "sandbox")


def _epic(environ: Mapping[str, str], *, in_production: bool) -> Epic | None:
    url = _url(environ, "EPIC_URL", EPIC_URL, in_production=in_production)
    sandbox, deployment = environ.get("EPIC_STORE_SANDBOX"), environ.get("EPIC_STORE_DEPLOYMENT")
    client_id, secret = environ.get("EPIC_CLIENT_ID"), environ.get("EPIC_CLIENT_SECRET")
    if not sandbox and not deployment:
        return None
    if not (sandbox and deployment and client_id and secret):
        raise SettingWrong(
            "EPIC_STORE_SANDBOX and EPIC_STORE_DEPLOYMENT go together, and need EPIC_CLIENT_ID and EPIC_CLIENT_SECRET."
        )
    return Epic(url, client_id, secret, sandbox, deployment)


def _apple(environ: Mapping[str, str], *, in_production: bool) -> Apple | None:
    names = ("APPLE_BUNDLE_ID", "APPLE_APP_ID", "APPLE_ISSUER_ID", "APPLE_KEY_ID", "APPLE_KEY")
    bundle_id, app_id, issuer_id, key_id, key = told = [environ.get(name) or "" for name in names]
    environment = environ.get("APPLE_ENVIRONMENT") or "Production"
    if environment not in APPLE_URLS:
        raise SettingWrong(f"APPLE_ENVIRONMENT is {environment!r}; set it to Production or to Sandbox.")
    url = _url(environ, "APPLE_URL", APPLE_URLS[environment], in_production=in_production)
    root = _root(environ, in_production=in_production)
    if not any(told):
        return None
    if not all(told):
        raise SettingWrong(f"{', '.join(names)} go together; set all, or none.")
    if not _BUNDLE.fullmatch(bundle_id) or not app_id.isdecimal():
        raise SettingWrong("APPLE_BUNDLE_ID is like com.example.game, and APPLE_APP_ID is the app's number.")
    key = keys.pem(key)
    if not keys.is_p256(key):
        raise SettingWrong("APPLE_KEY is no P-256 key; set it to the text of the .p8 file from App Store Connect.")
    return Apple(url, bundle_id, int(app_id), environment, issuer_id, key_id, key, root)


def _root(environ: Mapping[str, str], *, in_production: bool) -> str:
    given = environ.get("APPLE_ROOT_SHA256")
    if not given:
        return APPLE_ROOT
    if in_production:
        raise SettingWrong("APPLE_ROOT_SHA256 is for development; in production Apple's own root alone is believed.")
    if not _SHA256.fullmatch(given):
        raise SettingWrong("APPLE_ROOT_SHA256 must be 64 hexadecimal digits.")
    return given


def _google(environ: Mapping[str, str], *, in_production: bool) -> Google | None:
    names = ("GOOGLE_PLAY_PACKAGE", "GOOGLE_PLAY_EMAIL", "GOOGLE_PLAY_KEY")
    package, email, key = told = [environ.get(name) or "" for name in names]
    audience, push_email = environ.get("GOOGLE_PUSH_AUDIENCE") or "", environ.get("GOOGLE_PUSH_EMAIL") or ""
    url = _url(environ, "GOOGLE_URL", GOOGLE_API_URL, in_production=in_production)
    if not any((*told, audience, push_email)):
        return None
    if not all(told):
        raise SettingWrong(f"{', '.join(names)} go together; set all, or none.")
    if bool(audience) != bool(push_email):
        raise SettingWrong("GOOGLE_PUSH_AUDIENCE and GOOGLE_PUSH_EMAIL go together; set both, or neither.")
    if not _PACKAGE.fullmatch(package):
        raise SettingWrong(f"GOOGLE_PLAY_PACKAGE is {package!r}; set it to the app's name, such as com.example.game.")
    key = keys.pem(key)
    if not keys.is_rsa(key):
        raise SettingWrong("GOOGLE_PLAY_KEY is no RSA key; set it to the private_key of the service account's file.")
    token_url, certs_url = (GOOGLE_TOKEN_URL, GOOGLE_CERTS_URL) if url == GOOGLE_API_URL else (
        f"{url}/token", f"{url}/oauth2/v3/certs",
    )  # fmt: skip
    return Google(url, token_url, certs_url, package, email, key, audience, push_email)


def _shopify(environ: Mapping[str, str], *, in_production: bool) -> Shopify | None:
    names = ("SHOPIFY_SHOP", "SHOPIFY_ACCESS_TOKEN", "SHOPIFY_WEBHOOK_SECRETS")
    shop, token, secrets = told = [environ.get(name) or "" for name in names]
    version = environ.get("SHOPIFY_API_VERSION") or SHOPIFY_VERSION
    url = _url(environ, "SHOPIFY_URL", f"https://{shop}", in_production=in_production)
    if not any(told):
        return None
    if not all(told):
        raise SettingWrong(f"{', '.join(names)} go together; set all, or none.")
    if not _SHOP.fullmatch(shop):
        raise SettingWrong(f"SHOPIFY_SHOP is {shop!r}; set it to the shop's own name, such as example.myshopify.com.")
    if not _VERSION.fullmatch(version):
        raise SettingWrong(f"SHOPIFY_API_VERSION is {version!r}; set it to a quarter's version, such as 2026-10.")
    listed = tuple(part.strip() for part in secrets.split(",") if part.strip())
    if not 0 < len(listed) <= SECRETS_MAX:
        raise SettingWrong(f"SHOPIFY_WEBHOOK_SECRETS lists {len(listed)}; list one, or two while they are exchanged.")
    return Shopify(url, shop, token, listed, version)


def _url(environ: Mapping[str, str], name: str, usual: str, *, in_production: bool) -> str:
    given = environ.get(name)
    if not given:
        return usual
    if in_production:
        raise SettingWrong(f"{name} is for development; in production {usual} alone is asked.")
    try:
        parts = urlsplit(given)
        is_plain = bool(parts.hostname) and not (parts.query or parts.fragment or parts.username)
        is_near = parts.scheme == "http" and parts.hostname in _LOOPBACK
    except ValueError:
        is_plain = is_near = False
        parts = urlsplit("")
    if not is_plain or not (parts.scheme == "https" or is_near):
        raise SettingWrong(f"{name} is {given!r}; it must be an https:// address without a query.")
    return given.rstrip("/")
