"""Migrations: applied once however many ask, undone and done again, and never edited."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from playerbase import schema
from playerbase.kit.db import (
    Migration,
    MigrationChanged,
    Pool,
    broken,
    invariants,
    migrate,
    migrations,
    open_pool,
    pending,
    reading,
    revert,
)
from tests.conftest import new_database

STEPS = [
    Migration("a", "0001_a", "create schema a; create table a.things (n int)", "drop schema a cascade"),
    Migration("a", "0002_b", "alter table a.things add column m int default 1", "alter table a.things drop column m"),
]
SHAPE = """
    select table_schema, table_name, column_name, data_type, is_nullable, column_default
    from information_schema.columns
    where table_schema not in ('pg_catalog', 'information_schema')
        and (table_schema, table_name) <> ('kit', 'migrations')
    union all
    select schemaname, tablename, indexname, indexdef, '', '' from pg_indexes
    where schemaname <> 'pg_catalog' and (schemaname, tablename) <> ('kit', 'migrations')
    order by 1, 2, 3
"""


@pytest.fixture
async def empty(server: str) -> AsyncIterator[Pool]:
    async with new_database(server) as dsn:
        pool = await open_pool(dsn, size_max=10)
        yield pool
        await pool.close()


async def test_many_migrators_at_once_apply_each_step_once(empty: Pool) -> None:
    applied = await asyncio.gather(*[migrate(empty, STEPS) for _ in range(8)])
    assert sorted(step.name for each in applied for step in each) == ["0001_a", "0002_b"]
    assert await migrate(empty, STEPS) == []
    assert await pending(empty, STEPS) == []


async def test_a_step_that_was_edited_is_refused(empty: Pool) -> None:
    await migrate(empty, STEPS)
    edited = Migration("a", "0001_a", "create schema a", "drop schema a")
    with pytest.raises(MigrationChanged, match="a/0001_a"):
        await migrate(empty, [edited])


async def test_a_step_that_fails_leaves_nothing(empty: Pool) -> None:
    bad = Migration("a", "0003_c", "create table a.more (n int); select 1/0", "drop table a.more")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty, [*STEPS, bad])
    assert await pending(empty, [*STEPS, bad]) == [bad]
    assert await empty.fetchval("select to_regclass('a.more')") is None


async def test_every_step_of_every_module_goes_down_and_up_again(empty: Pool) -> None:
    applied = await migrate(empty, schema.MIGRATIONS)
    assert applied == schema.MIGRATIONS
    whole = await empty.fetch(SHAPE)
    for at in range(len(applied) - 1, -1, -1):
        before = await empty.fetch(SHAPE)
        await revert(empty, applied[at])
        assert await empty.fetch(SHAPE) != before, f"{applied[at].module}/{applied[at].name} undid nothing"
        assert await pending(empty, schema.MIGRATIONS) == applied[at:]
        await migrate(empty, applied[: at + 1])
        assert await empty.fetch(SHAPE) == before
        await revert(empty, applied[at])
    assert await empty.fetch(SHAPE) == []
    await migrate(empty, schema.MIGRATIONS)
    assert await empty.fetch(SHAPE) == whole


async def test_what_must_hold_holds_of_an_empty_database(empty: Pool) -> None:
    await migrate(empty, schema.MIGRATIONS)
    async with reading(empty) as db:
        assert await broken(db, schema.INVARIANTS) == []
        queries = {"a.seven": "select 7 where true;", "a.none": "select 1 where false"}
        assert await broken(db, queries) == ["a.seven"]


def test_steps_are_read_in_order_with_what_undoes_them(tmp_path: Path) -> None:
    for module, name in (("b", "0002_x"), ("b", "0001_y"), ("a", "0001_z")):
        folder = tmp_path / module / "migrations"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.sql").write_text(f"up {name}")
        (folder / f"{name}.down.sql").write_text(f"down {name}")
    (tmp_path / "a" / "invariants.sql").write_text("-- all_well\n-- Or not.\nselect 1;\n")
    found = migrations(tmp_path, ["b", "a"])
    assert [(step.module, step.name) for step in found] == [("b", "0001_y"), ("b", "0002_x"), ("a", "0001_z")]
    assert (found[0].up, found[0].down) == ("up 0001_y", "down 0001_y")
    assert invariants(tmp_path) == {"a.all_well": "-- Or not.\nselect 1;"}


def test_every_step_can_be_undone() -> None:
    for path in schema.ROOT.rglob("migrations/*.sql"):
        if not path.name.endswith(".down.sql"):
            assert path.with_suffix(".down.sql").exists(), path
            assert path.parts[-3] in schema.MODULES, path
