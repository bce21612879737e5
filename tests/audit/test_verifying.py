"""Verification: whatever a superuser does to the log, the first bad row is named."""

from pathlib import Path

import asyncpg
import pytest

from playerbase import audit
from playerbase.audit.actions import anchor
from playerbase.audit.rules import chain_of
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool
from tests.audit.conftest import CHAIN, COLUMNS, KEYS, Superuser, fill

Found = tuple[str, int]


async def found(pool: Pool, anchors: Path, keys: Keys = KEYS) -> list[Found]:
    """What is wrong, where; every finding on a row that stands names its id and time."""
    verdict = await audit.verify(pool, keys, anchors)
    for finding in verdict.findings:
        if finding.entry_id is not None:
            row = await pool.fetchrow(
                "select entry_id, at from audit.entries where chain = $1 and entry_id = $2",
                finding.chain,
                finding.entry_id,
            )
            assert row is not None
            assert row["at"] == finding.at
    return [(finding.wrong.value, finding.seq) for finding in verdict.findings]


async def test_what_nobody_touched_holds(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    assert superuser
    told: list[tuple[int, int]] = []

    verdict = await audit.verify(pool, KEYS, anchors, lambda rows, total: told.append((rows, total)))

    assert verdict.holds
    assert verdict.is_complete
    assert verdict.rows_checked == 13
    assert told[-1] == (13, 13)
    assert audit.Link(CHAIN, 10, await pool.fetchval("select hash from audit.heads where seq = 10")) in verdict.reached


async def test_an_empty_log_holds(pool: Pool, anchors: Path) -> None:
    assert (await audit.verify(pool, KEYS, anchors)).holds


async def test_an_edit(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    await superuser.does("update audit.entries set reason = 'innocent' where chain = {chain} and seq = 4")
    assert await found(pool, anchors) == [("edited", 4)]


async def test_an_edit_of_whitespace(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    await superuser.does(
        "update audit.entries set after = replace(after::text, ',', ', ')::json where chain = {chain} and seq = 4"
    )
    assert await found(pool, anchors) == [("edited", 4)]


async def test_an_edit_of_the_last_row(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    await superuser.does("update audit.entries set hash = sha256('x') where chain = {chain} and seq = 10")
    assert await found(pool, anchors) == [("edited", 10)]


async def test_a_deletion_in_the_middle(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    await superuser.does("delete from audit.entries where chain = {chain} and seq in (5, 6)")
    assert await found(pool, anchors) == [("missing", 5)]


async def test_a_deletion_in_the_middle_with_the_rest_renumbered(
    pool: Pool, superuser: Superuser, anchors: Path
) -> None:
    await superuser.does(
        "delete from audit.entries where chain = {chain} and seq in (5, 6)",
        "update audit.entries set seq = seq - 2 + 1000 where chain = {chain} and seq > 6",
        "update audit.entries set seq = seq - 1000 where chain = {chain} and seq > 1000",
    )
    assert await found(pool, anchors) == [("missing", 5)]


async def test_the_first_row_deleted(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    await superuser.does("delete from audit.entries where chain = {chain} and seq = 1")
    assert await found(pool, anchors) == [("front_cut", 1)]


async def test_a_cut_tail(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    await superuser.does("delete from audit.entries where chain = {chain} and seq > 8")
    assert await found(pool, anchors) == [("tail_cut", 9)]


async def test_a_whole_chain_cut(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    await superuser.does("delete from audit.entries where chain = {chain}")
    assert await found(pool, anchors) == [("tail_cut", 1)]


@pytest.mark.parametrize(("one", "other"), [(4, 5), (4, 8), (9, 10), (1, 2)])
async def test_a_reorder(pool: Pool, superuser: Superuser, anchors: Path, one: int, other: int) -> None:
    await superuser.does(
        "update audit.entries set seq = -1 where chain = {chain} and seq = {one}",
        "update audit.entries set seq = {one} where chain = {chain} and seq = {other}",
        "update audit.entries set seq = {other} where chain = {chain} and seq = -1",
        one=one,
        other=other,
    )
    assert await found(pool, anchors) == [("out_of_order", one)]


def forged(seq: int) -> str:
    """An insertion that copies another row's looks, under an id and a hash of its own."""
    changed = COLUMNS.replace("seq", str(seq)).replace("entry_id", "gen_random_uuid()").replace("hash", "sha256('h')")
    source = "audit.entries where chain = {chain} and seq = 2"
    return f"insert into audit.entries ({COLUMNS}) select {changed} from {source}"


async def test_an_insertion(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    await superuser.does(
        "update audit.entries set seq = seq + 1001 where chain = {chain} and seq > 5",
        "update audit.entries set seq = seq - 1000 where chain = {chain} and seq > 1000",
        forged(6),
    )
    assert await found(pool, anchors) == [("inserted", 6)]


@pytest.mark.parametrize("seq", [11, 500, 0, -7])
async def test_an_insertion_beyond_the_chain(pool: Pool, superuser: Superuser, anchors: Path, seq: int) -> None:
    await superuser.does(forged(seq))
    assert await found(pool, anchors) == [("inserted", seq)]


async def test_an_insertion_into_a_chain_that_is_none(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    await superuser.does(forged(11), "update audit.entries set chain = 99 where hash = sha256('h')")
    assert await found(pool, anchors) == [("inserted", 11)]


@pytest.mark.parametrize("low", [True, False])
async def test_a_second_row_with_one_number(pool: Pool, superuser: Superuser, anchors: Path, *, low: bool) -> None:
    """Also when the key that forbids it was dropped first, and whichever of the two is read first."""
    edge = "'00000000-0000-7000-8000-000000000000'" if low else "'ffffffff-ffff-7fff-bfff-ffffffffffff'"
    await superuser.does(
        "alter table audit.entries drop constraint entries_pkey",
        forged(6).replace("gen_random_uuid()", f"{edge}::uuid"),
    )
    assert await found(pool, anchors) == [("inserted", 6)]


async def test_a_forged_head(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    await superuser.does(
        "delete from audit.entries where chain = {chain} and seq > 8",
        "update audit.heads set seq = 8, hash = (select hash from audit.entries where chain = heads.chain and seq = 8)"
        " where chain = {chain}",
    )
    assert await found(pool, anchors) == [("head_forged", 8)]


async def test_a_head_far_away_is_no_long_walk(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    await superuser.does("update audit.heads set seq = 4611686018427387904 where chain = {chain}")
    assert await found(pool, anchors) == [("head_forged", 4611686018427387904)]


async def test_a_chain_without_a_head(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    await superuser.does("delete from audit.heads where chain = {chain}")
    assert await found(pool, anchors) == [("head_forged", 10)]


async def remembered(superuser: Superuser) -> asyncpg.Record:
    row = await superuser.connection.fetchrow("select seq, hash, mac from audit.heads where chain = $1", CHAIN)
    assert row is not None
    return row


OLD_HEAD = "update audit.heads set seq = {seq}, hash = '\\x{hash}', mac = '\\x{mac}' where chain = {chain}"


def told(head: asyncpg.Record) -> dict[str, object]:
    return {"seq": head["seq"], "hash": head["hash"].hex(), "mac": head["mac"].hex()}


async def set_back(superuser: Superuser, head: asyncpg.Record) -> None:
    """Cut the tail and put back the head that was good then: a chain whole in itself."""
    await superuser.does("delete from audit.entries where chain = {chain} and seq > {seq}", OLD_HEAD, **told(head))


async def test_an_old_head_without_the_cut(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    head = await remembered(superuser)
    await fill(pool, 5)
    await superuser.does(OLD_HEAD, **told(head))
    assert await found(pool, anchors) == [("head_forged", 11)]


async def test_a_chain_set_back_to_an_old_head_is_told_by_the_anchors(
    pool: Pool, superuser: Superuser, anchors: Path
) -> None:
    head = await remembered(superuser)
    await fill(pool, 5)
    await anchor(pool)
    await set_back(superuser, head)

    assert await found(pool, anchors) == [("anchor_contradicts", 11)]
    anchors.unlink()
    assert await found(pool, anchors) == []  # The chain alone cannot know: that is what anchors are for.


async def test_a_chain_set_back_that_grew_anew_is_told_too(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    head = await remembered(superuser)
    await fill(pool, 5)
    await anchor(pool)
    await set_back(superuser, head)
    await fill(pool, 9)
    await anchor(pool)

    assert await found(pool, anchors) == [("anchor_contradicts", 15)]


async def test_a_chain_set_back_to_nothing(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    await anchor(pool)
    await superuser.does(
        "delete from audit.entries where chain = {chain}",
        "update audit.heads set seq = 0, hash = '', mac = '' where chain = {chain}",
    )
    assert await found(pool, anchors) == [("anchor_contradicts", 1)]


async def test_another_secret(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    assert superuser
    assert {wrong for wrong, _ in await found(pool, anchors, Keys.derive(bytes(32)))} == {"other_key"}


async def test_a_rotated_secret_still_verifies_what_the_old_one_wrote(
    pool: Pool, superuser: Superuser, anchors: Path
) -> None:
    rotated = Keys.derive(bytes(32), previous=[bytes(range(32))])
    await anchor(pool)
    audit.use(rotated, anchors)
    await fill(pool, 5)
    await anchor(pool)

    assert await found(pool, anchors, rotated) == []
    await superuser.does("update audit.entries set reason = 'innocent' where chain = {chain} and seq = 12")
    assert await found(pool, anchors, rotated) == [("edited", 12)]


async def test_the_first_of_several_is_named_in_each_chain(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    await superuser.does(
        "update audit.entries set agent = 'x' where chain = {chain} and seq in (3, 7)",
        "delete from audit.entries where chain = {other} and seq = 2",
        other=chain_of("tomas"),
    )
    assert sorted(await found(pool, anchors)) == [("edited", 3), ("missing", 2)]
