"""The port to where objects lie: what every store of them can do, whoever runs it."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

import msgspec

KEY_CHARS_MAX: Final = 200
PAGE_MAX: Final = 1_000
OBJECT_BYTES_MAX: Final = 12 * 1024 * 1024  # Read whole; what is larger needs another door.
ONE_YEAR: Final = "public, max-age=31536000, immutable"
ONE_HOUR: Final = "public, max-age=3600"
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")


class Pinned(msgspec.Struct, frozen=True):
    """What may be uploaded, to the byte: where, how much, of which type, and its SHA-256."""

    key: str
    size: int
    media: str
    sha256: bytes


class Upload(msgspec.Struct, frozen=True):
    """A request that whoever holds it may send once, with exactly these headers, until it ends."""

    method: str
    url: str
    headers: dict[str, str]
    expires_at: datetime


class Head(msgspec.Struct, frozen=True):
    """What is known of an object without reading it; not every store knows the SHA-256."""

    size: int
    media: str
    sha256: bytes | None


class Listed(msgspec.Struct, frozen=True):
    """An object in a page of many."""

    key: str
    size: int
    changed_at: datetime


class NoSuchObject(Exception):
    """There is nothing under this key."""


class StorageAway(Exception):
    """The store could not be asked, or did not answer as it should; nothing is known of what it did."""


class Store(Protocol):
    """Where objects lie. Every operation but ``sign_upload`` and ``sign_download`` may raise StorageAway."""

    @property
    def upload_origin(self) -> str:
        """Where browsers send uploads to, for the policy of the pages that do."""

    async def put(self, key: str, body: bytes, *, media: str, cache: str) -> None:
        """Keep these bytes under this key, whatever was there; whole or not at all."""

    async def get(self, key: str) -> bytes:
        """All of an object; raises NoSuchObject."""

    async def head(self, key: str) -> Head:
        """What is known of an object; raises NoSuchObject."""

    async def copy(self, source: str, target: str) -> None:
        """Have the same bytes under another key too; raises NoSuchObject."""

    async def delete(self, keys: Sequence[str]) -> None:
        """Let these go; those that are not there are gone already."""

    async def page(self, prefix: str, after: str, count: int) -> list[Listed]:
        """At most ``count`` objects (of a thousand) whose key begins so and comes after this one, by key."""

    def sign_upload(self, pinned: Pinned, seconds: int) -> Upload:
        """What lets somebody send exactly this, once, within so many seconds."""

    def sign_download(self, key: str, seconds: int) -> str:
        """An address at which anybody may read an object for so many seconds."""

    async def close(self) -> None:
        """Let go of connections."""


def check_key(key: str) -> str:
    """The key, which is ours to make: lower case, and no path that leads elsewhere."""
    assert len(key) <= KEY_CHARS_MAX
    assert _KEY.fullmatch(key), key
    return key
