"""Objects on the disk of this machine, and addresses for them that the app itself answers."""

import asyncio
import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

import msgspec

from playerbase.kit import clock
from playerbase.kit.crypto import Keys, same, unpadded
from playerbase.kit.errors import Conflict, Invalid, NotFound
from playerbase.kit.objects.store import (
    PAGE_MAX,
    Head,
    Listed,
    NoSuchObject,
    Pinned,
    StorageAway,
    Upload,
    check_key,
)

CHECKSUM: Final = "x-checksum-sha256"
TICKET_CHARS_MAX: Final = 1_500
HEAD_BYTES_MAX: Final = 1_000
_T = TypeVar("_T")


class UploadNotSigned(NotFound):
    """This address is not one of ours, was altered, or is over; ask for a new one."""


class UploadDiffers(Invalid):
    """What was sent is not what was announced: its size, its type or its checksum differs."""


class UploadedAlready(Conflict):
    """Something was sent to this address already; ask for a new one."""


class Ticket(msgspec.Struct, frozen=True, array_like=True):
    """What an address of ours lets one do: read a key, or send exactly this to it."""

    method: str
    key: str
    until: int
    size: int = 0
    media: str = ""
    sha256: bytes = b""


class _Kept(msgspec.Struct, frozen=True):
    """The first line of a file: what is to be known of the bytes that follow it."""

    size: int
    media: str
    cache: str
    sha256: bytes


class Disk:
    """A folder. A file is there whole or not at all: written beside its place, made lasting, then named."""

    def __init__(self, folder: Path, keys: Keys, public_url: str) -> None:
        self._folder, self._keys, self._public_url = folder, keys, public_url

    @property
    def upload_origin(self) -> str:
        """The app's own."""
        return self._public_url

    async def put(self, key: str, body: bytes, *, media: str, cache: str) -> None:
        """Keep these bytes under this key, whatever was there."""
        kept = _Kept(len(body), media, cache, hashlib.sha256(body).digest())
        await self._in_thread(self._write, check_key(key), kept, body)

    async def get(self, key: str) -> bytes:
        """All of an object; raises NoSuchObject."""
        return (await self._in_thread(self._read, check_key(key)))[1]

    async def head(self, key: str) -> Head:
        """What is known of an object; raises NoSuchObject."""
        kept, _ = await self._in_thread(self._read, check_key(key))
        return Head(kept.size, kept.media, kept.sha256)

    async def copy(self, source: str, target: str) -> None:
        """Have the same bytes under another key too; raises NoSuchObject."""
        await self._in_thread(self._link, check_key(source), check_key(target))

    async def delete(self, keys: Sequence[str]) -> None:
        """Let these go; those that are not there are gone already."""
        await self._in_thread(self._unlink, [check_key(key) for key in keys])

    async def page(self, prefix: str, after: str, count: int) -> list[Listed]:
        """A page of objects, by key."""
        return await self._in_thread(self._page, prefix, after, min(count, PAGE_MAX))

    def sign_upload(self, pinned: Pinned, seconds: int) -> Upload:
        """What lets somebody send exactly this, once."""
        expires_at = clock.now() + timedelta(seconds=seconds)
        ticket = Ticket(
            "PUT", check_key(pinned.key), int(expires_at.timestamp()), pinned.size, pinned.media, pinned.sha256
        )
        headers = {"content-type": pinned.media, CHECKSUM: base64.b64encode(pinned.sha256).decode()}
        return Upload("PUT", self._address(ticket), headers, expires_at)

    def sign_download(self, key: str, seconds: int) -> str:
        """An address at which anybody may read an object for so many seconds."""
        return self._address(Ticket("GET", check_key(key), int(clock.now().timestamp()) + seconds))

    def ticket(self, text: str, method: str) -> Ticket:
        """What an address lets one do; raises UploadNotSigned."""
        body, _, signature = text.partition(".")
        expected = [_signature(key, body) for key in self._keys.subkeys("objects")]
        if len(text) > TICKET_CHARS_MAX or not any([same(signature, each) for each in expected]):  # noqa: C419 - all are compared
            raise UploadNotSigned
        ticket = msgspec.json.decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=Ticket)
        if ticket.method != method or ticket.until < clock.now().timestamp():
            raise UploadNotSigned
        return ticket

    async def take_in(self, ticket: Ticket, parts: AsyncIterator[bytes]) -> None:
        """Keep what comes, if it is what the ticket says to the byte; what differs leaves nothing behind.

        Nothing is held in memory: it is written as it comes, and no more of it than was announced. Raises
        UploadDiffers, UploadedAlready, StorageAway.
        """
        path, beside = self._path(ticket.key), self._beside()
        hashed, held = hashlib.sha256(), 0
        kept = _Kept(ticket.size, ticket.media, "private, no-store", ticket.sha256)
        try:
            with await self._in_thread(_opened_new, beside) as file:
                file.write(msgspec.json.encode(kept) + b"\n")
                async for part in parts:
                    held += len(part)
                    if held > ticket.size:
                        raise UploadDiffers
                    hashed.update(part)
                    await asyncio.to_thread(file.write, part)
                if held != ticket.size or not same(hashed.digest(), ticket.sha256):
                    raise UploadDiffers
                await self._in_thread(_make_lasting, file)
            await self._in_thread(self._name_once, beside, path)
        finally:
            beside.unlink(missing_ok=True)

    async def close(self) -> None:
        """Nothing is held open."""

    def _address(self, ticket: Ticket) -> str:
        body = unpadded(msgspec.json.encode(ticket)).decode()
        return f"{self._public_url}/objects/{body}.{_signature(self._keys.subkey('objects'), body)}"

    async def _in_thread(self, work: Callable[..., _T], *given: object) -> _T:
        try:
            return await asyncio.to_thread(work, *given)
        except FileNotFoundError:
            raise NoSuchObject from None
        except OSError as fault:
            raise StorageAway(str(fault)) from fault

    def _path(self, key: str) -> Path:
        return self._folder / "kept" / key

    def _beside(self) -> Path:
        folder = self._folder / "coming"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder / secrets.token_hex(16)

    def _write(self, key: str, kept: _Kept, body: bytes) -> None:
        path, beside = self._path(key), self._beside()
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with beside.open("xb") as file:
                file.write(msgspec.json.encode(kept) + b"\n" + body)
                _make_lasting(file)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        _make_name_lasting(path.parent)

    def _name_once(self, beside: Path, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(beside, path)
        except FileExistsError:
            raise UploadedAlready from None
        _make_name_lasting(path.parent)

    def _read(self, key: str) -> tuple[_Kept, bytes]:
        with self._path(key).open("rb") as file:
            kept = msgspec.json.decode(file.readline(HEAD_BYTES_MAX), type=_Kept)
            return kept, file.read()

    def _link(self, source: str, target: str) -> None:
        path, beside = self._path(target), self._beside()
        os.link(self._path(source), beside)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.replace(path)
        beside.unlink(missing_ok=True)  # Two names of the same file are left as they are by the renaming.
        _make_name_lasting(path.parent)

    def _unlink(self, keys: Sequence[str]) -> None:
        for key in keys:
            path = self._path(key)
            path.unlink(missing_ok=True)
            with suppress(OSError):
                path.parent.rmdir()  # Only if nothing else lies there.

    def _page(self, prefix: str, after: str, count: int) -> list[Listed]:
        page: list[Listed] = []
        for path, key in _files(self._folder / "kept", ""):
            if not key.startswith(prefix) or key <= after:
                continue
            with suppress(FileNotFoundError):
                seen = path.stat()
                page.append(Listed(key, seen.st_size, datetime.fromtimestamp(seen.st_mtime, UTC)))
            if len(page) == count:
                break
        return page


def _files(folder: Path, prefix: str) -> Iterator[tuple[Path, str]]:
    """Every file below, in the order of the keys: a folder sorts as if its slash belonged to its name."""
    with suppress(FileNotFoundError):
        entries = [(f"{each.name}/" if each.is_dir() else each.name, each) for each in os.scandir(folder)]
        for name, entry in sorted(entries, key=lambda pair: pair[0]):
            if name.endswith("/"):
                yield from _files(Path(entry.path), prefix + name)
            else:
                yield Path(entry.path), prefix + name


def _opened_new(path: Path) -> BinaryIO:
    return path.open("xb")


def _make_lasting(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _make_name_lasting(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _signature(key: bytes, body: str) -> str:
    return unpadded(hmac.digest(key, body.encode(), "sha256")).decode()
