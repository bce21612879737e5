"""Which endpoint a path leads to."""

from collections.abc import Sequence
from urllib.parse import unquote_to_bytes

from playerbase.kit.http.message import BadRequest
from playerbase.kit.http.route import Endpoint, Route

Methods = dict[str, Endpoint]


class Router:
    """Every route's endpoint, by path and method; a path is taken literally: no slash is added, removed or folded."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._fixed: dict[str, Methods] = {}
        self._shaped: dict[int, list[tuple[tuple[str, ...], Methods]]] = {}
        for route in routes:
            self._add(route)

    def find(self, path: str, raw_path: bytes | None) -> tuple[Methods | None, dict[str, str]]:
        """The endpoints at this path by method, and what stands in its parameters; raises BadRequest."""
        methods = self._fixed.get(path)
        if raw_path is not None and b"%" in raw_path:
            parts = _decoded(raw_path)
            if methods is not None and parts != path.split("/"):
                methods = None  # A slash that was encoded does not divide.
        else:
            parts = None
        if methods is not None:
            return methods, {}
        return self._match(path.split("/") if parts is None else parts)

    def _match(self, parts: list[str]) -> tuple[Methods | None, dict[str, str]]:
        for shape, methods in self._shaped.get(len(parts), ()):
            params: dict[str, str] = {}
            for known, given in zip(shape, parts, strict=True):
                if known.startswith("{"):
                    if not given:
                        break
                    params[known[1:-1]] = given
                elif known != given:
                    break
            else:
                return methods, params
        return None, {}

    def _add(self, route: Route) -> None:
        endpoint = Endpoint(route)
        if "{" not in route.path:
            methods = self._fixed.setdefault(route.path, {})
        else:
            parts = tuple(route.path.split("/"))
            shaped = self._shaped.setdefault(len(parts), [])
            methods = next((methods for known, methods in shaped if known == parts), {})
            if not methods:
                shaped.append((parts, methods))
                # A literal part wins over a parameter: /players/export is not a player.
                shaped.sort(key=lambda entry: [part.startswith("{") for part in entry[0]])
        assert route.method not in methods, f"{route.template} is declared twice"
        methods[route.method] = endpoint


def _decoded(raw_path: bytes) -> list[str]:
    try:
        return [unquote_to_bytes(part).decode() for part in raw_path.split(b"/")]
    except UnicodeDecodeError:
        raise BadRequest("The path is not UTF-8.") from None
