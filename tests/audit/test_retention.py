"""Retention: what is older than the policy goes from the front of the chains, under a signed start."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerbase import app, audit, schema, settings
from playerbase.audit import reactions, rules
from playerbase.audit.actions import prune, retain, watch
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool, broken, open_pool, transaction
from tests.audit.conftest import CHAIN, KEYS, SECRET, Pruned, Superuser, deed, fill, keep


async def seqs(pool: Pool, actor: str = "ilse") -> list[int]:
    rows = await pool.fetch("select seq from audit.entries where chain = $1 order by seq", rules.chain_of(actor))
    return [row["seq"] for row in rows]


async def entries(pool: Pool, action: str) -> list[dict[str, Any]]:
    rows = await pool.fetch(
        "select actor_kind, before, after from audit.entries where action = $1 order by chain, seq", action
    )
    return [{"by": row["actor_kind"], **json.loads(row["before"] or "{}"), **json.loads(row["after"])} for row in rows]


async def test_unless_somebody_says_otherwise_everything_is_kept(pool: Pool, superuser: Superuser, clock: Any) -> None:
    assert superuser
    clock.forward(days=5_000)
    assert await prune(pool) == 0
    assert await pool.fetchval("select count(*) from audit.entries") == 13


async def test_what_is_old_goes_and_what_is_left_still_verifies(pool: Pool, pruned: Pruned, anchors: Path) -> None:
    assert await seqs(pool) == [11, 12, 13, 14, 15, 16]
    assert await seqs(pool, "tomas") == []
    for _ in range(2):
        verdict = await audit.verify(pool, KEYS, anchors)
        assert verdict.holds
        assert verdict.is_complete
        assert verdict.rows_checked == 7  # And the row of who set the policy.
        anchors.unlink(missing_ok=True)
    assert await broken(pruned.connection, schema.INVARIANTS) == []
    assert await prune(pool) == 0


async def test_the_entry_says_how_many_and_until_when(pool: Pool, pruned: Pruned) -> None:
    (said,) = await entries(pool, "audit_pruned")
    until = await pruned.connection.fetchval("select max(at) from kept where at < $1", await _young(pool))
    assert said == {
        "by": "system",
        "rows": 13,
        "until": until.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "days": 365,
        "starts": {str(CHAIN): 10, str(rules.chain_of("tomas")): 3},
    }


async def _young(pool: Pool) -> datetime:
    young: datetime = await pool.fetchval("select min(at) from audit.entries")
    return young


async def test_an_emptied_chain_grows_on_where_it_ended(pool: Pool, pruned: Pruned, anchors: Path) -> None:
    await fill(pool, 2, actor="tomas")
    assert await seqs(pool, "tomas") == [4, 5]
    assert (await audit.verify(pool, KEYS, anchors)).holds
    assert await broken(pruned.connection, schema.INVARIANTS) == []


async def test_slices_are_commits_of_their_own(pool: Pool, superuser: Superuser, anchors: Path, clock: Any) -> None:
    assert superuser
    await keep(pool, 90)
    clock.forward(days=91)
    assert await prune(pool, slice_rows=4) == 14
    said = await entries(pool, "audit_pruned")
    assert [each["rows"] for each in said] == [4 + 3 + 1, 4, 2]
    assert [each["starts"][str(CHAIN)] for each in said] == [4, 8, 10]
    assert (await audit.verify(pool, KEYS, anchors)).holds


async def test_nothing_younger_than_ninety_days_goes(pool: Pool, superuser: Superuser, clock: Any) -> None:
    await keep(pool, 90)
    clock.forward(days=89, hours=23)
    assert await prune(pool) == 0
    with pytest.raises(asyncpg.CheckViolationError):
        await superuser.does("update audit.retention set days = 89")
    clock.forward(hours=2)
    assert await prune(pool) == 14


@given(days=st.integers(-10, 36_500))
def test_no_policy_reaches_below_the_floor(days: int) -> None:
    now = datetime(2026, 5, 4, tzinfo=UTC)
    before = rules.policy.removable_before(now, days)
    assert before is not None
    assert now - before == timedelta(days=max(days, 90))
    assert rules.policy.removable_before(now, None) is None


async def test_a_younger_row_holds_back_those_behind_it(pool: Pool, anchors: Path, clock: Any) -> None:
    """Whole beginnings only: a clock that was set back leaves an old row behind a young one."""
    await fill(pool, 2)
    clock.forward(days=100)
    await fill(pool, 1)
    clock.forward(days=-100)
    await fill(pool, 2)
    clock.forward(days=120)
    await keep(pool, 90)
    assert await prune(pool) == 2
    assert await seqs(pool) == [3, 4, 5, 6]
    assert (await audit.verify(pool, KEYS, anchors)).holds


async def test_who_changes_their_mind_in_time_loses_nothing(pool: Pool, superuser: Superuser, clock: Any) -> None:
    assert superuser
    await keep(pool, 90)
    await keep(pool, None)
    clock.forward(days=400)
    assert await prune(pool) == 0
    assert await entries(pool, "audit_retention_changed") == [
        {"by": "staff", "days": 90},
        {"by": "staff", "days": None},
    ]


async def test_the_hourly_verification_goes_on_over_what_was_removed(
    pool: Pool, superuser: Superuser, clock: Any
) -> None:
    assert superuser
    await watch(pool)
    clock.forward(hours=1)
    await keep(pool, 90)
    assert (await watch(pool)).rows_checked == 1
    clock.forward(days=91)
    await fill(pool, 4)
    await prune(pool)
    looked = await watch(pool)
    assert (looked.holds, looked.rows_checked) == (True, 5)


async def test_rows_start_and_entry_are_one_commit(pool: Pool, superuser: Superuser, clock: Any) -> None:
    await keep(pool, 90)
    clock.forward(days=91)
    # The entry about it would go into this chain, and nothing is appended to a head that is not ours.
    await superuser.does("update audit.heads set mac = '' where chain = {chain}")
    with pytest.raises(audit.HeadForged):
        await prune(pool)
    assert len(await seqs(pool, "tomas")) == 3
    assert await pool.fetchval("select max(seq) from audit.starts") == 0


async def test_the_job_is_known_and_waits_for_everything_else(pool: Pool, superuser: Superuser, clock: Any) -> None:
    assert superuser
    schedule = reactions.remove_old_entries
    assert schedule in app.SCHEDULES
    assert (schedule.job.lane, schedule.period) == ("low", timedelta(days=1))
    await keep(pool, 90)
    clock.forward(days=91)
    await schedule.job.run(pool, None)
    assert await seqs(pool) == [11]


@pytest.mark.parametrize(
    "statement",
    [
        "delete from audit.entries where seq = 11",
        "update audit.entries set reason = 'another' where seq = 11",
        "delete from audit.starts",
        "truncate audit.starts",
        "update audit.starts set seq = 9 where seq = 10",
        "update audit.starts set mac = '' where seq = 10",
        "delete from audit.retention",
        "truncate audit.retention",
        "update audit.retention set days = 90",
    ],
)
async def test_the_tables_let_go_of_nothing_else(pruned: Pruned, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pruned.connection.execute(statement)


@pytest.fixture
async def owner(dsn: str, server: str) -> AsyncIterator[Pool]:
    """The connections of a user who owns the tables and is no superuser, as most installations will have it."""
    name = f"owner_{uuid4().hex}"
    root = await asyncpg.connect(dsn)
    await root.execute(f"create role {name} login")
    await root.execute(f"grant usage on schema audit to {name}")
    for table in ("entries", "heads", "starts", "retention", "verdicts"):
        await root.execute(f"alter table audit.{table} owner to {name}")
    pool = await open_pool(urlsplit(dsn)._replace(netloc=f"{name}@").geturl())
    yield pool
    await pool.close()
    await root.execute(f"reassign owned by {name} to current_user")
    await root.execute(f"drop owned by {name}")
    await root.close()
    other = await asyncpg.connect(server)
    await other.execute(f"drop role {name}")
    await other.close()


async def test_an_owner_who_is_no_superuser_may_do_all_this(owner: Pool, anchors: Path, clock: Any) -> None:
    assert not await owner.fetchval("select usesuper from pg_user where usename = current_user")
    await fill(owner, 10)
    await keep(owner, 90)
    clock.forward(days=91)
    assert await prune(owner) == 11
    assert (await audit.verify(owner, KEYS, anchors)).holds
    for statement in ("truncate audit.entries", "update audit.entries set reason = ''", "delete from audit.entries"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await owner.execute(statement)


async def test_removing_and_recording_at_once(pool: Pool, anchors: Path, clock: Any) -> None:
    """Twelve writers into all chains, three who remove, one who verifies over and over: every chain stays whole."""
    async with transaction(pool) as tx:
        await audit.record_all(tx, [deed(number, actor=f"actor-{number % 40}") for number in range(800)])
    await keep(pool, 90)
    clock.forward(days=91)
    done = asyncio.Event()

    async def write(writer: int) -> None:
        for turn in range(12):
            async with transaction(pool) as tx:
                await audit.record_all(tx, [deed(turn, actor=f"actor-{writer * other}") for other in range(4)])

    async def look() -> int:
        looked = 0
        while not done.is_set() or not looked:
            assert (await audit.verify(pool, KEYS, anchors)).findings == ()
            looked += 1
        return looked

    looking = asyncio.create_task(look())
    removed = await asyncio.gather(
        *(prune(pool, slice_rows=9) for _ in range(3)), *(write(writer) for writer in range(12))
    )
    done.set()
    assert await looking > 0
    assert sum(each or 0 for each in removed) == 801
    pruned = await entries(pool, "audit_pruned")
    assert sum(each["rows"] for each in pruned) == 801
    verdict = await audit.verify(pool, KEYS, anchors)
    assert verdict.holds
    assert verdict.rows_checked == 12 * 12 * 4 + len(pruned)


async def test_rows_that_go_while_a_verification_stands_among_them(
    dsn: str, pool: Pool, anchors: Path, clock: Any
) -> None:
    await fill(pool, 5_000)
    await keep(pool, 90)
    clock.forward(days=91)
    await fill(pool, 10)
    alone = await open_pool(dsn, size_max=1)  # Who shares one connection takes turns.
    verdict, removed = await asyncio.gather(audit.verify(alone, KEYS, anchors), prune(alone, slice_rows=3_000))
    await alone.close()
    assert removed == 5_001
    assert verdict.findings == ()
    assert verdict.rows_checked < 5_000


async def test_two_changes_at_once_are_two_versions(pool: Pool, anchors: Path) -> None:
    await asyncio.gather(*(keep(pool, days) for days in range(90, 100)))
    assert await pool.fetchval("select version from audit.retention") == 10
    assert (await audit.verify(pool, KEYS, anchors)).holds


async def test_no_slice_goes_by_a_policy_that_is_being_changed(pool: Pool, superuser: Superuser, clock: Any) -> None:
    assert superuser
    await keep(pool, 90)
    clock.forward(days=91)
    async with asyncio.timeout(10), transaction(pool) as tx:
        await retain(tx, None, by=deed(actor="anna"))
        removing = asyncio.create_task(prune(pool))
        while not await tx.fetchval("select exists (select from pg_locks where not granted)"):
            assert not removing.done()
    assert await removing == 0


async def test_the_command_says_what_was_removed(
    pruned: Pruned, dsn: str, anchors: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pruned
    environ = {
        "DATABASE_URL": dsn,
        "REDIS_URL": "redis://localhost/0",
        "PUBLIC_URL": "http://test",
        "PLAYERBASE_SECRET": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "PLAYERBASE_HOME": str(tmp_path),
    }
    told = settings.read(environ)
    assert told.secret == SECRET
    anchors.rename(tmp_path / "audit-anchors.jsonl")
    assert await audit.verify_command(told, KEYS) == 0
    said = capsys.readouterr().out
    assert "13 older rows were removed by policy, the last of " in said
    assert "The audit log is whole." in said


async def test_a_rotated_secret_goes_on_removing(pool: Pool, pruned: Pruned, anchors: Path, clock: Any) -> None:
    rotated = Keys.derive(bytes(32), previous=[SECRET])
    audit.use(rotated, anchors)
    clock.forward(days=366)
    await fill(pool, 2)
    assert await prune(pool) == 7
    assert (await audit.verify(pool, rotated, anchors)).holds
    assert await broken(pruned.connection, schema.INVARIANTS) == []
