"""Which store an installation has, by its settings."""

from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import msgspec

from playerbase.kit.crypto import Keys, RsaKey, rsa_key, rsa_signature
from playerbase.kit.objects import signing
from playerbase.kit.objects.bucket import GOOGLE, S3, Bucket
from playerbase.kit.objects.local import Disk
from playerbase.kit.objects.store import Store

GOOGLE_URL: Final = "https://storage.googleapis.com"
ACCOUNT_BYTES_MAX: Final = 64 * 1024


class StorageWrong(Exception):
    """One sentence that says what of the storage's settings cannot be, and what to do."""


class Storage(msgspec.Struct, frozen=True):
    """Where objects lie: nowhere named is a folder of this machine."""

    url: str | None = None
    key_id: str = ""
    key_secret: str = ""
    account: Path | None = None  # The file with a service account of Google's.


class _Account(msgspec.Struct, frozen=True):
    client_email: str
    private_key: str


def open_store(storage: Storage, *, folder: Path, keys: Keys, public_url: str) -> Store:
    """The store of these settings; raises StorageWrong.

    ``s3://bucket?region=eu-central-1``, with ``&endpoint=https://…`` for what speaks like it; ``gs://bucket``, with
    the same where a test needs another endpoint.
    """
    if storage.url is None:
        return Disk(folder, keys, public_url)
    parts = urlsplit(storage.url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme not in {"s3", "gs"} or not parts.netloc or parts.path not in {"", "/"}:
        raise StorageWrong("OBJECTS_URL is no s3://bucket?region=… and no gs://bucket; write one, or leave it out.")
    if parts.scheme == "gs" and storage.account is not None:
        signer = _by_account(storage.account)
    elif not storage.key_id or not storage.key_secret:
        raise StorageWrong("OBJECTS_URL names a bucket; set OBJECTS_KEY_ID and OBJECTS_KEY_SECRET to a key for it.")
    elif parts.scheme == "gs":
        signer = signing.google(storage.key_id, storage.key_secret)
    else:
        signer = signing.aws(storage.key_id, storage.key_secret, asked.get("region", "us-east-1"))
    usual = GOOGLE_URL if parts.scheme == "gs" else f"https://s3.{asked.get('region', 'us-east-1')}.amazonaws.com"
    endpoint = asked.get("endpoint", usual).rstrip("/")
    try:
        return Bucket(f"{endpoint}/{parts.netloc}", signer, GOOGLE if parts.scheme == "gs" else S3)
    except ValueError as fault:
        raise StorageWrong(f"The endpoint in OBJECTS_URL cannot be called: {fault}") from None


def _by_account(path: Path) -> signing.Signer:
    try:
        with path.open("rb") as file:
            account = msgspec.json.decode(file.read(ACCOUNT_BYTES_MAX), type=_Account)
        key: RsaKey = rsa_key(account.private_key)
    except (OSError, ValueError) as fault:
        raise StorageWrong(f"OBJECTS_ACCOUNT names no service account's file: {path}.") from fault
    return signing.google_account(account.client_email, lambda text: rsa_signature(key, text))
