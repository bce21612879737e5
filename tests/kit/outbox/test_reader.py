"""Readers: what is told takes effect once, in order, whoever reads and whatever fails."""

import asyncio
import json
from typing import Any

import asyncpg
import pytest

from playerbase.kit import clock, outbox
from playerbase.kit.db import Db, Pool, Tx, open_pool, reading, transaction
from playerbase.kit.outbox import Reaction, reader
from tests.kit.outbox.stage import CannotMove, Moved, Rested, drain, effects, moves, tell, write, writer


async def test_what_is_told_takes_effect_in_order(stage: Pool) -> None:
    reaction = writer()
    await outbox.subscribe(stage, [reaction])
    for number in range(0, 1_000, 10):
        await moves(stage, *range(number, number + 10))
    await drain(stage, reaction, batch_max=37)
    assert await effects(stage) == list(range(1_000))


async def test_what_is_rolled_back_was_never_told(stage: Pool) -> None:
    reaction = writer()
    await outbox.subscribe(stage, [reaction])

    async def change_ones_mind() -> None:
        async with transaction(stage) as tx:
            await outbox.emit(tx, Moved(number=1))
            raise CannotMove

    with pytest.raises(CannotMove):
        await change_ones_mind()
    await moves(stage, 2)
    await drain(stage, reaction)
    assert await effects(stage) == [2]


async def test_a_new_reaction_hears_only_what_is_told_from_then_on(stage: Pool) -> None:
    reaction = writer()
    await moves(stage, 1)
    await outbox.subscribe(stage, [reaction])
    await moves(stage, 2)
    await outbox.subscribe(stage, [reaction])
    await drain(stage, reaction)
    assert await effects(stage) == [2]


async def test_an_event_that_commits_late_is_not_stepped_over(stage: Pool) -> None:
    reaction = writer()
    await outbox.subscribe(stage, [reaction])
    async with transaction(stage) as slow:
        await outbox.emit(slow, Moved(number=1))
        await moves(stage, 2)  # A higher id, committed first.
        await drain(stage, reaction)
        assert await effects(stage) == []
    await moves(stage, 3)
    await drain(stage, reaction)
    assert await effects(stage) == [1, 2, 3]


async def test_a_writer_that_waited_for_another_is_heard_after_it(stage: Pool) -> None:
    # The waiting one has the lower transaction number, and yet what it tells happened later.
    reaction = writer()
    await outbox.subscribe(stage, [reaction])
    async with stage.acquire() as connection:
        await connection.execute("create table row_of_both (n int); insert into row_of_both values (0)")
    holding, waiting = asyncio.Event(), asyncio.Event()

    async def early_but_later() -> None:
        async with transaction(stage) as tx:
            await tx.fetch("select pg_current_xact_id()")
            waiting.set()
            await holding.wait()
            await tx.execute("update row_of_both set n = 2")
            await outbox.emit(tx, Moved(number=2))

    later = asyncio.create_task(early_but_later())
    await waiting.wait()
    async with transaction(stage) as tx:
        await tx.execute("update row_of_both set n = 1")
        holding.set()
        await outbox.emit(tx, Moved(number=1))
    await later
    for _ in range(3):
        await outbox.read(stage, reaction, batch_max=1)
    assert await effects(stage) == [1, 2]


async def test_four_workers_at_once_give_each_reaction_each_event_once(stage: Pool, dsn: str) -> None:
    reactions = [writer(name) for name in ("a", "b", "c")]
    await outbox.subscribe(stage, reactions)
    done = asyncio.Event()

    async def worker() -> None:
        own = await open_pool(dsn, size_max=3)
        while True:
            last = done.is_set()
            read = [await outbox.read(own, reaction, batch_max=7) for reaction in reactions]
            if last and not any(read):
                break
        await own.close()

    async def teller(first: int) -> None:
        for number in range(first, first + 100):
            await moves(stage, number)

    workers = [asyncio.create_task(worker()) for _ in range(4)]
    await asyncio.gather(*[teller(first) for first in range(0, 500, 100)])
    done.set()
    await asyncio.gather(*workers)
    await drain(stage, *reactions)
    for reaction in reactions:
        found = await effects(stage, reaction.name)
        assert sorted(found) == list(range(500))
        for first in range(0, 500, 100):
            assert [number for number in found if number // 100 == first // 100] == list(range(first, first + 100))


async def test_topics_are_kept_apart(stage: Pool) -> None:
    both, one = writer("both", events=(Moved, Rested)), writer("one", events=(Rested,))
    await outbox.subscribe(stage, [both, one])
    for number in range(0, 20, 2):
        await tell(stage, Moved(number=number), Rested(number=number + 1))
    await drain(stage, both, one, batch_max=3)
    assert await effects(stage, "both") == list(range(20))
    assert await effects(stage, "one") == list(range(1, 20, 2))


async def test_an_older_release_leaves_a_reader_alone_whose_topics_have_changed(stage: Pool) -> None:
    old, new = writer(events=(Moved,)), writer(events=(Moved, Rested))
    await outbox.subscribe(stage, [old])
    await outbox.subscribe(stage, [new])
    await tell(stage, Rested(number=1), Moved(number=2))
    assert await outbox.read(stage, old) == 0
    await drain(stage, new)
    assert await effects(stage) == [1, 2]


async def test_stirring_names_only_readers_with_something_to_do(stage: Pool) -> None:
    reactions = [writer("mover"), writer("rester", events=(Rested,))]
    await outbox.subscribe(stage, reactions)

    async def stirring() -> list[str]:
        async with reading(stage) as db:
            found = await outbox.stirring(db, ["mover", "rester"], clock.now())
        return [each.handler for each in found]

    assert await stirring() == []
    await moves(stage, 1, 2)
    assert await stirring() == ["mover"]
    assert await outbox.read(stage, reactions[0], batch_max=1) == 1
    assert await stirring() == ["mover"]
    await drain(stage, *reactions)
    assert await stirring() == []


async def test_a_failing_event_stands_alone_and_its_neighbours_take_effect(stage: Pool) -> None:
    reaction = writer(bad=lambda number: number in {13, 14, 77})
    await outbox.subscribe(stage, [reaction])
    await moves(stage, *range(100))
    await drain(stage, reaction)
    assert await effects(stage) == [number for number in range(100) if number not in {13, 14, 77}]
    async with reading(stage) as db:
        assert [each.body for each in await outbox.letters(db)] == [
            f'{{"number":{number},"who":[]}}' for number in (13, 14, 77)
        ]


async def test_a_database_error_the_reaction_swallows_does_not_stop_the_reader(stage: Pool) -> None:
    async def run(tx: Tx, moves: list[Moved]) -> None:
        await write(tx, "writer", [move.number for move in moves])
        if any(move.number == 3 for move in moves):
            try:
                await tx.execute("select 1 / 0")
            except ArithmeticError:
                pass
            except Exception:
                return

    reaction = Reaction("writer", (Moved,), run)
    await outbox.subscribe(stage, [reaction])
    await moves(stage, *range(6))
    await drain(stage, reaction)
    assert await effects(stage) == [0, 1, 2, 4, 5]


async def test_an_event_nobody_understands_is_set_aside(stage: Pool) -> None:
    reaction = writer()
    await outbox.subscribe(stage, [reaction])
    await moves(stage, 1, 2, 3)
    async with stage.acquire() as connection:
        await connection.execute("update kit.events set body = '{\"number\": \"two\"}' where body->>'number' = '2'")
    await drain(stage, reaction)
    assert await effects(stage) == [1, 3]
    async with reading(stage) as db:
        (letter,) = await outbox.letters(db)
    assert letter.state == "dead"
    assert "cannot be understood" in letter.fault


async def test_a_deadlock_is_nobodys_fault(stage: Pool) -> None:
    async with stage.acquire() as connection:
        await connection.execute(
            "create table pair (id int primary key, n int); insert into pair values (1, 0), (2, 0)"
        )
    met = asyncio.Barrier(2)
    meeting = True

    async def run(tx: Tx, moves: list[Moved]) -> None:
        await tx.execute("set local deadlock_timeout = '10ms'")
        await tx.execute("update pair set n = n + 1 where id = 1")
        if meeting:
            await met.wait()
        await tx.execute("update pair set n = n + 1 where id = 2")
        await write(tx, "writer", [move.number for move in moves])

    async def opponent() -> None:
        nonlocal meeting
        async with transaction(stage) as tx:
            await tx.execute("set local deadlock_timeout = '10s'")
            await tx.execute("update pair set n = n + 1 where id = 2")
            await met.wait()
            meeting = False
            await tx.execute("update pair set n = n + 1 where id = 1")

    reaction = Reaction("writer", (Moved,), run)
    await outbox.subscribe(stage, [reaction])
    await moves(stage, 1)
    rival = asyncio.create_task(opponent())
    with pytest.raises(asyncpg.DeadlockDetectedError):
        await outbox.read(stage, reaction)
    await rival
    await drain(stage, reaction)
    assert await effects(stage) == [1]
    async with stage.acquire() as connection:
        assert await connection.fetchval("select (suspects, deaths) = (0, 0) from kit.marks")
        assert not await connection.fetchval("select count(*) from kit.letters")


async def test_a_rewound_reader_delivers_again(stage: Pool) -> None:
    # Exactly once is a matter of the position. Whoever sets it back, to make good an effect that was wrong, has each
    # event delivered a second time; reactions meant to bear that must be written for it.
    reaction = writer()
    await outbox.subscribe(stage, [reaction])
    await moves(stage, 1, 2)
    await drain(stage, reaction)
    async with stage.acquire() as connection:
        await connection.execute("update kit.readers set read_id = 0")
    await drain(stage, reaction)
    assert await effects(stage) == [1, 2, 1, 2]


async def test_what_others_tell_is_not_looked_through(stage: Pool) -> None:
    """However much is told that a reader does not listen to, and whatever the planner knows of it."""
    await outbox.subscribe(stage, [writer("rare", events=(Rested,))])
    async with transaction(stage) as tx:
        await tx.execute(
            "insert into kit.events (event_id, topic, body, told_at)"
            " select gen_random_uuid(), 'test.moved', '{}', now() from generate_series(1, 20000)"
        )
    for analyze in (False, True):
        if analyze:
            await stage.execute("analyze kit.events")
        async with reading(stage) as db:
            looked = await touched(db, reader.stirring, ["rare"], clock.now())
            walked = await touched(db, reader.next_events, ["test.rested"], 0, 20_000, 500)
        assert looked < 40, "an index entry, not the log"
        assert walked < 40


async def touched(db: Db, door: Any, *args: Any) -> int:
    """How many blocks a statement looks at, once its plan is made."""
    for _ in range(2):
        rows = await db.fetch(f"explain (analyze, buffers, format json) {door.statement}", *args)
    plan = json.loads(rows[0][0])[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
