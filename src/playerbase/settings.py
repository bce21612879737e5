"""What a process must be told from outside; game numbers are rows, not settings."""

import base64
import binascii
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

SECRET_BYTES_MIN = 32
PREVIOUS_MAX = 3  # Each is tried wherever something is found by a stand-in.
POOL_MAX = 20  # PostgreSQL pays for every connection; beyond 20 a process queues faster than it works.

_ADVICE = "make one with: openssl rand -base64 32"


class SettingWrong(Exception):
    """One sentence that says which setting is missing or wrong, and what to do."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Read once at start; every process of an installation is given the same."""

    env: str
    database_url: str
    redis_url: str
    nats_url: str | None
    smtp_url: str | None
    mail_from: str
    otlp_url: str | None
    secret: bytes
    secrets_previous: tuple[bytes, ...]
    public_url: str
    host: str
    port: int
    tls: tuple[Path, Path] | None
    metrics_port: int | None
    pool_max: int
    home: Path
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    cors_origins: tuple[str, ...]
    objects_url: str | None
    objects_key: tuple[str, str]
    objects_account: Path | None

    @property
    def in_production(self) -> bool:
        """Whether the test clock, the simulators and plain-HTTP cookies are refused."""
        return self.env == "production"


def read(environ: Mapping[str, str]) -> Settings:
    """The settings in these environment variables; raises SettingWrong for the first that is missing or wrong."""
    env = environ.get("PLAYERBASE_ENV", "development")
    if env not in {"development", "production"}:
        raise SettingWrong(f"PLAYERBASE_ENV is {env!r}; set it to development or production.")
    public_url = _url(
        environ, "PUBLIC_URL", {"http", "https"}, "the address browsers use, such as https://play.example"
    )
    if env == "production" and not public_url.startswith("https://"):
        raise SettingWrong("PUBLIC_URL must begin with https:// in production, because cookies are sent to it.")
    return Settings(
        env=env,
        database_url=_url(
            environ, "DATABASE_URL", {"postgresql", "postgres"}, "postgresql://user:password@host/database"
        ),
        redis_url=_url(environ, "REDIS_URL", {"redis", "rediss", "unix"}, "redis://host:6379/0"),
        nats_url=_optional(environ, "NATS_URL", {"nats", "tls"}, "nats://host:4222"),
        smtp_url=_optional(environ, "SMTP_URL", {"smtp", "smtps"}, "smtp://user:password@host:587"),
        mail_from=environ.get("MAIL_FROM", "Playerbase <no-reply@localhost>"),
        otlp_url=_optional(environ, "OTEL_EXPORTER_OTLP_ENDPOINT", {"http", "https"}, "http://collector:4318"),
        secret=_secret(environ),
        secrets_previous=_previous(environ),
        public_url=public_url.rstrip("/"),
        host=environ.get("HOST", "127.0.0.1"),
        port=_number(environ, "PORT", default=8080, low=1, high=65535),
        tls=_tls(environ),
        metrics_port=_number(environ, "METRICS_PORT", default=0, low=0, high=65535) or None,
        pool_max=_number(environ, "DATABASE_POOL_MAX", default=10, low=2, high=POOL_MAX),
        home=Path(environ.get("PLAYERBASE_HOME", ".playerbase")),
        trusted_proxies=tuple(_network(text) for text in _listed(environ, "TRUSTED_PROXIES")),
        cors_origins=_listed(environ, "CORS_ORIGINS"),
        objects_url=_optional(environ, "OBJECTS_URL", {"s3", "gs"}, "s3://bucket?region=eu-central-1, or gs://bucket"),
        objects_key=(environ.get("OBJECTS_KEY_ID", ""), environ.get("OBJECTS_KEY_SECRET", "")),
        objects_account=Path(environ["OBJECTS_ACCOUNT"]) if environ.get("OBJECTS_ACCOUNT") else None,
    )


def _url(environ: Mapping[str, str], name: str, schemes: set[str], example: str) -> str:
    value = environ.get(name)
    if not value:
        raise SettingWrong(f"{name} is not set; set it to {example}, or start with bin/up, which brings its own.")
    if urlsplit(value).scheme not in schemes:
        raise SettingWrong(f"{name} does not begin with {' or '.join(sorted(schemes))}://; set it to {example}.")
    return value


def _optional(environ: Mapping[str, str], name: str, schemes: set[str], example: str) -> str | None:
    return _url(environ, name, schemes, example) if environ.get(name) else None


def _tls(environ: Mapping[str, str]) -> tuple[Path, Path] | None:
    """The files of the certificate, with those above it, and of its key."""
    names = ("TLS_CERTIFICATE", "TLS_KEY")
    certificate, key = (environ.get(name) for name in names)
    if not certificate and not key:
        return None
    for name, path in zip(names, (certificate, key), strict=True):
        if not path or not Path(path).is_file():
            raise SettingWrong(
                f"{name} names no file; set both {' and '.join(names)}, or neither and let a proxy end TLS."
            )
    return Path(str(certificate)), Path(str(key))


def _secret(environ: Mapping[str, str]) -> bytes:
    text = environ.get("PLAYERBASE_SECRET")
    if not text:
        raise SettingWrong(f"PLAYERBASE_SECRET is not set; {_ADVICE}.")
    return _decoded("PLAYERBASE_SECRET", text)


def _previous(environ: Mapping[str, str]) -> tuple[bytes, ...]:
    found = _listed(environ, "PLAYERBASE_SECRETS_PREVIOUS")
    if len(found) > PREVIOUS_MAX:
        raise SettingWrong(f"PLAYERBASE_SECRETS_PREVIOUS lists {len(found)} secrets; reseal, and list {PREVIOUS_MAX}.")
    return tuple(_decoded("PLAYERBASE_SECRETS_PREVIOUS", text) for text in found)


def _decoded(name: str, text: str) -> bytes:
    try:
        secret = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise SettingWrong(f"{name} is not base64; {_ADVICE}.") from None
    if len(secret) < SECRET_BYTES_MIN:
        raise SettingWrong(f"{name} is shorter than {SECRET_BYTES_MIN} bytes; {_ADVICE}.")
    return secret


def _number(environ: Mapping[str, str], name: str, *, default: int, low: int, high: int) -> int:
    text = environ.get(name, str(default))
    if not text.isdecimal() or not low <= int(text) <= high:
        raise SettingWrong(f"{name} is {text!r}; set it to a whole number from {low} to {high}.")
    return int(text)


def _listed(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in environ.get(name, "").split(",") if part.strip())


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        raise SettingWrong(f"TRUSTED_PROXIES holds {text!r}; write networks such as 10.0.0.0/8.") from None
