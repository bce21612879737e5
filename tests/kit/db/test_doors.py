"""Typed doors: a signature and the statement of its name, matched when the module is imported."""

import importlib.util
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from playerbase.kit.db import Pool, Tx, statements, transaction
from playerbase.kit.ids import uuid7, uuid7s

HEAD = """
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID
import msgspec
from playerbase.kit.db import Db, Tx, sql

class Kind(StrEnum):
    BIG = "big"
    SMALL = "small"

class Thing(msgspec.Struct, frozen=True):
    name: str
    kind: Kind
"""


def store(folder: Path, python: str, statements: str) -> ModuleType:
    """A module with these doors."""
    name = f"doors_{folder.name}"
    path = folder / "store.py"
    path.write_text(HEAD + python)
    path.with_suffix(".sql").write_text(statements)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


async def test_rows_are_read_as_the_signature_says(tmp_path: Path, tx: Tx) -> None:
    doors: Any = store(
        tmp_path,
        """
@sql
async def one(db: Db, n: int) -> int: ...
@sql
async def maybe(db: Db, n: int) -> int | None: ...
@sql
async def many(db: Db, things: list[Thing]) -> list[Thing]: ...
@sql
async def nothing(tx: Tx) -> None: ...
""",
        """
-- one
-- Twice the number; a comment may say ':n' or :other, and text ':n' too.
select :n::int + :n::int where ':n' <> '' -- :other
-- maybe
select :n::int where :n::int > 0;
-- many
select name, kind from unnest(:things.name::text[], :things.kind::text[]) as t(name, kind) order by name;
-- nothing
select 1;
""",
    )
    assert await doors.one(tx, 4) == 8
    assert await doors.one(tx, n=4) == 8
    assert await doors.maybe(tx, 1) == 1
    assert await doors.maybe(tx, 0) is None
    things = [doors.Thing("a", doors.Kind.BIG), doors.Thing("b", doors.Kind.SMALL)]
    assert await doors.many(tx, things) == things
    assert isinstance((await doors.many(tx, things))[0].kind, StrEnum)
    assert await doors.many(tx, []) == []
    assert await doors.nothing(tx) is None


async def test_lists_that_travel_as_text_arrive_as_they_are(tmp_path: Path, tx: Tx) -> None:
    doors: Any = store(
        tmp_path,
        """
@sql
async def numbers(db: Db, values: list[int]) -> list[int]: ...
@sql
async def ids(db: Db, values: list[UUID | None]) -> list[UUID | None]: ...
@sql
async def texts(db: Db, values: list[str | None]) -> list[str | None]: ...
@sql
async def moments(db: Db, values: list[datetime | None]) -> list[datetime | None]: ...
@sql
async def bytes_(db: Db, values: list[bytes]) -> list[bytes]: ...
@sql
async def names(db: Db, things: list[Thing]) -> list[str]: ...
@sql
async def word(db: Db, value: str) -> str: ...
""",
        """
-- numbers
select unnest(:values::text::bigint[]);
-- ids
select unnest(:values::text::uuid[]);
-- texts
select unnest(:values::text::text[]);
-- moments
select unnest(:values::text::timestamptz[]);
-- bytes_
select unnest(:values::text::bytea[]);
-- names
select unnest(:things.name::text::text[]);
-- word
select :value::text;
""",
    )
    numbers = [0, -1, 2**63 - 1, -(2**63)]
    assert await doors.numbers(tx, numbers) == numbers
    ids = [uuid7(), None, UUID(int=0), *uuid7s(2)]
    assert await doors.ids(tx, ids) == ids
    texts = [
        "",
        "plain",
        "null",
        "NULL",
        "a,b",
        "{a}",
        '"',
        '","',
        '\\"',
        "\\",
        "\\x41",
        "line\nbreak",
        " é ",
        "\u2028",
    ]
    assert await doors.texts(tx, texts) == texts
    for text in texts:
        assert await doors.texts(tx, [text]) == [text]
        assert await doors.texts(tx, [None, text, None]) == [None, text, None]
    moments = [
        datetime(2026, 1, 2, 3, 4, 5, 678901, UTC),
        None,
        datetime(1, 1, 1, tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
    ]
    assert await doors.moments(tx, moments) == moments
    assert await doors.bytes_(tx, [b"", b"\x00\xff", b'"\\']) == [b"", b"\x00\xff", b'"\\']
    assert await doors.names(tx, [doors.Thing("a", doors.Kind.BIG), doors.Thing('"', doors.Kind.BIG)]) == ["a", '"']
    for door in (doors.numbers, doors.ids, doors.texts, doors.moments, doors.bytes_, doors.names):
        assert await door(tx, []) == []
    assert await doors.word(tx, "a text stays one") == "a text stays one"


async def test_exactly_one_means_exactly_one(tmp_path: Path, tx: Tx) -> None:
    doors: Any = store(
        tmp_path,
        "\n@sql\nasync def one(db: Db, n: int) -> int: ...\n",
        "-- one\nselect generate_series(1, :n::int);\n",
    )
    assert await doors.one(tx, 1) == 1
    for n in (0, 2):
        with pytest.raises(ValueError, match="unpack"):
            await doors.one(tx, n)


@pytest.mark.parametrize(
    ("python", "statement", "fault"),
    [
        ("async def one(db: Db) -> int: ...", "-- two\nselect 1;", KeyError),
        ("async def one(db: Db) -> int: ...", "-- one\nselect :n::int;", TypeError),
    ],
)
def test_what_does_not_match_stops_the_import(
    tmp_path: Path, python: str, statement: str, fault: type[Exception]
) -> None:
    with pytest.raises(fault):
        store(tmp_path, f"\n@sql\n{python}\n", statement)


def test_statements_are_read_by_name(tmp_path: Path) -> None:
    path = tmp_path / "store.sql"
    path.write_text("-- first\n-- Why.\nselect 1;\n\n-- second\nselect 2;\n")
    assert statements(path) == {"first": "-- Why.\nselect 1;", "second": "select 2;"}


async def test_a_statement_is_prepared_once_a_connection(tmp_path: Path, pool: Pool) -> None:
    doors: Any = store(
        tmp_path, "\n@sql\nasync def one(db: Db, n: int) -> int: ...\n", "-- one\nselect :n::int + 41;\n"
    )
    async with transaction(pool) as tx:
        for n in range(5):
            assert await doors.one(tx, n) == n + 41
        query = "select count(*) from pg_prepared_statements where statement like 'select $1::int + 41%'"
        assert await tx.fetchval(query) == 1
