"""Typed doors onto .sql files: a signature here, its statement under the same name in the file beside it.

The two are matched at import, so a missing statement or a misspelt parameter stops the process before it serves.
"""

import functools
import inspect
import re
import typing
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from enum import Enum
from operator import attrgetter
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, NamedTuple, NewType, ParamSpec, TypeVar, cast

import asyncpg
import msgspec

if TYPE_CHECKING:
    Db = asyncpg.Connection[asyncpg.Record]
else:
    Db = asyncpg.Connection
Tx = NewType("Tx", Db)  # A connection inside a transaction: reads take a Db, writes demand a Tx.

P = ParamSpec("P")
R = TypeVar("R")

_HEADING = re.compile(r"^-- ([a-z][a-z0-9_]*)$", re.MULTILINE)
# Text and comments are stepped over; :: is a cast; :a is a parameter, :a.b a field of it (of each, if it is a list).
# A list that is cast from text (::text::bigint[]) travels as an array's literal: of a list, the library asks of each
# member whether it is a list too, which costs many times what writing it down does. For what is sent by the hundred.
_SLOT = re.compile(
    r"'[^']*'|--[^\n]*|(?<!:):([a-z][a-z0-9_]*)(?:\.([a-z][a-z0-9_]*))?"
    r"(?:::text(?=::(smallint|int|bigint|uuid|text|bytea|json|timestamptz)\[\]))?"
)
_encode = msgspec.json.Encoder().encode


class Slot(NamedTuple):
    """A place in a statement: which parameter, which field of it, and of what it is sent as an array's literal."""

    name: str
    field: str | None
    literal_of: str | None


@functools.cache
def statements(path: Path) -> dict[str, str]:
    """The statements of a file by the ``-- name`` line above each."""
    _, *parts = _HEADING.split(path.read_text())
    return dict(zip(parts[::2], map(str.strip, parts[1::2]), strict=True))


def sql(door: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Make a signature the door to the statement of its name.

    What it returns says how rows are read: ``None`` none, ``X`` exactly one, ``X | None`` at most one, ``list[X]``
    all; X is a struct, filled by position, or a single value.
    """
    path = Path(inspect.getfile(door)).with_suffix(".sql")
    signature = inspect.signature(door)
    _, *names = signature.parameters
    text, slots = _numbered(statements(path)[door.__name__], names, f"{path}: {door.__name__}")
    picks = [(names.index(slot.name), _picker(slot)) for slot in slots]
    read = _reader(typing.get_type_hints(door)["return"])

    @functools.wraps(door)
    async def run(*args: P.args, **kwargs: P.kwargs) -> R:
        connection, *given = args if not kwargs else signature.bind(*args, **kwargs).args
        rows = await cast("Db", connection).fetch(text, *[pick(given[at]) for at, pick in picks])
        return cast("R", read(rows))

    run.statement, run.slots = text, slots  # type: ignore[attr-defined]  # For the test that has PostgreSQL prepare it.
    return run


def _numbered(statement: str, names: Sequence[str], where: str) -> tuple[str, list[Slot]]:
    """The statement with $1, $2, … for its named slots, and which slot each number is."""
    slots: list[Slot] = []

    def number(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        if match[1] not in names:
            raise TypeError(f"{where} has no parameter :{match[1]}")
        slot = Slot(match[1], match[2], match[3])
        if slot not in slots:
            slots.append(slot)
        return f"${slots.index(slot) + 1}{'::text' if match[3] else ''}"

    return _SLOT.sub(number, statement), slots


def _picker(slot: Slot) -> Callable[[Any], Any]:
    """What is sent in a place, of what was given for its parameter."""
    pick = attrgetter(slot.field) if slot.field is not None else None
    write = _LITERALS[slot.literal_of] if slot.literal_of is not None else None

    def sent(value: Any) -> Any:
        if pick is not None:
            # Enums are of text here (StrEnum), and travel as what they are.
            value = [*map(pick, value)] if isinstance(value, list) else pick(value)
        return write(value) if write is not None else value

    return sent if pick is not None or write is not None else _as_it_is


def _plain_literal(values: list[Any]) -> str:
    # JSON and PostgreSQL write lists of numbers and of ids alike, but for the brackets.
    return f"{{{_encode(values)[1:-1].decode()}}}"


def _text_literal(values: list[str | None]) -> str:
    if None in values:
        return f"{{{','.join(['NULL' if each is None else _text_literal([each])[1:-1] for each in values])}}}"
    text = '","'.join(cast("list[str]", values))
    if "\\" in text or text.count('"') != max(2 * len(values) - 2, 0):
        text = '","'.join([cast("str", each).replace("\\", r"\\").replace('"', r"\"") for each in values])
    return f'{{"{text}"}}' if values else "{}"


def _bytes_literal(values: list[bytes]) -> str:
    return "{" + ",".join([rf'"\\x{each.hex()}"' for each in values]) + "}"


def _moment_literal(values: list[datetime | None]) -> str:
    written: list[str] = []
    last, text = None, "NULL"
    for each in values:
        if each != last:  # Within a batch most are the same.
            last, text = each, "NULL" if each is None else f'"{each.isoformat()}"'
        written.append(text)
    return f"{{{','.join(written)}}}"


_LITERALS: dict[str, Callable[[list[Any]], str]] = {
    "smallint": _plain_literal,
    "int": _plain_literal,
    "bigint": _plain_literal,
    "uuid": _plain_literal,
    "text": _text_literal,
    "bytea": _bytes_literal,
    "json": _text_literal,
    "timestamptz": _moment_literal,
}


def _as_it_is(value: Any) -> Any:
    return value


def _reader(returns: Any) -> Callable[[list[asyncpg.Record]], Any]:
    many = typing.get_origin(returns) is list
    shape = next((kind for kind in typing.get_args(returns) if kind is not NoneType), returns)
    is_struct = isinstance(shape, type) and issubclass(shape, msgspec.Struct)
    build = _struct_builder(shape) if is_struct else _first
    optional = NoneType in typing.get_args(returns)

    def one(rows: list[asyncpg.Record]) -> Any:
        if not rows and optional:
            return None
        (only,) = rows
        return build(only)

    if returns is NoneType:
        return lambda _: None
    return (lambda rows: [build(row) for row in rows]) if many else one


def _first(row: asyncpg.Record) -> Any:
    return row[0]


def _struct_builder(shape: type[msgspec.Struct]) -> Callable[[asyncpg.Record], Any]:
    # Rows fill a struct by position; a column that is an enum in Python is turned into one on the way.
    hints = typing.get_type_hints(shape)
    enums = [
        (at, hints[name])
        for at, name in enumerate(shape.__struct_fields__)
        if isinstance(hints[name], type) and issubclass(hints[name], Enum)
    ]
    if not enums:
        return lambda row: shape(*row)

    def build(row: asyncpg.Record) -> Any:
        values = list(row)
        for at, enum in enums:
            values[at] = enum(values[at])
        return shape(*values)

    return build
