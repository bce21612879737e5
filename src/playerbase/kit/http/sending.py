"""What goes out: the headers every answer carries, compression, and streams that end when the client goes."""

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from functools import lru_cache
from typing import Any

from playerbase.kit.http.intake import Receive
from playerbase.kit.http.message import HTML, JSON, Answer, Request
from playerbase.kit.redis import Limit, Taken

GZIP_BYTES_MIN = 1_024
GZIP_LEVEL = 5

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Whole = Callable[[Answer, Headers, bytes], Awaitable[None]]

_COMPRESSIBLE = (JSON, b"application/problem+json", b"text/", b"image/svg+xml")
_EVERYWHERE: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_SHARED_WITH = b"cross-origin-resource-policy"
_HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
_API = (b"content-security-policy", b"default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
PAGE_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    b"font-src 'self'; object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PAGE = (b"content-security-policy", PAGE_POLICY)
_NO_STORE = (b"cache-control", b"no-store")
_EXPOSED = (
    b"x-request-id, retry-after, etag, idempotency-key, idempotency-replayed, ratelimit, ratelimit-policy, "
    b"x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset"
)
_PREFLIGHT: Headers = [
    (b"access-control-allow-methods", b"GET, POST, PUT, DELETE"),
    (
        b"access-control-allow-headers",
        b"authorization, content-type, idempotency-key, if-match, if-none-match, traceparent, x-request-id",
    ),
    (b"access-control-max-age", b"600"),
]


class Sender:
    """Sends answers as this installation must."""

    def __init__(self, *, is_secure: bool, origins: frozenset[bytes]) -> None:
        always = [*_EVERYWHERE, _HSTS] if is_secure else _EVERYWHERE
        self._api: Headers = [*always, _API]
        self._page: Headers = [*always, _PAGE]
        self._own_policy: Headers = always
        self._origins = origins

    async def send(
        self, request: Request, answer: Answer, receive: Receive, send: Send, whole: Whole | None = None
    ) -> None:
        """Send the answer, once: in one piece if the connection can (``whole``); a stream until one side ends it."""
        headers = self._headers(request, answer)
        if answer.stream is not None:
            if request.method != "HEAD":
                await _stream(answer, headers, receive, send)
                return
            await answer.stream.aclose()
        body = _body(request, answer, headers)
        if request.method == "HEAD":
            body = b""
        if whole is not None:
            await whole(answer, headers, body)
            return
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def plain(self, answer: Answer, request_id: str) -> Headers:
        """The headers of an answer to what never became a request."""
        length = (b"content-length", b"%d" % len(answer.body))
        return [
            *answer.headers,
            *self._api,
            (b"x-request-id", request_id.encode()),
            (b"content-type", answer.media),
            length,
        ]

    def _headers(self, request: Request, answer: Answer) -> Headers:
        is_page = answer.media is HTML or answer.media == HTML
        # A page that shows pictures of other hosts brings its policy; two of them would forbid what either forbids.
        has_own = is_page and any(name == _PAGE[0] for name, _ in answer.headers)
        headers = [*answer.headers, *(self._own_policy if has_own else self._page if is_page else self._api)]
        if answer.is_for_everywhere:
            headers = [(name, b"cross-origin" if name == _SHARED_WITH else value) for name, value in headers]
        headers.append((b"x-request-id", request.request_id.encode()))
        if answer.status not in {204, 303, 304}:
            headers.append((b"content-type", answer.media))
        if request.taken is not None:
            taken: Taken = request.taken
            limit, policy = _named(taken.category, taken.limit)
            remaining, reset = b"%d" % taken.remaining, b"%d" % -(-taken.reset_ms // 1000)
            headers += (
                limit,
                policy,
                (b"x-ratelimit-remaining", remaining),
                (b"x-ratelimit-reset", reset),
                (b"ratelimit", b'"%s";r=%s;t=%s' % (taken.category.encode(), remaining, reset)),
            )
        if request.caller.kind != "anonymous" and not any(name == b"cache-control" for name, _ in answer.headers):
            headers.append(_NO_STORE)  # What one caller may read is not for whoever shares a cache with them.
        if self._origins:
            self._allow_origin(request, headers)
        return headers

    def _allow_origin(self, request: Request, headers: Headers) -> None:
        origin = request.headers.get(b"origin")
        headers.append((b"vary", b"origin"))
        if origin is None or origin not in self._origins:
            return
        headers += [(b"access-control-allow-origin", origin), (b"access-control-expose-headers", _EXPOSED)]
        if request.method == "OPTIONS":
            headers += _PREFLIGHT


@lru_cache(1_000)
def _named(category: str, limit: Limit) -> tuple[tuple[bytes, bytes], tuple[bytes, bytes]]:
    policy = f'"{category}";q={limit.count};w={limit.window_seconds}'
    return (b"x-ratelimit-limit", b"%d" % limit.count), (b"ratelimit-policy", policy.encode())


def _body(request: Request, answer: Answer, headers: Headers) -> bytes:
    body = answer.body
    if len(body) > GZIP_BYTES_MIN and answer.media.startswith(_COMPRESSIBLE):
        headers.append((b"vary", b"accept-encoding"))
        if _takes_gzip(request.headers.get(b"accept-encoding", b"")):
            packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, 31)
            body = packer.compress(body) + packer.flush()
            headers.append((b"content-encoding", b"gzip"))
    if answer.status not in {204, 304}:
        headers.append((b"content-length", b"%d" % len(body)))
    return body


@lru_cache(1_000)
def _takes_gzip(accepted: bytes) -> bool:
    for part in accepted.lower().split(b","):
        name, _, weight = part.partition(b";")
        if name.strip() in {b"gzip", b"*"}:
            return weight.replace(b" ", b"") not in {b"q=0", b"q=0.0", b"q=0.00", b"q=0.000"}
    return False


async def _stream(answer: Answer, headers: Headers, receive: Receive, send: Send) -> None:
    """Send the parts as they come. Whoever makes them is closed as soon as the client goes, not at the next part."""
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    leaving = asyncio.create_task(_gone(receive))
    parts: AsyncIterator[bytes] = answer.stream
    coming: asyncio.Task[bytes | None] | None = None
    try:
        while True:
            coming = asyncio.create_task(_next(parts))
            await asyncio.wait({coming, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if leaving.done():
                return
            part = coming.result()
            if part is None:
                break
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        for task in (leaving, coming):
            if task is not None and not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        await answer.stream.aclose()


async def _next(parts: AsyncIterator[bytes]) -> bytes | None:
    return await anext(parts, None)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
