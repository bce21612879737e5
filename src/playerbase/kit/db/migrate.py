"""Schema changes: plain SQL, one transaction each, forward in production, each with a file that undoes it."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import msgspec

from playerbase.kit import clock
from playerbase.kit.db.pool import Pool, transaction
from playerbase.kit.db.sql import Tx, sql


class Migration(msgspec.Struct, frozen=True):
    """One step of one module's schema."""

    module: str
    name: str
    up: str
    down: str


class MigrationChanged(Exception):
    """A migration was edited after it had been applied; write a new one instead."""


@sql
async def be_patient(tx: Tx) -> None: ...
@sql
async def take_turn(tx: Tx) -> None: ...
@sql
async def open_journal(tx: Tx) -> None: ...
@sql
async def is_unchanged(tx: Tx, step: Migration) -> bool | None: ...
@sql
async def record(tx: Tx, step: Migration, now: datetime) -> None: ...
@sql
async def forget(tx: Tx, step: Migration) -> None: ...


def migrations(root: Path, modules: Iterable[str]) -> list[Migration]:
    """Every step on disk: modules in the order given, each one's files by number."""
    return [
        Migration(module, up.stem, up.read_text(), up.with_suffix(".down.sql").read_text())
        for module in modules
        for up in sorted((root / module / "migrations").glob("[0-9]*.sql"))
        if not up.name.endswith(".down.sql")
    ]


async def migrate(pool: Pool, wanted: Iterable[Migration]) -> list[Migration]:
    """Apply what this database lacks, in order; returns what was applied. Safe to start many times at once."""
    return [step for step in wanted if await _apply(pool, step)]


async def pending(pool: Pool, wanted: Iterable[Migration]) -> list[Migration]:
    """What this database lacks, without applying it."""
    async with transaction(pool) as tx:
        await be_patient(tx)
        await take_turn(tx)
        await open_journal(tx)
        return [step for step in wanted if await is_unchanged(tx, step) is None]


async def revert(pool: Pool, step: Migration) -> None:
    """Undo one applied step; latest first is the caller's care."""
    async with transaction(pool) as tx:
        await be_patient(tx)
        await take_turn(tx)
        await tx.execute(step.down)
        await forget(tx, step)


async def _apply(pool: Pool, step: Migration) -> bool:
    async with transaction(pool) as tx:
        await be_patient(tx)
        await take_turn(tx)
        await open_journal(tx)
        unchanged = await is_unchanged(tx, step)
        if unchanged is None:
            await tx.execute(step.up)
            await record(tx, step, clock.now())
        elif not unchanged:
            raise MigrationChanged(f"{step.module}/{step.name}")
        return unchanged is None
