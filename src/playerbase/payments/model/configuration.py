"""Who we are to each platform. Dataclasses and not structs: no encoder should be one call from writing a key down."""

from dataclasses import dataclass, field
from typing import Final

STEAM: Final = "steam"
EPIC: Final = "epic"
APPLE: Final = "apple"
GOOGLE: Final = "google"
SHOPIFY: Final = "shopify"


@dataclass(frozen=True, slots=True)
class Steam:
    """The publisher's key and the game's number; in the sandbox no money moves."""

    url: str
    key: str = field(repr=False)
    app_id: int
    is_sandbox: bool


@dataclass(frozen=True, slots=True)
class Epic:
    """Our client at Epic, and the sandbox whose entitlements are ours to give."""

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    sandbox: str
    deployment: str


@dataclass(frozen=True, slots=True)
class Apple:
    """Our app, the key we ask the App Store Server API with, and the root that must stand above every signature."""

    url: str
    bundle_id: str
    app_id: int
    environment: str
    issuer_id: str
    key_id: str
    key: str = field(repr=False)
    root_sha256: str


@dataclass(frozen=True, slots=True)
class Google:
    """Our app at Google Play, the service account we ask as, and who may push to us."""

    api_url: str
    token_url: str
    certs_url: str
    package: str
    email: str
    key: str = field(repr=False)
    push_audience: str
    push_email: str


@dataclass(frozen=True, slots=True)
class Shopify:
    """Our shop, the token we order with, and the secrets its webhooks are signed with, the newest first."""

    url: str
    shop: str
    access_token: str = field(repr=False)
    webhook_secrets: tuple[str, ...] = field(repr=False)
    api_version: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """The platforms money can come by here."""

    steam: Steam | None = None
    epic: Epic | None = None
    apple: Apple | None = None
    google: Google | None = None
    shopify: Shopify | None = None
