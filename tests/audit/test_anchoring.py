"""Anchors, the scheduled verification and the command."""

import hmac
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from playerbase import audit, settings
from playerbase.audit.actions import anchor, watch, watched
from playerbase.audit.rules import cell, chain_of
from playerbase.kit.db import Pool, reading
from tests.audit.conftest import CHAIN, KEYS, SECRET, Superuser, fill


async def test_an_anchor_is_written_when_something_moved(pool: Pool, anchors: Path) -> None:
    for count in (0, 0, 3, 0, 2):
        await fill(pool, count)
        await anchor(pool)

    lines = [json.loads(line) for line in anchors.read_text().splitlines()]
    assert [line["heads"][0][:2] if line["heads"] else [] for line in lines] == [[], [CHAIN, 3], [CHAIN, 5]]


async def test_a_line_somebody_else_wrote_is_named(pool: Pool, anchors: Path) -> None:
    await fill(pool, 3)
    await anchor(pool)
    line = anchors.read_text()
    anchors.write_text(line + line.replace(f"[{CHAIN},3,", f"[{CHAIN},2,"))

    (finding,) = (await audit.verify(pool, KEYS, anchors)).findings
    assert finding.wrong is audit.Wrong.ANCHOR_FORGED
    assert finding.says.startswith("Line 2 ")


async def test_a_torn_line_spoils_neither_file_nor_verdict(pool: Pool, anchors: Path) -> None:
    await fill(pool, 3)
    await anchor(pool)
    anchors.write_bytes(anchors.read_bytes()[:-40])
    await fill(pool, 1)
    await anchor(pool)

    assert (await audit.verify(pool, KEYS, anchors)).holds
    assert [json.loads(anchors.read_text().splitlines()[-1])["heads"][0][1]] == [4]


async def test_a_forged_head_gets_no_anchor(pool: Pool, anchors: Path) -> None:
    await fill(pool, 3)
    await pool.execute("update audit.heads set seq = 9 where seq = 3")
    await anchor(pool)

    assert json.loads(anchors.read_text())["heads"] == []


async def test_the_watch_looks_at_what_is_new_and_once_a_day_at_all(pool: Pool, anchors: Path, clock: Any) -> None:
    assert not anchors.exists()
    await fill(pool, 5)
    looked = [(await watch(pool)).rows_checked]
    await fill(pool, 2)
    clock.forward(hours=1)
    looked.append((await watch(pool)).rows_checked)
    clock.forward(hours=1)
    looked.append((await watch(pool)).rows_checked)
    clock.forward(hours=23)
    looked.append((await watch(pool)).rows_checked)

    assert looked == [5, 2, 0, 7]


async def test_what_was_found_stays_found_until_it_is_mended(pool: Pool, anchors: Path, clock: Any) -> None:
    assert not anchors.exists()
    await fill(pool, 5)
    await watch(pool)
    async with reading(pool) as connection:
        superuser = Superuser(connection)
        # The row the next run would begin after: it begins anew and finds the one before it as well.
        await superuser.does("update audit.entries set reason = 'x' || reason where chain = {chain} and seq = 3")
        await superuser.does("update audit.entries set hash = sha256('x') where chain = {chain} and seq = 5")
        for _ in range(2):
            clock.forward(hours=1)
            verdict = await watch(pool)
            assert [(finding.wrong.value, finding.seq) for finding in verdict.findings] == [("edited", 3)]
        last = await watched(connection)
        assert last is not None
        assert last.verdict.findings == verdict.findings


async def test_old_verdicts_go(pool: Pool, anchors: Path, clock: Any) -> None:
    assert not anchors.exists()
    await watch(pool)
    clock.forward(days=91)
    await watch(pool)
    assert await pool.fetchval("select count(*) from audit.verdicts") == 1


async def test_a_run_that_ends_early_says_how_far_it_came(pool: Pool, anchors: Path) -> None:
    await fill(pool, 5)
    half = await audit.verify(pool, KEYS, anchors, seconds_max=0)
    assert (half.is_complete, half.rows_checked, half.holds) == (False, 0, True)

    whole = await audit.verify(pool, KEYS, anchors, since=half.reached)
    assert (whole.is_complete, whole.rows_checked) == (True, 5)


@pytest.fixture
def told(dsn: str, tmp_path: Path) -> settings.Settings:
    environ = {
        "DATABASE_URL": dsn,
        "REDIS_URL": "redis://localhost/0",
        "PUBLIC_URL": "http://test",
        "PLAYERBASE_SECRET": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "PLAYERBASE_HOME": str(tmp_path),
    }
    return settings.read(environ)


async def test_the_command_says_what_it_found(
    pool: Pool, told: settings.Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told.secret == SECRET
    audit.use(KEYS, tmp_path / "audit-anchors.jsonl")
    await fill(pool, 5)
    await anchor(pool)

    assert await audit.verify_command(told, KEYS) == 0
    said = capsys.readouterr().out
    assert "5 rows followed" in said
    assert "The audit log is whole." in said
    assert "no anchors" not in said

    async with reading(pool) as connection:
        await Superuser(connection).does("update audit.entries set reason = 'x' where chain = {chain} and seq = 4")
        entry_id = await connection.fetchval("select entry_id from audit.entries where seq = 4")
    assert await audit.verify_command(told, KEYS) == 1
    said = capsys.readouterr().out
    assert f"EDITED: chain {CHAIN}, row 4, entry {entry_id} of " in said


async def test_without_anchors_nothing_is_proved(
    pool: Pool, told: settings.Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await fill(pool, 1)
    assert await audit.verify_command(told, KEYS) == 1
    said = capsys.readouterr().out
    assert "NOT proved: there are no anchors" in said
    assert "is whole" not in said


def test_actors_are_spread_over_the_chains() -> None:
    counts = [0] * 8
    for number in range(8_000):
        counts[chain_of(f"player-{number}")] += 1
    assert min(counts) > 800


def test_cells() -> None:
    assert [cell(text) for text in ("=1", "a=1", "", "-1", "\ta")] == ["'=1", "a=1", "", "'-1", "'\ta"]


async def test_hashes_are_what_the_decision_record_says(pool: Pool, anchors: Path) -> None:
    """Computed here once more from the columns alone, so that the form of a row cannot change unnoticed."""
    assert not anchors.exists()
    await fill(pool, 2)
    columns = (
        "chain, seq, entry_id, at, actor_kind, actor_id, player_id, action, target_kind, target_id, outcome,"
        " before, after, reason, ip_sealed, agent, request_id, trace_id"
    )
    previous = bytes(32)
    for row in await pool.fetch(f"select {columns}, hash from audit.entries order by seq"):
        *values, hash_ = row
        previous = hmac.digest(KEYS.subkey("audit"), previous + msgspec.msgpack.encode(values), "sha256")
        assert previous == hash_
    assert previous == await pool.fetchval("select hash from audit.heads where seq = 2")
