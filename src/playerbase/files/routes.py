"""Files over HTTP: what addresses of ours lead to."""

import base64
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase.files import actions
from playerbase.files.model import UPLOAD_BYTES_MAX, NoSuchFile, StorageIsAway
from playerbase.kit.crypto import same
from playerbase.kit.db import Pool
from playerbase.kit.http import ANYONE, Answer, Request, get, put
from playerbase.kit.objects import CHECKSUM, ONE_YEAR, Disk, NoSuchObject, StorageAway, UploadDiffers

Ticket = Annotated[str, msgspec.Meta(max_length=2_000)]
Width = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


@put("//objects/{ticket}", policy=ANYONE, limit="upload", status=204, upload_bytes_max=UPLOAD_BYTES_MAX)
async def send_object(request: Request, ticket: Ticket) -> None:
    """Send what this address was signed for: exactly that many bytes, of that type and SHA-256, once.

    Only for installations that keep objects on a disk of their own; buckets have addresses of theirs.
    """
    disk = _disk()
    wanted = disk.ticket(ticket, "PUT")
    media, length, checksum = (request.header(name) for name in ("content-type", "content-length", CHECKSUM))
    said = base64.b64encode(wanted.sha256).decode()
    if media != wanted.media or length not in {None, str(wanted.size)} or not same(checksum or "", said):
        raise UploadDiffers
    assert request.incoming is not None
    try:
        await disk.take_in(wanted, request.incoming)
    except StorageAway:
        raise StorageIsAway(retry_after=5) from None


@get("//objects/{ticket}", policy=ANYONE, limit="game")
async def read_object(ticket: Ticket) -> Answer:
    """Read what this address was signed for, until it ends."""
    disk = _disk()
    wanted = disk.ticket(ticket, "GET")
    try:
        body = await disk.get(wanted.key)
    except NoSuchObject:
        raise NoSuchFile from None
    except StorageAway:
        raise StorageIsAway(retry_after=5) from None
    # Whatever it is, a browser saves it and runs nothing.
    headers = [(b"content-disposition", b"attachment"), (b"cache-control", b"private, no-store")]
    return Answer(body, media=b"application/octet-stream", headers=headers)


@get("//media/{file_id}/{width}", policy=ANYONE, limit="game")
async def read_media(pool: Pool, request: Request, file_id: UUID, width: Width) -> Answer:
    """A picture in one of its widths: WebP for whoever accepts it, JPEG or PNG for all others.

    It never changes, since another picture has another address, and may be kept for a year.
    """
    return await actions.pictured(pool, request, file_id, width, ONE_YEAR)


def _disk() -> Disk:
    store = actions.store_of()
    if not isinstance(store, Disk):
        raise NoSuchFile
    return store
