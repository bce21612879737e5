"""Objects in a bucket: Amazon S3, what speaks like it, and Google Cloud Storage by its XML interface."""

import base64
import html
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

import msgspec

from playerbase.kit import clock, log, metrics
from playerbase.kit.objects.signing import Signer, presigned
from playerbase.kit.objects.store import (
    OBJECT_BYTES_MAX,
    PAGE_MAX,
    Head,
    Listed,
    NoSuchObject,
    Pinned,
    StorageAway,
    Upload,
    check_key,
)
from playerbase.kit.outside import Answer, Breaker, NoAnswer, Outbound

CALL_SECONDS: Final = 20.0
SIGNED_SECONDS: Final = 60  # Of our own calls: each is signed anew.
_CONTENTS = re.compile(r"<Contents>(.*?)</Contents>", re.DOTALL)
_log = log.get("objects")
_seconds = metrics.Histogram("object_seconds", "Time that one call to the object storage took.", ["call", "outcome"])


class Dialect(msgspec.Struct, frozen=True):
    """In which words a platform says the same."""

    pinned: Callable[[Pinned], dict[str, str]]
    copy_source: str
    asking_checksum: Mapping[str, str]
    checksum: str  # The header that says the SHA-256 of an object, in base64.


def _pinned_for_s3(pinned: Pinned) -> dict[str, str]:
    return {
        "content-length": str(pinned.size), "content-type": pinned.media, "if-none-match": "*",
        "x-amz-checksum-sha256": base64.b64encode(pinned.sha256).decode(),
    }  # fmt: skip


def _pinned_for_google(pinned: Pinned) -> dict[str, str]:
    # It knows no SHA-256 of its own: the hash travels as what is said about the object, and is proved when it is read.
    return {
        "content-type": pinned.media, "x-goog-content-length-range": f"{pinned.size},{pinned.size}",
        "x-goog-if-generation-match": "0", "x-goog-meta-sha256": base64.b64encode(pinned.sha256).decode(),
    }  # fmt: skip


S3: Final = Dialect(
    _pinned_for_s3, "x-amz-copy-source", {"x-amz-checksum-mode": "ENABLED"}, "x-amz-checksum-sha256"
)  # fmt: skip
GOOGLE: Final = Dialect(_pinned_for_google, "x-goog-copy-source", {}, "x-goog-meta-sha256")


class Bucket:
    """A bucket, reached by addresses that are signed for one call each."""

    def __init__(self, url: str, signer: Signer, dialect: Dialect, outbound: Outbound | None = None) -> None:
        """``url`` leads to the bucket: of the platform, or of an endpoint that the operator vouches for."""
        self._url, self._signer, self._dialect = url.rstrip("/"), signer, dialect
        self._bucket = self._url.rpartition("/")[2]
        self._origin = "/".join(self._url.split("/")[:3])
        self._outbound = outbound or Outbound(
            allow=[self._origin], seconds=CALL_SECONDS, body_bytes_max=OBJECT_BYTES_MAX, breaker=Breaker
        )

    @property
    def upload_origin(self) -> str:
        """Where the bucket answers."""
        return self._origin

    async def put(self, key: str, body: bytes, *, media: str, cache: str) -> None:
        """Keep these bytes under this key, whatever was there."""
        await self._call("put", "PUT", key, {"content-type": media, "cache-control": cache}, content=body)

    async def get(self, key: str) -> bytes:
        """All of an object; raises NoSuchObject."""
        return (await self._call("get", "GET", key, {})).body

    async def head(self, key: str) -> Head:
        """What is known of an object; raises NoSuchObject."""
        told = (await self._call("head", "HEAD", key, self._dialect.asking_checksum)).headers
        said = told.get(self._dialect.checksum)
        try:
            sha256 = base64.b64decode(said, validate=True) if said else None
            return Head(int(told["content-length"]), told.get("content-type", ""), sha256)
        except (KeyError, ValueError):
            raise StorageAway("What is said of an object cannot be read.") from None

    async def copy(self, source: str, target: str) -> None:
        """Have the same bytes under another key too; raises NoSuchObject."""
        place = f"/{self._bucket}/{check_key(source)}"
        answer = await self._call("copy", "PUT", target, {self._dialect.copy_source: place})
        if b"<Error>" in answer.body:
            # A copy that fails after it has begun is told with a 200.
            raise StorageAway("The copy was not made.")

    async def delete(self, keys: Sequence[str]) -> None:
        """Let these go, one after the other: the call for many at once is spoken differently everywhere."""
        for key in keys:
            try:
                await self._call("delete", "DELETE", key, {})
            except NoSuchObject:
                continue

    async def page(self, prefix: str, after: str, count: int) -> list[Listed]:
        """A page of objects, by key."""
        asked = {"list-type": "2", "max-keys": str(min(count, PAGE_MAX)), "prefix": prefix}
        if after:
            asked["start-after"] = after
        answer = await self._call("list", "GET", "", {}, query=asked)
        return [_listed(each) for each in _CONTENTS.findall(answer.body.decode())]

    def sign_upload(self, pinned: Pinned, seconds: int) -> Upload:
        """What lets somebody send exactly this, once: every one of its headers is signed."""
        headers, now = self._dialect.pinned(pinned), clock.now()
        url = self._signed("PUT", f"{self._url}/{check_key(pinned.key)}", headers, seconds)
        # A browser sends the length by itself, and lets nobody else say it.
        said = {name: value for name, value in headers.items() if name != "content-length"}
        return Upload("PUT", url, said, now + timedelta(seconds=seconds))

    def sign_download(self, key: str, seconds: int) -> str:
        """An address at which anybody may read an object for so many seconds."""
        return self._signed("GET", f"{self._url}/{check_key(key)}", {}, seconds)

    async def close(self) -> None:
        """Let go of connections."""
        await self._outbound.close()

    def _signed(
        self, method: str, url: str, headers: Mapping[str, str], seconds: int, query: Mapping[str, str] | None = None
    ) -> str:
        # By the machine's own clock: the platform knows nothing of one that was moved.
        now = clock.now() - clock.offset()
        return presigned(self._signer, method, url, headers=headers, query=query, seconds=seconds, now=now)

    async def _call(
        self, name: str, method: str, key: str, headers: Mapping[str, str], *, content: bytes = b"",
        query: Mapping[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        place = f"{self._url}/{check_key(key)}" if key else self._url
        url = self._signed(method, place, headers, SIGNED_SECONDS, query)
        began, outcome = clock.monotonic(), "away"
        try:
            answer = await self._outbound.request(method, url, headers=headers, content=content)
            outcome = str(answer.status)
        except NoAnswer as fault:
            raise StorageAway(str(fault)) from fault
        finally:
            _seconds.labels(name, outcome).observe(clock.monotonic() - began)
        if answer.status == HTTPStatus.NOT_FOUND:
            raise NoSuchObject(key)
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
            _log.warning("the object storage refused a call", call=name, status=answer.status)
            raise StorageAway(f"The object storage answered {answer.status}.")
        return answer


def _listed(entry: str) -> Listed:
    said = {name: html.unescape(text) for name, text in re.findall(r"<(Key|Size|LastModified)>(.*?)</", entry)}
    try:
        return Listed(said["Key"], int(said["Size"]), datetime.fromisoformat(said["LastModified"]))
    except (KeyError, ValueError):
        raise StorageAway("A page of objects cannot be read.") from None
