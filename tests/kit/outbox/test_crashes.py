"""Processes that die: nothing is lost, nothing is doubled, and the event that kills is found."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from playerbase.kit import outbox
from playerbase.kit.db import Pool, Tx, reading
from playerbase.kit.errors import Unavailable
from playerbase.kit.outbox import Reaction
from tests.conftest import MovingClock
from tests.kit.outbox.stage import Moved, drain, effects, moves, write, writer

ROOT = Path(__file__).parents[3]
WORKER = """
import asyncio, os, sys
from playerbase.kit import outbox
from playerbase.kit.db import open_pool
from tests.kit.outbox.stage import Moved, drain, write

async def run(tx, moves):
    await write(tx, "writer", [move.number for move in moves])
    if any(move.number == 321 for move in moves):
        os._exit(9)

async def main():
    await drain(await open_pool(sys.argv[1]), outbox.Reaction("writer", (Moved,), run))

asyncio.run(main())
"""


def run_worker(dsn: str) -> int:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT), *filter(None, sys.path)])}
    return subprocess.run([sys.executable, "-c", WORKER, dsn], env=environment, check=False, timeout=60).returncode


async def test_the_event_that_kills_its_process_is_found(stage: Pool, dsn: str) -> None:
    await outbox.subscribe(stage, [writer()])
    for number in range(0, 500, 50):
        await moves(stage, *range(number, number + 50))
    deaths = 0
    while code := await asyncio.to_thread(run_worker, dsn):
        assert code == 9
        deaths += 1
        assert deaths < 20
    assert sorted(await effects(stage)) == [number for number in range(500) if number != 321]
    assert deaths <= 12  # Nine halvings of 500 events, and three times alone.
    async with reading(stage) as db:
        (letter,) = await outbox.letters(db)
    assert letter.body == '{"number":321,"who":[]}'
    assert letter.state == "dead"
    assert "process died" in letter.fault


async def test_the_letter_that_kills_its_process_runs_out_of_attempts(
    stage: Pool, dsn: str, clock: MovingClock
) -> None:
    reaction = writer(bad=lambda number: number == 321)
    await outbox.subscribe(stage, [reaction])
    await moves(stage, 321)
    await drain(stage, reaction)
    async with stage.acquire() as connection:
        for attempts, state in ((2, "retry"), (3, "dead")):
            await connection.execute("update kit.letters set due_at = due_at - interval '10 minutes'")
            assert await asyncio.to_thread(run_worker, dsn) == 9
            row = await connection.fetchrow("select attempts, state, fault from kit.letters")
            assert row is not None
            assert tuple(row)[:2] == (attempts, state)
            assert "process died" in row[2]
    clock.forward(days=1)
    await drain(stage, reaction)
    assert await effects(stage) == []


async def test_a_batch_cut_off_half_way_is_read_again_whole(stage: Pool) -> None:
    begun = asyncio.Event()

    async def hang(tx: Tx, moves: list[Moved]) -> None:
        await write(tx, "writer", [move.number for move in moves])
        begun.set()
        await asyncio.Event().wait()

    await outbox.subscribe(stage, [writer()])
    await moves(stage, *range(20))
    batch = asyncio.create_task(outbox.read(stage, Reaction("writer", (Moved,), hang)))
    await begun.wait()
    batch.cancel()
    await asyncio.wait([batch])
    await drain(stage, writer())
    assert await effects(stage) == list(range(20))
    async with stage.acquire() as connection:
        assert await connection.fetchval("select suspects = 0 and deaths = 0 from kit.marks")


async def test_a_lost_connection_is_nobodys_fault(stage: Pool, dsn: str) -> None:
    losses = 3

    async def lose(tx: Tx, moves: list[Moved]) -> None:
        nonlocal losses
        await write(tx, "writer", [move.number for move in moves])
        if losses:
            losses -= 1
            outside = await asyncpg.connect(dsn)
            await outside.execute("select pg_terminate_backend($1)", tx.get_server_pid())
            await outside.close()
            await tx.execute("select 1")

    reaction = Reaction("writer", (Moved,), lose)
    await outbox.subscribe(stage, [reaction])
    await moves(stage, *range(20))
    for _ in range(3):
        with pytest.raises(Unavailable):
            await outbox.read(stage, reaction)
    await drain(stage, reaction)
    assert await effects(stage) == list(range(20))
    async with reading(stage) as db:
        assert await outbox.letters(db) == []


async def test_an_event_whose_effect_cannot_be_committed_is_found(stage: Pool) -> None:
    async with stage.acquire() as connection:
        await connection.execute(
            "create table once (number int unique deferrable initially deferred); insert into once values (7)"
        )

    async def run(tx: Tx, moves: list[Moved]) -> None:
        numbers = [move.number for move in moves]
        await write(tx, "writer", numbers)
        await tx.execute("insert into once select unnest($1::int[])", numbers)

    reaction = Reaction("writer", (Moved,), run)
    await outbox.subscribe(stage, [reaction])
    await moves(stage, *range(20))
    for _ in range(12):
        try:
            await drain(stage, reaction)
        except asyncpg.UniqueViolationError:
            continue
        break
    assert await effects(stage) == [number for number in range(20) if number != 7]
    async with reading(stage) as db:
        (letter,) = await outbox.letters(db)
    assert letter.body.startswith('{"number":7,')


async def test_a_pool_without_a_second_connection_only_delays(stage: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playerbase.kit.outbox.reader.BESIDE_SECONDS", 0.1)
    reaction = writer()
    await outbox.subscribe(stage, [reaction])
    await moves(stage, 1)
    others = [await stage.acquire() for _ in range(stage.get_max_size() - 1)]
    with pytest.raises(TimeoutError):
        await outbox.read(stage, reaction)
    for other in others:
        await stage.release(other)
    await drain(stage, reaction)
    assert await effects(stage) == [1]
