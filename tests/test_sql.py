"""PostgreSQL prepares every statement, and its answer is held against the Python signature, parameters too."""

import importlib
import inspect
import typing
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Any
from uuid import UUID

import msgspec
import pytest

from playerbase import schema
from playerbase.kit.db import Tx

ROOT = schema.ROOT
FILES = sorted(
    path for path in ROOT.rglob("*.sql") if path.name != "invariants.sql" and path.parent.name != "migrations"
)
STORES = [
    importlib.import_module("playerbase." + ".".join(path.relative_to(ROOT).with_suffix("").parts)) for path in FILES
]
DOORS = [
    door
    for store in STORES
    for door in vars(store).values()
    if hasattr(door, "statement") and door.__module__ == store.__name__
]
PYTHON: dict[str, Any] = {
    "uuid": UUID, "int2": int, "int4": int, "int8": int, "oid": int, "text": str, "varchar": str, "name": str,
    "json": str, "jsonb": str, "bool": bool, "timestamptz": datetime, "date": date, "interval": timedelta,
    "float8": float, "float4": float, "numeric": Decimal, "bytea": bytes, "void": NoneType, "xid8": int, "inet": str,
}  # fmt: skip

PLAIN = {"smallint": "int2", "int": "int4", "bigint": "int8"}


def bare(kind: Any) -> Any:
    """The X in X | None and Annotated[X, …]; of an enum what its values are, of a list the list of such."""
    if typing.get_origin(kind) is typing.Annotated:
        return bare(typing.get_args(kind)[0])
    if typing.get_origin(kind) is list:
        return list[bare(typing.get_args(kind)[0])]  # type: ignore[misc]  # A type made while running.
    inner = [part for part in typing.get_args(kind) if part is not NoneType]
    if len(inner) == 1 and NoneType in typing.get_args(kind):
        return bare(inner[0])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return type(next(iter(kind)).value)
    return kind


def known(type_name: str) -> Any:
    """What Python reads such a column as."""
    if type_name.endswith("[]"):
        return list[PYTHON[type_name.removesuffix("[]")]]  # type: ignore[misc]  # A type made while running.
    return PYTHON[type_name]


def fields(shape: type[msgspec.Struct]) -> list[tuple[str, Any]]:
    hints = typing.get_type_hints(shape)
    return [(name, bare(hints[name])) for name in shape.__struct_fields__]


def row_of(returns: Any) -> Any:
    """What one row becomes."""
    inner = bare(returns)
    return bare(typing.get_args(returns)[0]) if typing.get_origin(returns) is list else inner


def sent(door: Callable[..., Any]) -> list[Any]:
    """The Python type of each numbered parameter, in the order of the statement."""
    hints = typing.get_type_hints(door)
    _, *names = inspect.signature(door).parameters
    types: list[Any] = []
    for name, field, literal_of in door.slots:  # type: ignore[attr-defined]  # As @sql leaves it.
        kind = bare(hints[name])
        if field is not None:
            is_list = typing.get_origin(kind) is list
            shape = typing.get_args(kind)[0] if is_list else kind
            part = dict(fields(shape))[field]
            kind = list[part] if is_list else part  # type: ignore[valid-type]  # A type made while running.
        if literal_of is not None:
            assert kind == known(f"{PLAIN.get(literal_of, literal_of)}[]"), f"{kind} is written as {literal_of}[]"
            kind = str
        types.append(kind)
    assert {name for name, *_ in door.slots} == set(names), f"not every parameter is used: {names}"  # type: ignore[attr-defined]  # As above.
    return types


def ids(door: Callable[..., Any]) -> str:
    return f"{door.__module__.removeprefix('playerbase.')}.{door.__name__}"


def test_there_are_doors() -> None:
    assert len(DOORS) > 50


@pytest.mark.parametrize("door", DOORS, ids=ids)
async def test_the_statement_is_what_the_signature_says(tx: Tx, door: Callable[..., Any]) -> None:
    prepared = await tx.prepare(door.statement)  # type: ignore[attr-defined]  # As @sql leaves it.
    columns = [(column.name, known(column.type.name)) for column in prepared.get_attributes()]
    returns = row_of(typing.get_type_hints(door)["return"])
    if isinstance(returns, type) and issubclass(returns, msgspec.Struct):
        assert [kind for _, kind in columns] == [kind for _, kind in fields(returns)], columns
        named = [name for name, _ in columns]
        assert [
            (name, field)
            for name, (field, _) in zip(named, fields(returns), strict=True)
            if name not in {field, "?column?"} and name in dict(fields(returns))
        ] == [], "a column stands where another of the same name belongs"
    elif returns is not NoneType:
        assert [kind for _, kind in columns] == [returns]
    wanted = [known(parameter.name) for parameter in prepared.get_parameters()]
    given = sent(door)
    assert len(wanted) == len(given)
    for at, (want, give) in enumerate(zip(wanted, given, strict=True)):
        assert want == give or (want is float and give is int), f"${at + 1} is {want}, and {give} is sent"
