"""A request as routes see it, and an answer."""

from collections.abc import AsyncGenerator
from typing import Any
from urllib.parse import parse_qsl

from playerbase.kit.errors import Invalid, Refusal
from playerbase.kit.http.caller import Borrowed, Caller

FIELDS_MAX = 100  # Of a query.
JSON = b"application/json"
HTML = b"text/html; charset=utf-8"
HOST_ONLY = "__Host-"  # A cookie of this name is taken over https alone, from this very host and for all of its paths.


class BadRequest(Invalid):
    """The request could not be understood."""

    status = 400


class Request:
    """One request, read whole. Headers are lower case; of a repeated one the last counts."""

    __slots__ = (
        "agent",
        "body",
        "borrowed",
        "caller",
        "cookies",
        "form",
        "headers",
        "idempotency",
        "incoming",
        "ip",
        "method",
        "params",
        "path",
        "query_string",
        "refusal",
        "request_id",
        "route",
        "site",
        "taken",
        "trace_id",
    )

    def __init__(self, *, method: str, path: str, query_string: bytes, headers: dict[bytes, bytes], ip: str) -> None:
        self.method, self.path, self.query_string, self.headers, self.ip = method, path, query_string, headers, ip
        self.body = b""
        self.incoming: AsyncGenerator[bytes, None] | None = None  # The body as it comes, of a route that takes uploads.
        self.refusal: Refusal | None = None  # One that is answered without being raised: kept under a key.
        self.request_id = ""
        self.trace_id = ""
        self.params: dict[str, str] = {}
        self.route: Any = None
        self.site: Any = None
        self.caller: Caller = Caller("anonymous", ip)
        self.borrowed: Borrowed | None = None  # In whose name a member of staff sees this, if they do.
        self.taken: Any = None
        self.idempotency: str | None = None
        self.agent = headers.get(b"user-agent", b"")[:200].decode("latin-1")

    def header(self, name: str) -> str | None:
        """A header's value, or None."""
        value = self.headers.get(name.encode())
        return None if value is None else value.decode("latin-1")

    def query(self) -> dict[str, str]:
        """The query's parameters; of a repeated one the last counts. Raises BadRequest."""
        return dict(self.query_pairs())

    def query_pairs(self) -> list[tuple[str, str]]:
        """The query's parameters as they stand; raises BadRequest for what is not UTF-8, or too many."""
        if not self.query_string:
            return []
        try:
            text = self.query_string.decode("ascii")
            return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX)
        except ValueError:
            raise BadRequest(f"The query is not UTF-8, or has more than {FIELDS_MAX} parameters.") from None

    def cookie(self, name: str) -> str | None:
        """The value of a cookie that ``Answer.cookie`` set, or None; one that a neighbour domain set is not it."""
        name = _name(name, secure=self.site is not None and self.site.public_url.startswith("https://"))
        for part in self.headers.get(b"cookie", b"").decode("latin-1").split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                return value
        return None


class Answer:
    """A status, a body and headers, ready to be sent."""

    __slots__ = ("body", "headers", "is_for_everywhere", "media", "status", "stream")

    def __init__(
        self,
        body: bytes = b"",
        *,
        status: int = 200,
        media: bytes = JSON,
        headers: list[tuple[bytes, bytes]] | None = None,
    ) -> None:
        self.body, self.status, self.media = body, status, media
        self.headers = headers or []
        self.is_for_everywhere = False  # A picture that pages of others may show.
        self.stream: Any = None  # An asynchronous iterator of bytes instead of the body: server-sent events, exports.

    def cookie(self, name: str, value: str, *, seconds: int | None, secure: bool) -> "Answer":
        """Set a cookie no script can read; seconds=0 removes it, None keeps it until the browser closes.

        Over https its name begins with ``__Host-``, which ``Request.cookie`` expects as well.
        """
        age = "" if seconds is None else f"; Max-Age={seconds}"
        held = f"{_name(name, secure=secure)}={value}"
        text = f"{held}; Path=/{age}; HttpOnly; SameSite=Strict{'; Secure' if secure else ''}"
        self.headers.append((b"set-cookie", text.encode("latin-1")))
        return self


def _name(name: str, *, secure: bool) -> str:
    return f"{HOST_ONLY}{name}" if secure and not name.startswith(HOST_ONLY) else name


def send_out(address: str) -> Answer:
    """Send a browser to another host: one that was configured, never one that a request names."""
    return Answer(b"", status=303, media=HTML, headers=[(b"location", address.encode("ascii"))])


def redirect(path: str) -> Answer:
    """See other: after a form was accepted, and after signing in or out. Only a path of our own."""
    # A browser reads a backslash as a slash and leaves control characters out: either may hide another host.
    if not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable():
        path = "/"
    return Answer(b"", status=303, media=HTML, headers=[(b"location", path.encode("latin-1", "replace"))])
