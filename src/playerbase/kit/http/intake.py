"""What is let in: a request's headers and body, bounded however they are sent."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping, Sequence
from typing import Any

from playerbase.kit.http.message import BadRequest, Request
from playerbase.kit.http.problems import AddressTooLong, HeadersTooLarge, TooLarge

HEADERS_BYTES_MAX = 16_384
ADDRESS_BYTES_MAX = 8_192
BODY_BYTES_MAX = 1_048_576
AT_ONCE_BYTES_MAX = 16_384  # Below what the server stops reading at, so that it need not be told to go on.
BODY_SECONDS_MAX = 30  # For a megabyte: 35 KB/s, below the slowest phone network in use.
UPLOAD_SECONDS_MAX = 300  # For ten megabytes: the same network.
DRAIN_BYTES_MAX = 8 * BODY_BYTES_MAX  # Of a body too large; a client that is cut off while it sends hears no answer.
DRAIN_SECONDS_MAX = 3
# Of these a second one would be a second meaning, and somebody on the way may have read the other.
_SINGLE = {b"authorization", b"idempotency-key", b"content-type", b"content-length", b"x-csrf-token", b"host"}

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


def check_head(request: Request, headers: Sequence[tuple[bytes, bytes]], raw_path: bytes | None) -> None:
    """Refuse an address or headers beyond the bounds, and doubled headers that must not be."""
    if len(raw_path or b"") + len(request.query_string) > ADDRESS_BYTES_MAX:
        raise AddressTooLong(limit=ADDRESS_BYTES_MAX)
    size = 4 * len(headers)
    for name, value in headers:
        size += len(name) + len(value)
    if size > HEADERS_BYTES_MAX:
        raise HeadersTooLarge(limit=HEADERS_BYTES_MAX)
    if len(headers) != len(request.headers):
        names = [name for name, _ in headers]
        for name in _SINGLE:
            if names.count(name) > 1:
                raise BadRequest(f"Send one {name.decode()} header.")


async def read_body(request: Request, receive: Receive, cycle: Any = None) -> bytes:
    """The body, whole, whether the route wants it or not: an unread one would still have to be bounded.

    ``cycle`` is the server's own account of the request, if it is at hand.
    """
    declared = request.headers.get(b"content-length")
    if declared is None and b"transfer-encoding" not in request.headers:
        return b""
    if declared is not None and not declared.isdigit():
        raise BadRequest("Content-Length is not a number.")
    if declared is not None and (len(declared) > 10 or int(declared) > BODY_BYTES_MAX):  # noqa: PLR2004 - of a terabyte
        if b"expect" not in request.headers:
            await _drain(receive)
        raise TooLarge(limit=BODY_BYTES_MAX)
    if (
        cycle is not None
        and not cycle.more_body
        and 0 < len(cycle.body) <= AT_ONCE_BYTES_MAX
        and not cycle.disconnected
    ):
        # It came with its head, as small ones do: there is nothing to wait for, and no timer to set.
        cycle.message_event.clear()
        body, cycle.body = bytes(cycle.body), bytearray()
        return body
    try:
        async with asyncio.timeout(BODY_SECONDS_MAX):
            return await _gather(receive)
    except TimeoutError:
        raise BadRequest("The body took too long to arrive.") from None


async def incoming(request: Request, receive: Receive, bytes_max: int) -> AsyncGenerator[bytes, None]:
    """The body of an upload, part by part; bounded like any other, and let go by if nobody wants all of it."""
    declared = request.headers.get(b"content-length")
    if declared is not None and (not declared.isdigit() or len(declared) > 10 or int(declared) > bytes_max):  # noqa: PLR2004 - of a terabyte
        raise TooLarge(limit=bytes_max)
    if declared is None and b"transfer-encoding" not in request.headers:
        return
    held, has_more = 0, True
    until = asyncio.get_running_loop().time() + UPLOAD_SECONDS_MAX
    try:
        while has_more:
            # Around each wait of its own: what whoever reads does meanwhile must not be cut off by it.
            async with asyncio.timeout_at(until):
                message = await receive()
            has_more = bool(message.get("more_body"))
            if message["type"] == "http.disconnect":
                raise BadRequest("The request ended before its body.")
            part: bytes = message.get("body", b"")
            held += len(part)
            if held > bytes_max:
                raise TooLarge(limit=bytes_max)
            if part:
                yield part
    except TimeoutError:
        raise BadRequest("The body took too long to arrive.") from None
    finally:
        if has_more and b"expect" not in request.headers:
            await _drain(receive)


async def _gather(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    held = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest("The request ended before its body.")
        chunk: bytes = message.get("body", b"")
        held += len(chunk)
        if held > BODY_BYTES_MAX:
            if message.get("more_body"):
                await _drain(receive)
            raise TooLarge(limit=BODY_BYTES_MAX)
        chunks.append(chunk)
        if not message.get("more_body"):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _drain(receive: Receive) -> None:
    """Let the rest go by unread, within reason."""
    passed = 0
    try:
        async with asyncio.timeout(DRAIN_SECONDS_MAX):
            while passed < DRAIN_BYTES_MAX:
                message = await receive()
                passed += len(message.get("body", b""))
                if not message.get("more_body"):
                    return
    except TimeoutError:
        return
