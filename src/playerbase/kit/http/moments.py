"""Times on the wire: RFC 3339 in UTC, always with three digits of milliseconds, so that they compare as text."""

import re
from typing import Any

from msgspec import inspect

# The encoder writes as many digits as there are, six or none. A string that is a moment and nothing else is one.
_MOMENT = re.compile(rb'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:(\.\d{3})\d{0,3})?Z"')


def in_milliseconds(body: bytes) -> bytes:
    """The same JSON, every moment in it with milliseconds."""
    return _MOMENT.sub(_written, body)


def has_moments(shape: Any) -> bool:
    """Whether answers of this shape hold moments at all; others need not be looked through."""
    seen: set[int] = set()

    def within(kind: Any) -> bool:
        if isinstance(kind, tuple | list):
            return any(map(within, kind))
        if isinstance(kind, inspect.DateTimeType):
            return True
        if not isinstance(kind, inspect.Type | inspect.Field) or id(kind) in seen:
            return False
        seen.add(id(kind))
        return any(within(getattr(kind, name)) for name in kind.__struct_fields__)

    return within(inspect.type_info(shape))


def _written(match: re.Match[bytes]) -> bytes:
    return b'"' + match[1] + (match[2] or b".000") + b'Z"'
