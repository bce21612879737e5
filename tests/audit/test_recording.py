"""Recording: rows in their chains, together or not at all."""

import asyncio
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from playerbase import audit
from playerbase.kit import crypto
from playerbase.kit.db import Db, Pool, Tx, transaction
from tests.audit.conftest import KEYS, deed, fill


async def rows(db: Db) -> list[asyncpg.Record]:
    return await db.fetch("select * from audit.entries order by chain, seq")


async def test_a_deed_becomes_a_row_with_everything_in_it(tx: Tx) -> None:
    player_id = uuid4()
    await audit.record(tx, deed(7, player_id=player_id, outcome="failed", trace_id="t" * 32))

    (row,) = await rows(tx)
    kept = {name: row[name] for name in set(row.keys()) - {"chain", "seq", "entry_id", "at", "ip_sealed", "hash"}}
    assert kept == {
        "actor_kind": "staff",
        "actor_id": "ilse",
        "player_id": player_id,
        "action": "player_suspended",
        "target_kind": "player",
        "target_id": "player-7",
        "outcome": "failed",
        "before": '{"status":"active"}',
        "after": '{"status":"suspended","days":7}',
        "reason": "case 7",
        "agent": "Browser/1",
        "request_id": "request-7",
        "trace_id": "t" * 32,
    }
    assert row["seq"] == 1
    assert row["entry_id"].version == 7


async def test_a_dump_shows_no_address(tx: Tx) -> None:
    await audit.record_all(tx, [deed(7), deed(7, actor_kind="anonymous", actor_id="ip:198.51.100.7")])

    for row in await rows(tx):
        assert not any("198.51.100.7" in str(value) for value in row.values())
        place = {"table": "audit.entries", "column": "ip_sealed", "row": str(row["entry_id"])}
        assert crypto.open_sealed(KEYS, row["ip_sealed"], **place) == b"198.51.100.7"


async def test_an_address_has_one_stand_in(tx: Tx) -> None:
    await audit.record_all(tx, [deed(at, actor_kind="anonymous") for at in (7, 8, 7)])

    actors = [row["actor_id"] for row in await tx.fetch("select actor_id from audit.entries order by entry_id")]
    assert actors[0] == actors[2] != actors[1]
    assert len(actors[0]) == 16


async def test_a_batch_is_what_one_by_one_would_have_been(tx: Tx) -> None:
    deeds = [deed(number, actor=f"actor-{number % 5}") for number in range(40)]
    await audit.record_all(tx, deeds)
    async with tx.transaction():
        for each in deeds:
            await audit.record(tx, each)

    columns = "chain, action, actor_id, target_id, before::text, after::text, reason, request_id"
    together = await tx.fetch(
        f"select {columns} from (select *, count(*) over (partition by chain) n from audit.entries) e"
        " where seq <= n / 2 order by chain, seq"
    )
    alone = await tx.fetch(
        f"select {columns} from (select *, count(*) over (partition by chain) n from audit.entries) e"
        " where seq > n / 2 order by chain, seq"
    )
    assert together == alone
    assert len(together) == 40


async def test_nothing_recorded_is_nothing_written(tx: Tx) -> None:
    await audit.record_all(tx, [])
    assert await rows(tx) == []


async def test_an_action_that_is_rolled_back_leaves_no_row(pool: Pool, anchors: Path) -> None:
    class Changed(Exception):
        """The action came to nothing."""

    async def action() -> None:
        async with transaction(pool) as tx:
            await audit.record(tx, deed())
            raise Changed

    with pytest.raises(Changed):
        await action()
    await fill(pool, 1)

    assert [row["seq"] for row in await pool.fetch("select seq from audit.entries")] == [1]
    assert (await audit.verify(pool, KEYS, anchors)).holds


async def test_many_at_once_leave_whole_chains(pool: Pool, anchors: Path) -> None:
    """Twenty writers, alone and in batches that lock several chains: no lost row, no deadlock."""

    async def write(writer: int) -> None:
        for turn in range(10):
            async with transaction(pool) as tx:
                if turn % 2:
                    await audit.record(tx, deed(turn, actor=f"actor-{writer}"))
                else:
                    await audit.record_all(tx, [deed(turn, actor=f"actor-{writer * other}") for other in range(6)])

    await asyncio.gather(*(write(writer) for writer in range(20)))

    verdict = await audit.verify(pool, KEYS, anchors)
    assert verdict.holds
    assert verdict.rows_checked == 20 * (5 + 5 * 6)
    assert await pool.fetchval("select count(distinct chain) from audit.entries") > 1


async def test_what_is_no_text_to_the_database_is_still_recorded(tx: Tx) -> None:
    await audit.record(tx, deed(agent="a\0b\ud800", reason="x" * 5_000, after={"list": ["y" * 100_000]}))

    (row,) = await rows(tx)
    assert row["agent"] == "a\N{REPLACEMENT CHARACTER}b?"
    assert len(row["reason"]) == 500
    assert row["after"] == '{"too_long_bytes":100013}'


@pytest.mark.parametrize(
    "statement",
    [
        "update audit.entries set reason = 'another'",
        "delete from audit.entries",
        "truncate audit.entries",
        "delete from audit.heads",
        "truncate audit.heads",
        "update audit.heads set seq = seq - 1 where seq > 0",
        "update audit.heads set seq = seq where seq > 0",
    ],
)
async def test_the_tables_refuse_to_forget(tx: Tx, statement: str) -> None:
    await audit.record(tx, deed())

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with tx.transaction():
            await tx.execute(statement)


async def test_nothing_is_appended_to_a_head_that_is_not_ours(pool: Pool, anchors: Path) -> None:
    assert not anchors.exists()
    await fill(pool, 3)
    await pool.execute("update audit.heads set seq = 4, mac = '' where seq > 0")

    with pytest.raises(audit.HeadForged):
        await fill(pool, 1)
