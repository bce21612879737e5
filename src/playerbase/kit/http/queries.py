"""What the query of an address gives a route's parameters."""

from collections.abc import Mapping
from datetime import datetime
from types import NoneType
from typing import Any
from uuid import UUID

from playerbase.kit.http import faults
from playerbase.kit.http.message import Request

# Of one route: how it is usually asked, and not what single callers look for. Some 0.1 MB at most.
KNOWN_MAX, KNOWN_BYTES_MAX = 200, 60
_FIXED = (str, int, float, datetime, UUID, NoneType)  # Nobody who is given one can change it; enums are str.

Errors = list[dict[str, str]]


class Query:
    """The parameters of one route that stand in the query: ``kinds`` by name, and what they are where not given."""

    def __init__(self, kinds: Mapping[str, Any], defaults: Mapping[str, Any], *, is_page: bool) -> None:
        self._kinds, self._defaults, self._is_page = kinds, defaults, is_page
        self._known: dict[bytes, dict[str, Any]] = {}

    def read(self, request: Request, errors: Errors) -> dict[str, Any]:
        """Every parameter; what is wrong is added to the errors. What many ask with is worked out once."""
        text = request.query_string
        known = self._known.get(text)
        if known is not None:
            return known
        found: Errors = []
        values = self._values(request, found)
        errors += found
        # Links to pages carry secrets, and a cursor is one caller's own.
        is_common = not self._is_page and len(text) <= KNOWN_BYTES_MAX and b"cursor=" not in text
        if is_common and not found and all(isinstance(each, _FIXED) for each in values.values()):
            if len(self._known) >= KNOWN_MAX:
                del self._known[next(iter(self._known))]
            self._known[text] = values
        return values

    def _values(self, request: Request, errors: Errors) -> dict[str, Any]:
        values: dict[str, Any] = {}
        given: set[str] = set()
        for name, text in request.query_pairs():
            if self._is_page and (not text or name not in self._kinds):
                continue  # A form on a page sends its empty fields too, and links carry what others add.
            if name not in self._kinds:
                errors.append(faults.unknown(name))
            elif name in given:
                errors.append(faults.doubled(name))
            else:
                convert(name, text, self._kinds[name], values, errors)
            given.add(name)
        for name in self._kinds:
            if name in given:
                continue
            if name in self._defaults:
                values[name] = self._defaults[name]
            else:
                errors.append(faults.missing(name))
        return values


def convert(name: str, text: str, kind: Any, values: dict[str, Any], errors: Errors) -> None:
    """Add the value that this text stands for, or what is wrong with it."""
    try:
        values[name] = faults.convert(name, text, kind)
    except faults.InvalidInput as fault:
        errors += fault.members["errors"]  # type: ignore[arg-type]  # A list, wherever it is made.
