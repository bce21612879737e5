"""Input: decoded strictly, and when it is wrong, every wrong field is named at once."""

import functools
import json
import math
import re
import typing
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from playerbase.kit.errors import Invalid
from playerbase.kit.http.moments import has_moments

DEPTH_MAX = 32
DIGITS_MAX = 25  # More than any 64-bit number has.
FAULTS_MAX = 50  # A body of garbage need not be answered with a longer one.
FIELDS_MAX = 200  # Of a form or a query.
NAME_MAX = 200
NUMBER_MAX = 2**64
PARAMETER_MAX = 2_000  # Characters of one parameter in an address: more than any cursor or name has.

Faults = Iterator[dict[str, str]]

# A string, also one that never ends; possessive, so that no body makes the search go back.
_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z)', re.DOTALL)
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class InvalidInput(Invalid):
    """Some of what was sent is not valid; each fault is listed."""


class NotJson(Invalid):
    """The body is not valid JSON."""

    status = 400


class WrongType(Invalid):
    """Send the body as application/json."""

    status = 415


class Doubled(dict[str, Any]):
    """An object in which names occur more than once."""

    names: list[str]


def decode_body(body: bytes, media: bytes | None, shape: Any, decoder: msgspec.json.Decoder[Any]) -> Any:
    """The body as this shape; raises WrongType, NotJson or InvalidInput with every fault."""
    if media != b"application/json" and (media or b"").split(b";")[0].strip().lower() != b"application/json":
        raise WrongType
    bare = _bare_of(body)
    if _is_deep(bare):
        raise NotJson(f"The body is nested deeper than {DEPTH_MAX} levels.")
    said = ""
    try:
        value = in_utc(decoder.decode(body))
        if not _has_doubled(body, bare) and b"\\u0000" not in body:
            return value
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        value, said = None, str(fault)
    tree = _tree(body)
    errors = list(islice(_all(tree, shape), FAULTS_MAX))
    if errors:
        raise InvalidInput(errors=errors)
    if said:  # No field is wrong by itself, but together they are.
        raise InvalidInput(errors=[_fault("body", "invalid", said.split(" - at `")[0])])
    return value


def in_utc(value: Any) -> Any:
    """The same with its moments in UTC, whatever zone they were written in: equal moments are then written alike.

    Looks at a moment itself and at the fields of a struct. Raises ValidationError for a moment no calendar has in UTC.
    """
    if isinstance(value, datetime):
        try:
            return value if value.tzinfo is UTC else value.astimezone(UTC)
        except OverflowError:
            raise msgspec.ValidationError("Expected a moment between the years 1 and 9999") from None
    if not isinstance(value, msgspec.Struct):
        return value
    moved = {
        name: in_utc(given)
        for name in _moments_in(type(value))
        if isinstance(given := getattr(value, name), datetime) and given.tzinfo is not UTC
    }
    return msgspec.structs.replace(value, **moved) if moved else value


@functools.cache
def _moments_in(shape: type[msgspec.Struct]) -> tuple[str, ...]:
    """Which fields may hold a moment; most shapes have none, and need not be looked through each time."""
    return tuple(field.name for field in msgspec.structs.fields(shape) if has_moments(field.type))


def decode_form(body: bytes, media: bytes | None, shape: Any) -> Any:
    """A browser's form as this shape; empty fields count as not sent."""
    if (media or b"").split(b";")[0].strip().lower() != b"application/x-www-form-urlencoded":
        raise WrongType("Send the form as application/x-www-form-urlencoded.")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=False, max_num_fields=FIELDS_MAX, errors="strict")
    except ValueError:
        raise NotJson("The form could not be read.") from None
    tree: dict[str, Any] = {}
    lists = {
        field.encode_name
        for field in msgspec.structs.fields(shape)
        if typing.get_origin(_bare(field.type)) in {list, tuple, frozenset}
    }
    for name, value in pairs:
        if name in lists:
            tree.setdefault(name, []).append(value)
        elif name != "csrf":
            tree[name] = value
    errors = list(islice(_all(tree, shape, strict=False), FAULTS_MAX))
    if errors:
        raise InvalidInput(errors=errors)
    return convert("form", tree, shape)


def convert(name: str, value: Any, shape: Any) -> Any:
    """Text from a path, query or form as this shape; raises InvalidInput that names the field."""
    if isinstance(value, str) and len(value) > PARAMETER_MAX:
        raise InvalidInput(errors=[_fault(name, "invalid", f"Expected at most {PARAMETER_MAX} characters")])
    try:
        converted = in_utc(msgspec.convert(value, shape, strict=False))
    except msgspec.ValidationError as fault:
        raise InvalidInput(errors=[_fault(name, "invalid", str(fault).split(" - at `")[0])]) from None
    if isinstance(value, str) and (found := next(_values(value, name), None)):
        raise InvalidInput(errors=[found])
    return converted


def unknown(name: str) -> dict[str, str]:
    """There is no such parameter."""
    return _fault(name[:NAME_MAX], "unknown", "There is no such parameter")


def doubled(name: str) -> dict[str, str]:
    """A parameter is given twice."""
    return _fault(name[:NAME_MAX], "duplicate", "This is given more than once")


def missing(name: str) -> dict[str, str]:
    """A parameter is not there."""
    return _fault(name, "missing", "This parameter is required")


def _all(tree: Any, shape: Any, *, strict: bool = True) -> Faults:
    said: set[str] = set()
    for fault in _values(tree, ""):
        said.add(fault["field"])
        yield fault
    for fault in faults(tree, shape, strict=strict):
        if fault["field"] not in said:
            yield fault


def faults(value: Any, shape: Any, path: str = "", *, strict: bool = True) -> Faults:
    """Every fault of a value against a shape: structs, lists and maps are walked, whatever else is judged whole."""
    bare = _bare(shape)
    if isinstance(value, dict) and isinstance(bare, type) and issubclass(bare, msgspec.Struct):
        yield from _fields(value, bare, f"{path}." if path else "", strict=strict)
        return
    arguments = typing.get_args(bare)
    if isinstance(value, list) and typing.get_origin(bare) is list:
        too_long = list(_whole([None] * len(value), _with_any(shape, list[Any]), path, strict=strict))
        yield from too_long
        for index, item in enumerate(value[:FAULTS_MAX] if too_long else value):
            yield from faults(item, arguments[0], f"{path}.{index}" if path else str(index), strict=strict)
    elif isinstance(value, dict) and typing.get_origin(bare) is dict:
        yield from _whole(value, _with_any(shape, dict[str, Any]), path, strict=strict)
        for name, item in value.items():
            yield from _whole(name, arguments[0], _joined(path, name), strict=strict)
            yield from faults(item, arguments[1], _joined(path, name), strict=strict)
    else:
        yield from _whole(value, shape, path, strict=strict)


def _fields(value: dict[str, Any], shape: type[msgspec.Struct], prefix: str, *, strict: bool) -> Faults:
    known = {field.encode_name: field for field in msgspec.structs.fields(shape)}
    for name, field in known.items():
        if name in value:
            yield from faults(value[name], field.type, prefix + name, strict=strict)
        elif field.required:
            yield _fault(prefix + name, "missing", "This field is required")
    if shape.__struct_config__.forbid_unknown_fields:
        for name in value:
            if name not in known:
                yield _fault((prefix + name)[:NAME_MAX], "unknown", "There is no such field")


def _whole(value: Any, shape: Any, path: str, *, strict: bool) -> Faults:
    try:
        msgspec.convert(value, shape, strict=strict)
    except msgspec.ValidationError as fault:
        yield _fault(path or "body", "invalid", str(fault).split(" - at `")[0])


def _values(tree: Any, path: str) -> Faults:
    """What no shape forbids: names given twice, numbers beyond all bounds, and text no database takes."""
    if isinstance(tree, dict):
        for name in tree.names if isinstance(tree, Doubled) else ():
            yield _fault(_joined(path, name), "duplicate", "This field is given more than once")
        for name, item in tree.items():
            yield from _values(name, _joined(path, name))
            yield from _values(item, _joined(path, name))
    elif isinstance(tree, list):
        for index, item in enumerate(tree):
            yield from _values(item, f"{path}.{index}" if path else str(index))
    elif message := _wrong(tree):
        yield _fault(path or "body", "invalid", message)


def _wrong(value: object) -> str:
    if isinstance(value, str):
        if "\0" in value:
            return "A zero character is not text"
        if not value.isascii() and not _is_utf8(value):
            return "Half of a surrogate pair is not text"
    elif isinstance(value, float):
        return "" if math.isfinite(value) else "This number is out of range"
    elif isinstance(value, int) and abs(value) > NUMBER_MAX:
        return "This number is out of range"
    return ""


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _tree(body: bytes) -> Any:
    """The body as plain Python, for finding what is wrong with it; raises NotJson."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise NotJson("The body is not UTF-8.") from None
    try:
        return json.loads(text, object_pairs_hook=_object, parse_int=_int)
    except (ValueError, RecursionError) as fault:
        raise NotJson(f"The body is not valid JSON: {str(fault)[:NAME_MAX]}.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree = dict(pairs)
    if len(tree) == len(pairs):
        return tree
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for name, _ in pairs:
        if name in seen:
            twice[name] = None
        seen.add(name)
    doubled = Doubled(tree)
    doubled.names = list(twice)
    return doubled


def _int(text: str) -> int:
    return int(text[:DIGITS_MAX])  # Beyond every bound already, so that its field can be named; not worth more digits.


def _bare_of(body: bytes) -> bytes:
    """What stands outside strings."""
    if b"\\" in body:
        return _STRINGS.sub(b"", body)
    return b"".join(body.split(b'"')[::2])  # Without a backslash every quote begins or ends one; a sixth of the time.


def _has_doubled(body: bytes, bare: bytes) -> bool:
    """Whether names occur twice in an object, of which the decoder takes the last."""
    tree = msgspec.json.decode(body)
    if b"\\" not in body:
        # Written again, what was lost takes its colon along, and no colon comes that was written otherwise.
        with suppress(OverflowError):
            return body.count(b":") != msgspec.json.encode(tree).count(b":")
    # Outside strings every name has one colon.
    return bare.count(b":") != _names_in(tree)


def _is_deep(bare: bytes) -> bool:
    """Whether brackets stand deeper than allowed; each pass takes the innermost pairs away."""
    if bare.count(b"[") + bare.count(b"{") <= DEPTH_MAX:
        return False
    brackets = bare.translate(_BRACKETS, _NOT_BRACKETS)
    too_deep = b"[" * (DEPTH_MAX + 1)
    for _ in range(DEPTH_MAX):
        if too_deep in brackets:
            return True
        brackets = brackets.replace(b"[]", b"")
    # What is left opens without closing, or the other way round: deep, or no JSON for the decoder to say.
    return brackets.count(b"[") > DEPTH_MAX or (bool(brackets) and brackets.count(b"[") == brackets.count(b"]"))


def _names_in(tree: Any) -> int:
    if isinstance(tree, dict):
        count = len(tree)
        parts: Iterable[Any] = tree.values()
    elif isinstance(tree, list):
        count, parts = 0, tree
    else:
        return 0
    for part in parts:
        if isinstance(part, (dict, list)):  # A union takes three times as long, for each value.
            count += _names_in(part)
    return count


def _bare(shape: Any) -> Any:
    """The X of Annotated[X, …], and of X | None."""
    if typing.get_origin(shape) is typing.Annotated:
        return _bare(typing.get_args(shape)[0])
    inner = [part for part in typing.get_args(shape) if part is not type(None)]
    is_optional = type(None) in typing.get_args(shape)
    return _bare(inner[0]) if is_optional and len(inner) == 1 else shape


def _with_any(shape: Any, container: Any) -> Any:
    """The same bounds around whatever items."""
    if typing.get_origin(shape) is typing.Annotated:
        _, *marks = typing.get_args(shape)
        return typing.Annotated[container, *marks]
    inner = [part for part in typing.get_args(shape) if part is not type(None)]
    return _with_any(inner[0], container) if type(None) in typing.get_args(shape) else container


def _joined(path: str, name: str) -> str:
    return (f"{path}.{name}" if path else name)[:NAME_MAX]


def _fault(field: str, code: str, message: str) -> dict[str, str]:
    # The name is the client's own text: halves of surrogate pairs in it cannot be written back.
    return {"field": field.encode("utf-8", "replace").decode(), "code": code, "message": message}
