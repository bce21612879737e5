"""Calls to other people's servers: none can be turned inward, none can hang, none can flood us."""

import asyncio
import re
import ssl
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlencode

import httpcore
import httpx
import msgspec

from playerbase.kit import clock
from playerbase.kit.outside import address
from playerbase.kit.outside.address import Address, Target
from playerbase.kit.outside.breaker import Breaker, Standing
from playerbase.kit.outside.dial import Lookup, Pinned, Resolve
from playerbase.kit.outside.failures import Busy, NoAnswer, Refused, TimedOut, TooLarge, Unreachable

BODY_BYTES_MAX: Final = 64 * 1024
CONNECTIONS_MAX: Final = 100
KEEPALIVE_SECONDS: Final = 5.0
ORIGINS_MAX: Final = 1_000
QUERY_CHARS_MAX: Final = 8_192
SERVER_FAULT: Final = 500

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_WITH_CONTENT: Final = frozenset({"POST", "PUT", "PATCH"})
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e\t]*")
# These say how the message is framed and to whom it goes, which is decided here.
_OURS: Final = frozenset({"host", "content-length", "transfer-encoding", "connection", "te", "trailer", "upgrade"})


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back: header names in lower case, repeated ones joined by a comma, the body as it was sent."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


class Outbound:
    """The one door through which servers of others are called.

    It speaks httpcore directly: all that a client above it would add (redirects, cookies that wander from one call to
    the next, proxies and passwords from the environment, unpacking of bodies) is here a way in for somebody.
    """

    def __init__(
        self,
        *,
        allow: Iterable[str] = (),
        ports: Collection[int] = address.PORTS,
        seconds: float = 5.0,
        connect_seconds: float = 2.0,
        body_bytes_max: int = BODY_BYTES_MAX,
        connections_max: int = CONNECTIONS_MAX,
        breaker: Callable[[], Breaker] = Breaker,
        resolve: Resolve | None = None,
        network: httpcore.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`allow` lists exact origins that an operator vouches for: those may be internal, and http on loopback.

        Raises ValueError for an entry that is no origin, or plain http to anything but loopback.
        """
        self._allowed = {target.origin: target for target in map(_listed, allow)}
        self._ports, self._seconds, self._body_bytes_max = ports, seconds, body_bytes_max
        self._timeouts = {"connect": connect_seconds, "pool": connect_seconds}
        self._breaker, self._breakers = breaker, OrderedDict[str, Breaker]()
        self._lookup = Lookup()
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or httpx.create_ssl_context(),
            max_connections=connections_max,
            keepalive_expiry=KEEPALIVE_SECONDS,
            network_backend=Pinned(
                resolve or self._lookup,
                network or httpcore.AnyIOBackend(),
                listed={(each.host, each.port): _rule(each) for each in self._allowed.values()},
            ),
        )

    async def request(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        seconds: float | None = None,
        stops: Collection[int] = (),
    ) -> Answer:
        """The answer of the server, whatever its status; redirects are answers and are not followed.

        `query` may be longer than an address may, and the address must not have one of its own.

        Raises NoAnswer: Refused, BreakerOpen and Busy before anything was sent; TimedOut, TooLarge and Unreachable
        when the request may have had its effect. `seconds` bounds all of it, from the look-up to the last byte.
        Time-outs, broken connections and statuses from 500 up count against the origin; a status in `stops` opens its
        breaker at once.
        """
        assert method in _METHODS
        target = _asking(self._target(url), query)
        framed = _headers(method, target, headers or {}, content)
        breaker = self._breaker_of(target.origin)
        era = breaker.admit()
        try:
            answer = await self._exchange(method, target, framed, content, seconds or self._seconds)
        except (TimedOut, Unreachable):
            breaker.failed(era)
            raise
        except TooLarge:
            breaker.succeeded(era)
            raise
        except BaseException:
            breaker.let_go(era)
            raise
        if answer.status in stops:
            breaker.stopped(era)
        elif answer.status >= SERVER_FAULT:
            breaker.failed(era)
        else:
            breaker.succeeded(era)
        return answer

    def check(self, url: str) -> str:
        """The origin of a URL somebody wants called some day; raises Refused for what can be told without a look-up."""
        return self._target(url).origin

    def standings(self) -> dict[str, Standing]:
        """How the breaker of each origin called of late stands."""
        return {origin: breaker.standing() for origin, breaker in self._breakers.items()}

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.aclose()
        self._lookup.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _target(self, url: str) -> Target:
        target = address.parse(url)
        if target.origin not in self._allowed:
            address.check(target, self._ports)
        return target

    def _breaker_of(self, origin: str) -> Breaker:
        if origin not in self._breakers:
            self._breakers[origin] = self._breaker()
        self._breakers.move_to_end(origin)
        if len(self._breakers) > ORIGINS_MAX:
            # Origins come from strangers; the one not called for longest is forgotten.
            self._breakers.popitem(last=False)
        return self._breakers[origin]

    async def _exchange(
        self, method: str, target: Target, headers: list[tuple[bytes, bytes]], content: bytes, seconds: float
    ) -> Answer:
        began = clock.monotonic()
        # Set apart from the text, so that httpcore reads nothing out of a URL for itself.
        url = httpcore.URL(
            scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path.encode()
        )
        try:
            async with (
                asyncio.timeout(seconds),
                self._pool.stream(
                    method, url, headers=headers, content=content or None, extensions={"timeout": self._timeouts}
                ) as response,
            ):
                body = await _read(response, self._body_bytes_max)
        except NoAnswer:
            raise
        except httpcore.PoolTimeout:
            raise Busy("All connections are in use; try again shortly.") from None
        except (TimeoutError, httpcore.TimeoutException):
            raise TimedOut(f"No whole answer came within {seconds} s.") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as fault:
            raise Unreachable(f"The connection failed or broke: {fault}") from fault
        return Answer(status=response.status, headers=_folded(response), body=body, seconds=clock.monotonic() - began)


async def _read(response: httpcore.Response, bytes_max: int) -> bytes:
    """The body, piece by piece, so that one too large is left where it is."""
    body = bytearray()
    async for piece in response.aiter_stream():
        body += piece
        if len(body) > bytes_max:
            raise TooLarge(f"The answer is larger than {bytes_max} bytes.")
    return bytes(body)


def _asking(target: Target, query: Mapping[str, str] | None) -> Target:
    """The target with this query, which is written by us and so can be read in one way only."""
    if not query:
        return target
    text = urlencode(query)
    if len(text) > QUERY_CHARS_MAX:
        raise Refused(f"A query is at most {QUERY_CHARS_MAX} characters.")
    assert "?" not in target.path
    return msgspec.structs.replace(target, path=f"{target.path}?{text}")


def _folded(response: httpcore.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _headers(method: str, target: Target, given: Mapping[str, str], content: bytes) -> list[tuple[bytes, bytes]]:
    """The headers to send; raises Refused for one that would frame or redirect the request."""
    for name, value in given.items():
        if name.lower() in _OURS or not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise Refused(f"The header {name!r} cannot be sent.")
    # An answer that is not compressed cannot unfold into a thousand times its size.
    headers = {"User-Agent": "Playerbase", "Accept": "*/*", "Accept-Encoding": "identity"}
    named = {name.lower() for name in given}
    headers = {name: value for name, value in headers.items() if name.lower() not in named} | dict(given)
    framed = {"Host": target.authority}
    if content or method in _WITH_CONTENT:
        framed["Content-Length"] = str(len(content))
    return [(name.encode(), value.encode()) for name, value in (framed | headers).items()]


def _listed(origin: str) -> Target:
    try:
        target = address.parse(origin)
    except Refused as refused:
        raise ValueError(f"{origin!r} is no origin. {refused}") from refused
    if target.path != "/":
        raise ValueError(f"{origin!r} is more than an origin; write {target.origin}.")
    if target.scheme == "http" and target.host != "localhost" and not (target.literal and target.literal.is_loopback):
        raise ValueError(f"{origin!r} is plain http, which is spoken on loopback only.")
    return target


def _rule(target: Target) -> Callable[[Address], bool]:
    """Which addresses a listed origin may have: TLS proves who answers at any; plain http proves nothing."""
    return (lambda _: True) if target.scheme == "https" else (lambda found: found.is_loopback)
