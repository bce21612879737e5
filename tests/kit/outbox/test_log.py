"""The log: what is forgotten and what is not, how far behind a reader is, and a dump that wakes up elsewhere."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from playerbase.kit import clock as the_clock
from playerbase.kit import outbox
from playerbase.kit.db import Pool, open_pool, reading, transaction
from playerbase.kit.jobs import chores
from tests.conftest import MovingClock, new_database
from tests.kit.outbox.stage import Rested, drain, effects, moves, tell, writer


async def count(pool: Pool) -> int:
    async with pool.acquire() as connection:
        return int(await connection.fetchval("select count(*) from kit.events"))


async def test_what_is_old_and_read_is_forgotten(stage: Pool, clock: MovingClock) -> None:
    reaction, other = writer(), writer("other", events=(Rested,))
    await outbox.subscribe(stage, [reaction, other])
    await moves(stage, 1, 2)
    await drain(stage, reaction)
    await moves(stage, 3)
    await tell(stage, Rested(number=4))
    clock.forward(days=6)
    await chores.forget_events.job.run(stage, None)
    assert await count(stage) == 4
    clock.forward(days=1, seconds=1)
    await chores.forget_events.job.run(stage, None)
    assert await count(stage) == 2  # Nobody has read the third and the fourth yet.
    await drain(stage, reaction, other)
    await chores.forget_events.job.run(stage, None)
    assert await count(stage) == 0


async def test_what_a_letter_holds_is_kept(stage: Pool, clock: MovingClock) -> None:
    reaction = writer(bad=lambda number: number == 2)
    await outbox.subscribe(stage, [reaction])
    await moves(stage, 1, 2, 3)
    await drain(stage, reaction)
    clock.forward(days=8)
    await chores.forget_events.job.run(stage, None)
    assert await count(stage) == 1


async def test_a_reader_nobody_has_seen_for_a_month_holds_nothing(stage: Pool, clock: MovingClock) -> None:
    await outbox.subscribe(stage, [writer()])
    await moves(stage, 1)
    clock.forward(days=20)
    async with transaction(stage) as tx:
        await outbox.see(tx, ["writer"], the_clock.now())
    clock.forward(days=20)
    await chores.forget_events.job.run(stage, None)
    assert await count(stage) == 1
    clock.forward(days=20)
    await chores.forget_events.job.run(stage, None)
    assert await count(stage) == 0


async def test_copies_are_remembered_for_longer_than_their_stream(stage: Pool, clock: MovingClock) -> None:
    await moves(stage, 1)
    async with stage.acquire() as connection:
        await connection.execute("update kit.events set origin = gen_random_uuid()")
    clock.forward(days=13)
    await chores.forget_events.job.run(stage, None)
    assert await count(stage) == 1
    clock.forward(days=2)
    await chores.forget_events.job.run(stage, None)
    assert await count(stage) == 0


async def test_kept_answers_and_done_jobs_are_forgotten_after_a_week(stage: Pool, clock: MovingClock) -> None:
    async with stage.acquire() as connection:
        now = the_clock.now()
        await connection.execute(
            "insert into kit.idempotency values ('s', 'old', '', 200, '', $1), ('s', 'new', '', 200, '', $2)",
            now,
            now + timedelta(days=3),
        )
        await connection.execute(
            "insert into kit.jobs (id, name, args, lane, state, run_at, made_at, ended_at)"
            " select gen_random_uuid(), state, '{}', 'low', state, $1, $1, $1"
            " from unnest('{done,dead}'::text[]) as state",
            now,
        )
        clock.forward(days=7, seconds=1)
        for chore in (chores.forget_answers, chores.forget_jobs, chores.forget_silent_workers):
            await chore.job.run(stage, None)
        assert [row[0] for row in await connection.fetch("select key from kit.idempotency")] == ["new"]
        assert [row[0] for row in await connection.fetch("select name from kit.jobs")] == ["dead"]


async def test_how_far_behind_a_reader_is(stage: Pool) -> None:
    reaction = writer()
    await outbox.subscribe(stage, [reaction])
    await moves(stage, *range(20))
    await outbox.read(stage, reaction, batch_max=5)
    async with reading(stage) as db:
        (reader,) = await outbox.backlog(db, 1_000)
        assert (reader.handler, reader.waiting) == ("writer", 15)
        assert reader.oldest_at is not None
        assert [each.waiting for each in await outbox.backlog(db, 10)] == [10]
    await drain(stage, reaction)
    async with reading(stage) as db:
        assert [(each.waiting, each.oldest_at) for each in await outbox.backlog(db, 10)] == [(0, None)]


async def test_a_rolled_back_teller_and_its_savepoints_hold_nobody_up(stage: Pool) -> None:
    reaction = writer()
    await outbox.subscribe(stage, [reaction])
    async with transaction(stage) as tx:
        undone = tx.transaction()
        await undone.start()
        await outbox.emit(tx, Rested(number=0))
        await undone.rollback()  # And with it the lock that says that this transaction tells.
        await moves(stage, 1)
        await drain(stage, reaction)
        assert await effects(stage) == [1]
        await outbox.emit(tx, Rested(number=2))
        await moves(stage, 3)
        await drain(stage, reaction)
        assert await effects(stage) == [1]
    await drain(stage, reaction)
    assert await effects(stage) == [1, 3]


@pytest.fixture
async def restored(server: str, stage: Pool, migrated: str) -> AsyncIterator[Pool]:
    """The rows of the stage as a dump would bring them elsewhere: as they are, sequences included."""
    tables = ("kit.events", "kit.origin", "kit.readers", "kit.marks", "kit.letters", "kit.letter_keys")
    async with new_database(server, copy_of=urlsplit(migrated).path[1:]) as dsn:
        pool = await open_pool(dsn)
        async with stage.acquire() as source, pool.acquire() as target:
            await target.execute(
                "create table effects (at bigint generated always as identity, handler text, number int)"
            )
            for table in (*tables, "public.effects"):
                rows = await source.fetch(f"select * from {table}")
                if rows:
                    marks = ", ".join(f"${at + 1}" for at in range(len(rows[0])))
                    await target.executemany(
                        f"insert into {table} overriding system value values ({marks})", map(tuple, rows)
                    )
            for sequence in ("kit.events_id_seq", "kit.letters_number_seq", "public.effects_at_seq"):
                last = await source.fetchval(f"select last_value from {sequence}")
                await target.fetchval("select setval($1, $2)", sequence, last)
        yield pool
        await pool.close()


class TestARestoredDump:
    """Nothing in the log refers to the cluster it was written in, so nothing is lost or done twice."""

    @pytest.fixture(autouse=True)
    async def _told(self, stage: Pool) -> None:
        reaction = writer(bad=lambda number: number == 3)
        await outbox.subscribe(stage, [reaction])
        await outbox.settle_origin(stage)
        await moves(stage, *range(10), who=("ann",))
        await outbox.read(stage, reaction, batch_max=6)

    async def test_goes_on_where_it_stood(self, restored: Pool, clock: MovingClock) -> None:
        await outbox.settle_origin(restored)
        reaction = writer()
        await outbox.subscribe(restored, [reaction])
        await moves(restored, 10, 11, who=("ann",))
        for _ in range(3):
            await drain(restored, reaction)
            clock.forward(minutes=10)
        assert await effects(restored) == list(range(12))

    async def test_keeps_its_name(self, stage: Pool, restored: Pool) -> None:
        assert await outbox.settle_origin(restored) == await outbox.settle_origin(stage)
