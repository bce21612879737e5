"""As much of the web as the simulators need: routes, forms, answers, and answers that go wrong."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

import jinja2
import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from playerbase.simulators import posting
from playerbase.simulators.world import Call, Fault, Provider, World, seconds

BODY_BYTES_MAX: Final = 1_000_000
ROOT: Final = Path(__file__).parent
# One look for everything: the stylesheet is the console's.
STYLESHEET: Final = ROOT.parent / "console" / "pages" / "static" / "playerbase.css"
HTML, JSON, TEXT = "text/html; charset=utf-8", "application/json", "text/plain; charset=utf-8"
# Forms lead elsewhere: a login page sends its visitor back to whoever sent them.
POLICY: Final = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
FORBIDDEN: Final = (
    "<html><head><title>Forbidden</title></head><body><h1>Forbidden</h1>Access is denied. Retrying will not help. "
    "Please verify your <pre>key=</pre> parameter.</body></html>"
)
# What each says of a failure of its own with status 200.
MISTAKES: Final[dict[str, Any]] = {
    "steam": {
        "response": {"result": "Failure", "params": {}, "error": {"errorcode": 4, "errordesc": "Internal error"}}
    },
    "shopify": {"errors": [{"message": "Internal error", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]},
}
THROTTLED: Final[dict[str, Any]] = {
    "shopify": {
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {
            "cost": {
                "requestedQueryCost": 90, "actualQueryCost": None,
                "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 20, "restoreRate": 10.0},
            }
        },
    }
}  # fmt: skip
# A page elsewhere can have its name lead here; what it cannot do is have the browser say that it asks for this host.
_NEAR = re.compile(r"(localhost|127\.\d+\.\d+\.\d+|\[[0-9a-f:]+\]|\d+\.\d+\.\d+\.\d+)(:\d+)?")


class Reply(msgspec.Struct):
    """What is answered."""

    body: str = ""
    status: int = 200
    media: str = HTML
    headers: dict[str, str] = {}


class Asked:
    """A request, read whole."""

    def __init__(self, world: World, scope: dict[str, Any], body: bytes, words: dict[str, str]) -> None:
        self.world, self.words = world, words
        self.method, self.path = scope["method"], scope["path"]
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        self.query_string = scope["query_string"].decode("latin-1")
        self.query = dict(parse_qsl(self.query_string, keep_blank_values=True))
        is_form = self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        self.form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)) if is_form else {}
        self.body = body

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; of a form, its fields."""
        if self.form or not self.body:
            return dict(self.form)
        found = json.loads(self.body)
        return found if isinstance(found, dict) else {}


Handler = Callable[[Asked], Reply]


class Route(msgspec.Struct, frozen=True):
    """Who answers where; an answer of a provider's own interface can go wrong."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    provider: str | None
    commits: bool = False  # Whether something is done by it, so that its answer can be lost.


class Site:
    """The simulators as one ASGI application."""

    def __init__(self, world: World, routes: list[Route]) -> None:
        self.world, self._routes = world, routes

    async def __call__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        """Answer one request."""
        body = bytearray()
        while len(body) <= BODY_BYTES_MAX:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        route, words = self._find(scope["method"], scope["path"])
        if route is None:
            await _send(send, Reply("There is nothing here.", 404, TEXT))
            return
        asked = Asked(self.world, scope, bytes(body), words)
        if route.provider is None:
            reply = _ours(asked, route.handler)
            await posting.deliver(self.world)  # Before the answer: whoever wished it sees what came of it.
            await _send(send, reply)
            return
        await _wire(self.world.provider(route.provider), asked, route, scope, send)
        await posting.deliver(self.world)

    def _find(self, method: str, path: str) -> tuple[Route | None, dict[str, str]]:
        for route in self._routes:
            match = route.pattern.fullmatch(path)
            if match and route.method == method:
                return route, match.groupdict()
        return None, {}


class Protocol(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, which can also hang up without a word."""

    def on_message_begin(self) -> None:
        """Hand the application the means to hang up."""
        super().on_message_begin()
        self.scope["hang_up"] = self.transport.abort  # type: ignore[typeddict-unknown-key]  # Ours, beside the rest.


def route(method: str, path: str, handler: Handler, *, provider: str | None = None, commits: bool = False) -> Route:
    """A route; ``{word}`` in its path stands for one part of it."""
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))
    return Route(method, pattern, handler, provider, commits)


def said(value: Any, status: int = 200) -> Reply:
    """JSON."""
    return Reply(json.dumps(value), status, JSON)


def see(path: str, status: int = 303) -> Reply:
    """Look over there."""
    return Reply(status=status, headers={"location": path})


def page(template: str, **context: Any) -> Reply:
    """A page of ours."""
    return Reply(_templates.get_template(template).render(**context))


def stylesheet(_: Asked) -> Reply:
    """The look of it."""
    return Reply(STYLESHEET.read_text(), media="text/css; charset=utf-8")


def _ours(asked: Asked, handler: Handler) -> Reply:
    """A page or a wish of a person or a test at this machine; nobody else's."""
    host, origin = asked.headers.get("host", ""), asked.headers.get("origin")
    if not _NEAR.fullmatch(host) or (asked.method != "GET" and origin not in {None, f"http://{host}"}):
        return Reply("The simulators are for the people of this machine.", 403, TEXT)
    try:
        return handler(asked)
    except (KeyError, ValueError) as fault:
        return Reply(f"That cannot be done: {fault!r}.", 422, TEXT)


async def _wire(
    provider: Provider,
    asked: Asked,
    route: Route,
    scope: dict[str, Any],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    fault = provider.next_fault(commits=route.commits)
    if fault is Fault.SLOW:
        await asyncio.sleep(asked.world.slow_seconds)
    replies = {
        Fault.FORBIDDEN: Reply(FORBIDDEN, 403),
        Fault.TOO_MANY: Reply(
            "<html><body><h1>Too Many Requests</h1></body></html>", 429, headers={"retry-after": "7"}
        ),
        Fault.FAILING: Reply("<html><body><h1>Internal Server Error</h1></body></html>", 500),
        Fault.MISTAKE: said(MISTAKES.get(provider.name, {"error": "internal_error"})),
    }
    if provider.name in THROTTLED:  # Not by its status does this one say that it was too much.
        replies[Fault.TOO_MANY] = said(THROTTLED[provider.name])
    reply = replies[fault] if fault in replies else route.handler(asked)
    if fault is Fault.LOST:
        await asyncio.sleep(asked.world.slow_seconds)
    provider.calls.append(Call(seconds(), provider.name, asked.method, asked.path, reply.status))
    if fault is Fault.CLOSE:
        scope["hang_up"]()
    else:
        await _send(send, reply, half_of=scope["hang_up"] if fault is Fault.HALF else None)


async def _send(
    send: Callable[[dict[str, Any]], Awaitable[None]], reply: Reply, *, half_of: Callable[[], None] | None = None
) -> None:
    body = reply.body.encode()
    headers = {
        "content-type": reply.media, "content-length": str(len(body)), "content-security-policy": POLICY,
        "x-content-type-options": "nosniff", "referrer-policy": "same-origin", "cache-control": "no-store",
        **reply.headers,
    }  # fmt: skip
    pairs = [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": pairs})
    if half_of is None:
        await send({"type": "http.response.body", "body": body})
        return
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    half_of()


_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(ROOT / "pages"), autoescape=True, undefined=jinja2.StrictUndefined,
    trim_blocks=True, lstrip_blocks=True, auto_reload=False,
)  # fmt: skip
