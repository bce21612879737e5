"""The edge: one ASGI callable that gives a request its id, refuses what is malformed, and answers everything once."""

import random
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

from playerbase.kit import log, tracing
from playerbase.kit.errors import Refusal, Unauthenticated, Unavailable
from playerbase.kit.http import docs
from playerbase.kit.http.address import client_address, limit_subject
from playerbase.kit.http.caller import Caller
from playerbase.kit.http.intake import Receive, check_head, incoming, read_body
from playerbase.kit.http.message import Answer, Request
from playerbase.kit.http.noting import note
from playerbase.kit.http.problems import InternalError, MethodNotAllowed, NoSuchPath, problem
from playerbase.kit.http.route import Endpoint, Route, Site, routes_in
from playerbase.kit.http.routing import Router
from playerbase.kit.http.sending import Send, Sender
from playerbase.kit.http.wire import WHOLE, Protocol, protocol, send_whole
from playerbase.kit.redis import TooManyRequests

AWAY_SECONDS = 5
RUNNING_MAX = 2_000  # More would wait longer than their clients do; streams are not counted.
OWN = "kit"  # What the gateway itself answers is there whichever modules run.

Authenticate = Callable[[Request], Awaitable[Caller]]
OnRefusal = Callable[[Request, Refusal], Awaitable[None]]

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_BY_ADDRESS = {"login", "auth", "recovery"}  # What guards passwords counts by address even for who is signed in.
_OF_SERVERS = {"server", "server_login"}
_log = log.get("http")


class ModuleAway(Unavailable):
    """The part that answers this is not running here at the moment; try again shortly."""


class Overloaded(Unavailable):
    """More requests are under way than this process can serve in time; try again shortly."""


class Gateway:
    """All routes of a process behind one door."""

    def __init__(
        self,
        routes: Sequence[Route],
        *,
        running: Callable[[], AbstractAsyncContextManager[Site]],
        authenticate: Authenticate,
        on_refusal: OnRefusal,
        public_url: str,
        trusted_proxies: Sequence[Any] = (),
        cors_origins: Sequence[str] = (),
        only: frozenset[str] | None = None,
    ) -> None:
        self._open, self._authenticate, self._on_refusal = running, authenticate, on_refusal
        self._trusted, self._only = trusted_proxies, None if only is None else only | {OWN}
        self._docs = f"{public_url}/docs/problems"
        self._router = Router([*routes, *routes_in(docs)])
        self._sender = Sender(
            is_secure=public_url.startswith("https://"), origins=frozenset(origin.encode() for origin in cors_origins)
        )
        self._site: Site | None = None
        self._running = 0

    @property
    def protocol(self) -> type[Protocol]:
        """How this gateway's connections are spoken: for uvicorn's ``http``."""
        return protocol(self._docs, self._sender)

    @property
    def site(self) -> Site:
        """What the routes share, while the process runs."""
        assert self._site is not None
        return self._site

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Site]:
        """Open what the routes share, and close it after everyone who waits has been answered."""
        async with self._open() as site:
            self._site = site
            yield site
        log.flush()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """One connection's request, or the life of the process."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with self.running():
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except Exception as fault:
            _log.exception("the process could not start")
            await send({"type": "lifespan.startup.failed", "message": str(fault)})
            return
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        request = Request(
            method=scope["method"], path=scope["path"], query_string=scope["query_string"], headers=headers,
            ip=client_address(scope["client"], headers, self._trusted),
        )  # fmt: skip
        given = headers.get(b"x-request-id")
        if given is not None and _REQUEST_ID.fullmatch(given):
            request.request_id = given.decode()
        else:
            # It tells requests apart and guards nothing.
            request.request_id = f"{random.getrandbits(96):024x}"
        request.trace_id = tracing.accept(
            headers.get(b"traceparent"), carry=request.method not in {"GET", "HEAD"} or tracing.is_on()
        )
        request.site = self._site
        request.caller = Caller("anonymous", limit_subject(request.ip))
        # Taken out, since it holds the scope: of two that hold each other only a collection would make an end.
        cycle = scope.pop(WHOLE, None)
        self._running += 1
        try:
            answer = await self._answered(request, scope, receive, cycle)
        finally:
            self._running -= 1
        await self._sender.send(request, answer, receive, send, cycle and partial(send_whole, cycle))
        note(
            request_id=request.request_id, trace_id=request.trace_id, caller=request.caller.subject,
            method=request.method, route=request.route and request.route.path, path=request.path,
            status=answer.status, seconds=time.perf_counter() - started, is_stream=answer.stream is not None,
        )  # fmt: skip

    async def _answered(
        self, request: Request, scope: MutableMapping[str, Any], receive: Receive, cycle: Any
    ) -> Answer:
        try:
            try:
                if tracing.is_on():
                    with tracing.span(request.method, request_id=request.request_id):
                        return await self._taken_in(request, scope, receive, cycle)
                return await self._taken_in(request, scope, receive, cycle)
            except Refusal as refusal:
                return await self._refused(request, refusal)
        except Exception:
            _log.exception("a request failed", request_id=request.request_id, trace_id=request.trace_id)
            return problem(InternalError(), request.request_id, self._docs)

    async def _taken_in(
        self, request: Request, scope: MutableMapping[str, Any], receive: Receive, cycle: Any
    ) -> Answer:
        raw_path: bytes | None = scope.get("raw_path")
        check_head(request, scope["headers"], raw_path)
        if self._running > RUNNING_MAX:
            raise Overloaded(retry_after=1)
        methods, request.params = self._router.find(request.path, raw_path)
        taking = methods.get(request.method) if methods is not None else None
        if taking is not None and taking.route.upload_bytes_max:
            request.incoming = incoming(request, receive, taking.route.upload_bytes_max)
            try:
                return await self._called(request, taking)
            finally:
                await request.incoming.aclose()
        request.body = await read_body(request, receive, cycle)
        if methods is None:
            if request.method == "OPTIONS" and b"origin" in request.headers:
                return Answer(status=204)
            raise NoSuchPath
        endpoint = methods.get(request.method) or (methods.get("GET") if request.method == "HEAD" else None)
        if endpoint is not None:
            return await self._called(request, endpoint)
        allowed = sorted({*methods, "OPTIONS", *(["HEAD"] if "GET" in methods else [])})
        if request.method == "OPTIONS":
            return Answer(status=204, headers=[(b"allow", ", ".join(allowed).encode())])
        raise MethodNotAllowed(allowed=allowed)

    async def _called(self, request: Request, endpoint: Endpoint) -> Answer:
        route = request.route = endpoint.route
        tracing.rename(route.template)
        if self._only is not None and route.module not in self._only:
            raise ModuleAway(retry_after=AWAY_SECONDS)
        if b"access_token=" in request.query_string:
            raise Unauthenticated("A token in the address is written to logs; send it as a header.")
        try:
            request.caller = await self._authenticate(request)
        except Unauthenticated:
            await self._take(request, ("refused",))
            raise
        categories = route.limits
        if request.caller.kind == "server" and not _OF_SERVERS.intersection(categories):
            categories = ("server",)
        await self._take(request, categories)
        route.policy.check(request.caller, is_looking=route.is_page and route.method == "GET")
        answer = await endpoint(request)
        if request.refusal is not None:
            await self._tell_of(request, request.refusal)
        return answer

    async def _take(self, request: Request, categories: Sequence[str]) -> None:
        limits = self.site.limits
        address = limit_subject(request.ip)
        counted = [
            limits.take(category, address if category in _BY_ADDRESS else request.caller.subject)
            for category in categories
        ]
        for answer in counted:
            taken = await answer
            if request.taken is None or (taken.allowed, taken.remaining) < (True, request.taken.remaining):
                request.taken = taken
        if not request.taken.allowed:
            raise TooManyRequests(
                retry_after=-(-request.taken.reset_ms // 1000),
                limit=request.taken.limit.count,
                category=request.taken.category,
            )

    async def _refused(self, request: Request, refusal: Refusal) -> Answer:
        if request.taken is None and self._site is not None:
            # What was refused before it had a route or a caller is counted too, by address.
            try:
                await self._take(request, ("open",))
            except TooManyRequests as too_many:
                refusal = too_many
        await self._tell_of(request, refusal)
        if request.route is not None and request.route.is_page and self._site is not None:
            return self._site.rendering.refusal(request, refusal)
        return problem(refusal, request.request_id, self._docs)

    async def _tell_of(self, request: Request, refusal: Refusal) -> None:
        try:
            await self._on_refusal(request, refusal)
        except Exception:
            _log.exception("a refusal could not be recorded", request_id=request.request_id, code=refusal.code)
