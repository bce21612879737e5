"""A superuser and what the policy removed: a front that is cut, a start that is forged, set back or gone."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from playerbase import audit
from playerbase.audit import rules
from playerbase.audit.actions import anchor, prune, watch
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool, open_pool, reading
from tests.audit.conftest import CHAIN, COLUMNS, KEYS, Pruned, Superuser, fill, keep

UNCUT = "update audit.starts set seq = 0, hash = '', removed_until = null, mac = '' where chain = {chain}"
# All of a start that needs no key.
CLAIM = (
    "update audit.starts set seq = {seq}, hash = (select hash from audit.entries where chain = {chain} and seq = {seq})"
    " where chain = {chain}"
)
TOMAS = rules.chain_of("tomas")


async def found(pool: Pool, anchors: Path, keys: Keys = KEYS) -> list[tuple[str, int, int]]:
    verdict = await audit.verify(pool, keys, anchors)
    return [(finding.wrong.value, finding.chain, finding.seq) for finding in verdict.findings]


@pytest.mark.parametrize("last", [1, 4, 9])
async def test_a_front_cut_without_a_start(pool: Pool, superuser: Superuser, anchors: Path, last: int) -> None:
    await superuser.does("delete from audit.entries where chain = {chain} and seq <= {last}", last=last)
    assert await found(pool, anchors) == [("front_cut", CHAIN, 1)]


@pytest.mark.parametrize("last", [11, 13, 15])
async def test_a_front_cut_beyond_the_start(pool: Pool, pruned: Pruned, anchors: Path, last: int) -> None:
    await pruned.does("delete from audit.entries where chain = {chain} and seq <= {last}", last=last)
    assert await found(pool, anchors) == [("front_cut", CHAIN, 11)]
    (finding,) = (await audit.verify(pool, KEYS, anchors)).findings
    assert "the policy removed those up to 10" in finding.says


async def test_everything_after_the_start_gone(pool: Pool, pruned: Pruned, anchors: Path) -> None:
    await pruned.does("delete from audit.entries where chain = {chain}")
    assert await found(pool, anchors) == [("tail_cut", CHAIN, 11)]


@pytest.mark.parametrize(
    "edit",
    [
        "seq = 9",
        "seq = 11",
        "hash = sha256('x')",
        "hash = ''",
        "removed_until = removed_until + interval '1 microsecond'",
        "removed_until = null",
        "mac = sha256('x')",
        "mac = ''",
        "seq = 0, hash = ''",
        f"chain = 99 where chain = {CHAIN} --",
    ],
)
async def test_a_start_that_was_edited(pool: Pool, pruned: Pruned, anchors: Path, edit: str) -> None:
    await pruned.does(f"update audit.starts set {edit} where chain = {CHAIN}")
    ((wrong, chain, _),) = await found(pool, anchors)
    assert (wrong, chain) == ("start_forged", CHAIN)


async def test_a_start_that_was_moved_to_fit_a_cut(pool: Pool, pruned: Pruned, anchors: Path) -> None:
    await pruned.does(
        CLAIM,
        "delete from audit.entries where chain = {chain} and seq <= {seq}",
        seq=12,
    )
    assert await found(pool, anchors) == [("start_forged", CHAIN, 12)]


async def test_the_start_of_another_chain(pool: Pool, pruned: Pruned, anchors: Path) -> None:
    await pruned.does(
        "update audit.starts as mine set seq = other.seq, hash = other.hash, removed_until = other.removed_until,"
        f" mac = other.mac from audit.starts as other where mine.chain = {CHAIN} and other.chain = {TOMAS}"
    )
    assert await found(pool, anchors) == [("start_forged", CHAIN, 3)]


async def test_a_start_that_is_gone(pool: Pool, pruned: Pruned, anchors: Path) -> None:
    await pruned.does("delete from audit.starts where chain = {chain}")
    assert await found(pool, anchors) == [("start_forged", CHAIN, 0)]


async def test_a_start_forged_while_a_verification_runs(
    dsn: str, pool: Pool, superuser: Superuser, anchors: Path
) -> None:
    """One that moves meanwhile is believed only if we signed it."""
    assert superuser
    alone = await open_pool(dsn, size_max=1)  # Who shares one connection takes turns.

    async def cut() -> None:
        async with reading(alone) as connection:
            await Superuser(connection).does(
                CLAIM,
                "delete from audit.entries where chain = {chain} and seq <= {seq}",
                seq=3,
            )

    verdict, _ = await asyncio.gather(audit.verify(alone, KEYS, anchors), cut())
    await alone.close()
    assert [(finding.wrong.value, finding.seq) for finding in verdict.findings] == [("front_cut", 1)]
    assert await found(pool, anchors) == [("start_forged", CHAIN, 3)]


async def test_a_start_taken_back_leaves_a_cut_front(pool: Pool, pruned: Pruned, anchors: Path) -> None:
    await pruned.does(UNCUT)
    assert await found(pool, anchors) == [("start_set_back", CHAIN, 0)]
    anchors.unlink()
    assert await found(pool, anchors) == [("front_cut", CHAIN, 1)]


async def test_a_start_set_back_to_an_older_one(pool: Pool, pruned: Pruned, anchors: Path, clock: Any) -> None:
    older = await pruned.remembered_start()
    clock.forward(days=366)
    await fill(pool, 2)
    assert await prune(pool) == 7
    await pruned.does(older)

    assert await found(pool, anchors) == [("start_set_back", CHAIN, 10)]
    await fill(pool, 1)
    await anchor(pool)  # What it then says of the start is no excuse.
    assert await found(pool, anchors) == [("start_set_back", CHAIN, 10)]
    anchors.unlink()
    assert await found(pool, anchors) == [("front_cut", CHAIN, 11)]


async def test_a_start_set_back_with_its_rows_is_told_by_the_anchors(pool: Pool, pruned: Pruned, anchors: Path) -> None:
    """Every row is ours, and so was the start: as if nothing had ever been removed."""
    await pruned.does(UNCUT, f"insert into audit.entries select * from kept where chain = {CHAIN} and seq <= 10")
    assert await found(pool, anchors) == [("start_set_back", CHAIN, 0)]
    anchors.unlink()
    assert await found(pool, anchors) == []  # The chain alone cannot know: that is what anchors are for.


async def test_the_job_anchors_its_starts_at_once(pruned: Pruned, anchors: Path) -> None:
    assert f'"starts":[[{CHAIN},10,"' in anchors.read_text().splitlines()[-1]
    assert pruned


@pytest.mark.parametrize("seq", [1, 10])
async def test_removed_rows_that_are_put_back(pool: Pool, pruned: Pruned, anchors: Path, seq: int) -> None:
    """They would be shown and exported, and no verification would follow them."""
    await pruned.does(f"insert into audit.entries select * from kept where chain = {CHAIN} and seq = {seq}")
    assert await found(pool, anchors) == [("inserted", CHAIN, seq)]


async def test_a_row_invented_where_all_were_removed(pool: Pool, pruned: Pruned, anchors: Path) -> None:
    changed = COLUMNS.replace("seq", "2").replace("entry_id", "gen_random_uuid()").replace("hash", "sha256('h')")
    await pruned.does(
        f"insert into audit.entries ({COLUMNS}) select {changed.replace('chain', str(TOMAS))} from audit.entries"
        f" where chain = {CHAIN} and seq = 12"
    )
    assert await found(pool, anchors) == [("inserted", TOMAS, 2)]


async def test_a_head_set_back_to_before_the_start(pool: Pool, superuser: Superuser, anchors: Path, clock: Any) -> None:
    head = await superuser.connection.fetchrow("select * from audit.heads where chain = $1", TOMAS)
    assert head is not None
    await fill(pool, 3, actor="tomas")
    await keep(pool, 90)
    clock.forward(days=91)
    await prune(pool)
    await superuser.does(
        f"update audit.heads set seq = 3, hash = '\\x{head['hash'].hex()}', mac = '\\x{head['mac'].hex()}'"
        f" where chain = {TOMAS}"
    )
    assert await found(pool, anchors) == [("head_forged", TOMAS, 3)]
    anchors.unlink()
    assert await found(pool, anchors) == [("head_forged", TOMAS, 3)]


async def test_what_is_left_is_watched_as_before(pool: Pool, pruned: Pruned, anchors: Path) -> None:
    await pruned.does(
        "update audit.entries set reason = 'innocent' where chain = {chain} and seq = 11",
        f"delete from audit.heads where chain = {TOMAS}",
    )
    assert await found(pool, anchors) == [("edited", CHAIN, 11), ("head_forged", TOMAS, 3)]


async def test_a_deletion_further_on(pool: Pool, pruned: Pruned, anchors: Path) -> None:
    await pruned.does("delete from audit.entries where chain = {chain} and seq in (13, 14)")
    assert await found(pool, anchors) == [("missing", CHAIN, 13)]


async def test_another_secret(pool: Pool, pruned: Pruned, anchors: Path) -> None:
    assert pruned
    wrong = {wrong for wrong, _, _ in await found(pool, anchors, Keys.derive(bytes(32)))}
    assert wrong == {"other_key", "anchor_forged", "policy_forged"}


@pytest.mark.parametrize(
    ("edit", "stays"),
    [
        ("update audit.entries set reason = 'innocent' where chain = {chain} and seq = 4", [*range(1, 12)]),
        ("delete from audit.entries where chain = {chain} and seq = 4", [1, 2, 3, *range(5, 12)]),
        ("delete from audit.entries where chain = {chain} and seq = 1", [*range(2, 12)]),
        ("update audit.heads set mac = '' where chain = {chain}", None),
        (CLAIM.replace("{seq}", "2"), [*range(1, 12)]),
        ("delete from audit.starts where chain = {chain}", [*range(1, 12)]),
    ],
)
async def test_nothing_goes_from_a_chain_that_was_touched(
    pool: Pool, superuser: Superuser, anchors: Path, clock: Any, edit: str, stays: list[int] | None
) -> None:
    """It would be swept away under our signature; left, it is named."""
    await keep(pool, 90)
    clock.forward(days=91)
    await superuser.does(edit)
    touched = await found(pool, anchors)
    assert touched
    if stays is None:
        with pytest.raises(audit.HeadForged):
            await prune(pool)
        return
    assert await prune(pool) == 4
    rows = await pool.fetch("select seq from audit.entries where chain = $1 order by seq", CHAIN)
    assert [row["seq"] for row in rows] == stays
    assert await found(pool, anchors) == touched


async def test_nothing_goes_under_a_head_that_is_not_ours(
    pool: Pool, superuser: Superuser, anchors: Path, clock: Any
) -> None:
    await keep(pool, 90)
    clock.forward(days=91)
    await superuser.does(f"update audit.heads set mac = '' where chain = {TOMAS}")
    assert await prune(pool) == 11
    assert await pool.fetchval("select count(*) from audit.entries where chain = $1", TOMAS) == 3
    assert await found(pool, anchors) == [("head_forged", TOMAS, 3)]


async def test_nothing_goes_again_that_was_put_back(pool: Pool, pruned: Pruned, anchors: Path) -> None:
    """Else the job itself would take away what shows that the start was set back."""
    await pruned.does(UNCUT, f"insert into audit.entries select * from kept where chain = {CHAIN} and seq <= 10")
    assert await prune(pool) == 0
    assert await found(pool, anchors) == [("start_set_back", CHAIN, 0)]


async def test_a_row_made_to_look_old_does_not_go(pool: Pool, superuser: Superuser, anchors: Path, clock: Any) -> None:
    await keep(pool, 90)
    clock.forward(days=30)
    await superuser.does("update audit.entries set at = at - interval '80 days' where chain = {chain}")
    assert await prune(pool) == 0
    assert await found(pool, anchors) == [("edited", CHAIN, 1)]


async def test_nothing_goes_while_the_log_does_not_hold(pool: Pool, superuser: Superuser, clock: Any) -> None:
    await keep(pool, 90)
    clock.forward(days=91)
    await superuser.does(f"update audit.entries set reason = 'innocent' where chain = {TOMAS}")
    await watch(pool)
    assert await prune(pool) == 0


async def test_nothing_goes_that_contradicts_an_anchor(
    pool: Pool, superuser: Superuser, anchors: Path, clock: Any
) -> None:
    head = await superuser.connection.fetchrow("select * from audit.heads where chain = $1", CHAIN)
    assert head is not None
    await fill(pool, 2)
    await anchor(pool)
    await superuser.does(
        "delete from audit.entries where chain = {chain} and seq > 10",
        f"update audit.heads set seq = 10, hash = '\\x{head['hash'].hex()}', mac = '\\x{head['mac'].hex()}'"
        " where chain = {chain}",
    )
    await fill(pool, 2)
    await keep(pool, 90)
    clock.forward(days=91)
    assert await prune(pool) == 3 + 1
    assert await found(pool, anchors) == [("anchor_contradicts", CHAIN, 12)]


async def test_an_anchor_shipped_away_tells_where_the_chain_may_begin(
    pool: Pool, superuser: Superuser, anchors: Path, clock: Any
) -> None:
    """A chain set back that grew anew and lost its front since: the start is ours, and not the row an anchor names."""
    old = await superuser.connection.fetchrow("select * from audit.heads where chain = $1", CHAIN)
    assert old is not None
    await fill(pool, 2)
    await anchor(pool)
    shipped = anchors.rename(anchors.with_name("shipped.jsonl"))
    await superuser.does(
        "delete from audit.entries where chain = {chain} and seq > 10",
        f"update audit.heads set seq = 10, hash = '\\x{old['hash'].hex()}', mac = '\\x{old['mac'].hex()}'"
        " where chain = {chain}",
    )
    await fill(pool, 2)
    await keep(pool, 90)
    clock.forward(days=91)
    assert await prune(pool) == 16
    assert await found(pool, anchors) == []
    assert await found(pool, shipped) == [("anchor_contradicts", CHAIN, 12)]


@pytest.mark.parametrize(
    "edit",
    [
        "update audit.retention set days = 90",
        "update audit.retention set days = null",
        "update audit.retention set version = 0",
        "update audit.retention set version = version + 1",
        "update audit.retention set set_by = 'tomas'",
        "update audit.retention set mac = ''",
        "delete from audit.retention",
    ],
)
async def test_a_policy_by_hand_removes_nothing_and_is_named(
    pool: Pool, superuser: Superuser, anchors: Path, clock: Any, edit: str
) -> None:
    await keep(pool, 4_000)
    clock.forward(days=3_000)
    await superuser.does(edit)
    assert await found(pool, anchors) == [("policy_forged", -1, 0)]
    assert await prune(pool) == 0
    await watch(pool)
    assert await prune(pool) == 0


@pytest.mark.parametrize("edit", ["days = 90", "set_by = 'tomas'"])
async def test_a_policy_by_hand_before_there_was_any(
    pool: Pool, superuser: Superuser, anchors: Path, clock: Any, edit: str
) -> None:
    clock.forward(days=91)
    await superuser.does(f"update audit.retention set {edit}")
    assert await prune(pool) == 0
    assert await found(pool, anchors) == [("policy_forged", -1, 0)]


async def test_an_older_policy_put_back_removes_nothing(
    pool: Pool, superuser: Superuser, anchors: Path, clock: Any
) -> None:
    await keep(pool, 90)
    await superuser.connection.execute("create table older as table audit.retention")
    await keep(pool, None)
    await anchor(pool)
    clock.forward(days=91)
    await superuser.does("delete from audit.retention", "insert into audit.retention table older")
    assert await prune(pool) == 0
    assert await found(pool, anchors) == [("policy_forged", -1, 0)]


async def test_a_policy_that_was_forged_is_mended_by_setting_it(
    pool: Pool, superuser: Superuser, anchors: Path
) -> None:
    await keep(pool, 400)
    await anchor(pool)
    await superuser.does("update audit.retention set days = 90")
    await keep(pool, 400)
    assert await found(pool, anchors) == []


async def test_a_forged_start_or_policy_gets_no_anchor(pool: Pool, pruned: Pruned, anchors: Path) -> None:
    await pruned.does(
        "update audit.starts set seq = 14 where chain = {chain}", "update audit.retention set version = 7"
    )
    await fill(pool, 1)
    await anchor(pool)
    line = anchors.read_text().splitlines()[-1]
    assert f'"starts":[[{TOMAS},3,' in line
    assert '"policy":0' in line


@pytest.mark.parametrize(("word", "other"), [('"policy":1', '"policy":0'), (f"[{CHAIN},10,", f"[{CHAIN},9,")])
async def test_an_anchor_whose_start_or_policy_was_edited(
    pool: Pool, pruned: Pruned, anchors: Path, word: str, other: str
) -> None:
    assert pruned
    line = anchors.read_text()
    assert word in line
    anchors.write_text(line.replace(word, other))
    assert await found(pool, anchors) == [("anchor_forged", -1, 0)]
