"""Typed doors: a signature and the statement of its name, matched when the module is imported."""

import importlib.util
import sys
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from playerbase.kit.db import Pool, Tx, statements, transaction

HEAD = """
from enum import StrEnum
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
