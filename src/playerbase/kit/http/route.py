"""Routes: a function and its signature. The signature says what it reads, what it returns and what it runs in.

A parameter's annotation says where it comes from: ``Tx`` a transaction committed before the answer leaves, ``Db`` a
connection, ``Caller``, ``Request``, a ``Lane`` or ``Reading`` of this process; ``body`` the JSON body, ``form`` a
browser's form; a name in the path that part of it; any other a parameter of the query.
"""

import functools
import hashlib
import inspect
import operator
import re
import types
import typing
from collections.abc import Awaitable, Callable, Mapping
from types import ModuleType
from typing import Any, TypeVar

import msgspec

from playerbase.kit.crypto import Keys
from playerbase.kit.db import Db, Kept, Key, KeyTooLong, Lane, Pool, Reading, Sealing, Tx, once, reading, transaction
from playerbase.kit.db.pool import DatabaseAway
from playerbase.kit.errors import Invalid
from playerbase.kit.http import faults, keeping
from playerbase.kit.http.caller import Caller, Policy
from playerbase.kit.http.cursor import Cursors
from playerbase.kit.http.message import HTML, JSON, Answer, Request
from playerbase.kit.http.moments import has_moments, in_milliseconds
from playerbase.kit.http.pages import Page, Rendering
from playerbase.kit.http.queries import Query, convert
from playerbase.kit.mac import mac
from playerbase.kit.outbox import Live
from playerbase.kit.redis import Cache, Limits, Redis

Function = TypeVar("Function", bound=Callable[..., Awaitable[Any]])
_encode = msgspec.json.Encoder(enc_hook=str).encode
_KEY = re.compile(r"[!-~]{1,255}")
_IN_PATH = re.compile(r"{([a-z_]+)}")


class KeyMissing(Invalid):
    """This request moves value: send an Idempotency-Key with it."""

    status = 400


class Route(msgspec.Struct, frozen=True):
    """A function of the API or a page, as declared beside it."""

    method: str
    path: str
    function: Callable[..., Awaitable[Any]]
    policy: Policy
    limits: tuple[str, ...]
    status: int
    is_page: bool
    key_required: bool
    is_secret: bool
    upload_bytes_max: int = 0  # Of a body that the function reads itself, part by part.

    @property
    def module(self) -> str:
        """The module it belongs to."""
        return self.function.__module__.removeprefix("playerbase.").split(".")[0]

    @property
    def name(self) -> str:
        """``module_verb``: the operation id, and the action in logs and audit."""
        return f"{self.module}_{self.function.__name__}"

    @property
    def template(self) -> str:
        """Method and path: what metrics and idempotency keys are told apart by."""
        return f"{self.method} {self.path}"


class Pairs(tuple[tuple[str, str], ...]):
    """The whole query as it stands, for a route whose parameters are somebody else's to name."""

    __slots__ = ()


class Site:
    """What the routes of one process share."""

    def __init__(
        self,
        *,
        pool: Pool,
        redis: Redis,
        keys: Keys,
        limits: Limits,
        cache: Cache,
        live: Live,
        rendering: Rendering,
        public_url: str,
        in_production: bool,
        pages: tuple[Page, ...],
        authenticate: Callable[[Request], Awaitable[Caller]],
        openapi: bytes,
    ) -> None:
        self.pool, self.redis, self.keys, self.limits, self.cache, self.live = pool, redis, keys, limits, cache, live
        self.rendering, self.pages, self.openapi = rendering, pages, openapi
        self.public_url, self.in_production, self.authenticate = public_url, in_production, authenticate
        self.cursors = Cursors(keys.subkey("cursor"))
        self.docs = f"{public_url}/docs/problems"
        self._lanes: dict[type, Any] = {}

    def keep(self, one: Any) -> None:
        """Have ``lane`` find this one, for what is made of more than a pool; closed with the site."""
        self._lanes[type(one)] = one

    def lane(self, kind: type[Any]) -> Any:
        """This process's one instance of a lane."""
        if kind not in self._lanes:
            self._lanes[kind] = kind(self.pool)
        return self._lanes[kind]

    async def close(self) -> None:
        """Answer everyone who waits, then stop pushing."""
        for lane in self._lanes.values():
            if hasattr(lane, "close"):
                await lane.close()
        await self.live.close()


def _declare(method: str, default_status: int) -> Callable[..., Callable[[Function], Function]]:
    def declared(
        path: str,
        *,
        policy: Policy,
        limit: str | tuple[str, ...] = "default",
        status: int = default_status,
        page: bool = False,
        key_required: bool = False,
        secret: bool = False,
        upload_bytes_max: int = 0,
    ) -> Callable[[Function], Function]:
        def attach(function: Function) -> Function:
            limits = (limit,) if isinstance(limit, str) else limit
            full = path if page or path.startswith("//") else f"/api/v1{path}"
            route = Route(
                method, full.removeprefix("/") if path.startswith("//") else full, function, policy, limits, status,
                page, key_required, secret, upload_bytes_max,
            )  # fmt: skip
            function.__dict__.setdefault("routes", []).append(route)
            return function

        return attach

    return declared


get = _declare("GET", 200)
post = _declare("POST", 200)
put = _declare("PUT", 200)
delete = _declare("DELETE", 204)


def routes_in(*modules: ModuleType) -> list[Route]:
    """The routes these modules define, several paths of one function included."""
    return [
        route
        for module in modules
        for thing in vars(module).values()
        if inspect.isfunction(thing) and thing.__module__ == module.__name__
        for route in getattr(thing, "routes", [])
    ]


_FROM_SITE: Mapping[Any, Callable[[Request], Any]] = {
    Caller: lambda request: request.caller,
    Request: lambda request: request,
    Pool: lambda request: request.site.pool,
    Cursors: lambda request: request.site.cursors,
    Cache: lambda request: request.site.cache,
    Limits: lambda request: request.site.limits,
    Live: lambda request: request.site.live,
    Rendering: lambda request: request.site.rendering,
    Keys: lambda request: request.site.keys,
    Site: lambda request: request.site,
    Pairs: lambda request: Pairs(request.query_pairs()),
}


class Inputs:
    """What a function's parameters are, worked out once."""

    def __init__(self, route: Route) -> None:
        self.getters: list[tuple[str, Callable[[Request], Any]]] = []
        self.query: dict[str, Any] = {}
        self.renamed: dict[str, str] = {}
        self.defaults: dict[str, Any] = {}
        self.path: dict[str, Any] = {}
        self.body: Any = None
        self.body_optional = False
        self.form: Any = None
        self.connection: str | None = None
        self.is_writing = False
        self.key: str | None = None
        in_path = set(_IN_PATH.findall(route.path))
        hints = typing.get_type_hints(route.function, include_extras=True)
        self.returns = _result(hints.pop("return"))
        self.is_open = Pairs in hints.values()  # What it is asked with is somebody else's to name.
        for name, parameter in inspect.signature(route.function).parameters.items():
            self._place(name, hints[name], parameter.default, in_path)
        self.decoder = msgspec.json.Decoder(self.body) if self.body else None
        self._asked = Query(self.query, self.defaults, is_page=route.is_page)

    def _place(self, name: str, kind: Any, default: Any, in_path: set[str]) -> None:
        if kind is Tx or kind is Db:
            self.connection, self.is_writing = name, kind is Tx
        elif kind in _FROM_SITE:
            self.getters.append((name, _FROM_SITE[kind]))
        elif isinstance(kind, type) and issubclass(kind, Lane | Reading):
            self.getters.append((name, lambda request: request.site.lane(kind)))
        elif kind == Key | None or kind is Key:  # Without None, the route demands one.
            self.key = name
        elif name == "body":
            # With "| None" an empty body is one way to ask; anything else must still be right.
            kinds = [each for each in typing.get_args(kind) if each is not type(None)]
            self.body_optional = type(None) in typing.get_args(kind)
            self.body = kinds[0] if self.body_optional else kind
        elif name == "form":
            self.form = kind
        elif name in in_path:
            self.path[name] = kind
        else:
            asked = name.removesuffix("_")  # A query may say ``from``, which Python keeps for itself.
            if asked != name:
                self.renamed[asked] = name
            self.query[asked] = kind
            if default is not inspect.Parameter.empty:
                self.defaults[asked] = default

    def read(self, request: Request) -> dict[str, Any]:
        """The arguments for one request; raises the refusals of ``faults``, all wrong fields in one."""
        values: dict[str, Any] = {name: getter(request) for name, getter in self.getters}
        errors: list[dict[str, str]] = []
        for name, kind in self.path.items():
            convert(name, request.params[name], kind, values, errors)
        if not self.is_open and (self.query or request.query_string):
            values |= self._asked.read(request, errors)
        media = request.headers.get(b"content-type")
        try:
            if self.body_optional and not request.body:
                values["body"] = None
            elif self.decoder is not None:
                values["body"] = faults.decode_body(request.body, media, self.body, self.decoder)
            elif self.form is not None:
                values["form"] = faults.decode_form(request.body, media, self.form)
        except faults.InvalidInput as fault:
            errors += fault.members["errors"]  # type: ignore[arg-type]  # A list, wherever it is made.
        if errors:
            raise faults.InvalidInput(errors=errors)
        for asked, name in self.renamed.items():
            values[name] = values.pop(asked)
        return values


def _result(returns: Any) -> Any:
    """What is returned besides an Answer or a Kept, which hold the same in bytes."""
    kinds = [kind for kind in typing.get_args(returns) if kind not in {Answer, Kept}]
    return functools.reduce(operator.or_, kinds) if len(kinds) < len(typing.get_args(returns)) else returns


def kinds_of(returns: Any) -> tuple[Any, ...]:
    """The shapes a result may have: one, or several that are told apart by their status or their fields."""
    # Of a generic the union is another class than of plain ones.
    is_union = typing.get_origin(returns) in {types.UnionType, typing.Union}
    return typing.get_args(returns) if is_union else (returns,)


def status_of(kind: Any, route: Route) -> int:
    """With which success a result is answered: its class may name a status of its own, as ``http_status``."""
    status: int = getattr(kind, "http_status", route.status)
    return status


class Endpoint:
    """A route made ready to be called."""

    def __init__(self, route: Route) -> None:
        self.route, self._name = route, route.name
        self.inputs = Inputs(route)
        self._has_moments = not route.is_page and any(map(has_moments, kinds_of(self.inputs.returns)))

    async def __call__(self, request: Request) -> Answer:
        """Run the function on this request's input; refusals are raised."""
        answer = await self._run(request)
        if self._has_moments and answer.media == JSON:
            answer.body = in_milliseconds(answer.body)
        return answer

    async def _run(self, request: Request) -> Answer:
        inputs, route = self.inputs, self.route
        values = inputs.read(request)
        key = self._key(request, values)
        if inputs.key is not None:
            values[inputs.key] = key
        if inputs.connection is None:
            return self._answer(request, await route.function(**values))
        site: Site = request.site
        if not inputs.is_writing:
            try:
                return await self._read(request, values)
            except DatabaseAway:
                # The connection may have died while it lay idle, and a read may be asked twice.
                return await self._read(request, values)
        async with transaction(site.pool) as tx:
            values[inputs.connection] = tx
            if key is None:
                return self._answer(request, await route.function(**values))
            kept = await self._once(tx, key, values)
        return self._answer(request, kept)

    async def _read(self, request: Request, values: dict[str, Any]) -> Answer:
        assert self.inputs.connection is not None
        async with reading(request.site.pool) as db:
            values[self.inputs.connection] = db
            return self._answer(request, await self.route.function(**values))

    async def _once(self, tx: Tx, key: Key, values: dict[str, Any]) -> Kept | Answer:
        """Run under an idempotency key: the kept answer, or a new one kept in the same transaction."""

        async def do() -> Kept | Answer:
            result = await self.route.function(**values)
            if isinstance(result, Answer) and (result.headers or result.stream is not None or result.media != JSON):
                return result  # Kept are a status and a body; what sets cookies or streams is done again.
            return self._kept(result)

        return await once(tx, key, do)

    def _kept(self, result: Any) -> Kept:
        if isinstance(result, Answer):
            return Kept(result.status, result.body)
        return Kept(204, b"") if result is None else Kept(status_of(type(result), self.route), _encode(result))

    def _key(self, request: Request, values: dict[str, Any]) -> Key | None:
        text = request.header("idempotency-key")
        if text is None or request.method != "POST" or self.route.is_page:
            if self.route.key_required:
                raise KeyMissing
            return None
        text = text.strip().removeprefix('"').removesuffix('"')
        if not _KEY.fullmatch(text):
            raise KeyTooLong
        request.idempotency = text
        keys: Keys = request.site.keys
        asked = _encode([request.params, request.query_string.decode("latin-1"), values.get("body")])
        # Keyed, because a password could be guessed from the bare hash of what was asked.
        fingerprint, *former = [mac(key, asked) for key in keys.subkeys("idempotency")]
        # By operation, not by path: one function on two paths is one thing to do.
        scope = f"{request.caller.subject} {self._name}"
        if self.route.is_secret:
            return Key(
                scope, hashlib.sha256(text.encode()).hexdigest(), fingerprint, Sealing(keys, text), tuple(former)
            )
        return Key(scope, text, fingerprint, former=tuple(former))

    def _answer(self, request: Request, result: Any) -> Answer:
        if isinstance(result, Answer):
            return result
        if isinstance(result, Kept):
            request.refusal = result.refusal
            # A lane need not know with which success its route answers.
            status = self.route.status if result.is_plain else result.status
            return keeping.answer(Kept(status, result.body, result.replayed), request)
        if result is None:
            return Answer(b"", status=204)
        if isinstance(result, str):
            return Answer(result.encode(), status=self.route.status, media=HTML)
        return Answer(_encode(result), status=status_of(type(result), self.route))
