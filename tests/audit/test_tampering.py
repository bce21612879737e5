"""Laws of verification: whatever is edited, taken out or put elsewhere, the first bad row is the one that is named."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playerbase import audit
from playerbase.kit.db import Pool
from tests.audit.conftest import CHAIN, COLUMNS, KEYS, Superuser

ROWS = 10

EDITS: dict[str, st.SearchStrategy[str]] = {
    "chain": st.sampled_from([str(chain) for chain in (*range(8), 9, -1) if chain != CHAIN]),
    "seq": st.sampled_from(["0", "-3", "11", "12", "100000"]),
    "entry_id": st.uuids().map(lambda value: f"'{value}'"),
    "at": st.integers(-1000, 1000).filter(bool).map(lambda us: f"at + interval '{us} microseconds'"),
    "player_id": st.uuids().map(lambda value: f"'{value}'"),
    "outcome": st.sampled_from(["'done'", "'refused'", "'failed'"]),
    "before": st.sampled_from(["null", "'{}'", "'null'", "(before::text || ' ')::json"]),
    "after": st.sampled_from(["null", "'{}'", "'null'", "(after::text || ' ')::json"]),
    "ip_sealed": st.binary(max_size=20).map(lambda raw: f"'\\x{raw.hex()}'"),
    "hash": st.binary(max_size=40).map(lambda raw: f"'\\x{raw.hex()}'"),
}
_WORD = st.text(st.characters(codec="ascii", exclude_characters="'\\\0"), max_size=20).map(lambda text: f"'{text}'")
_WORDS = {"actor_kind", "actor_id", "action", "target_kind", "target_id", "reason", "agent", "request_id", "trace_id"}
EDITS |= dict.fromkeys(_WORDS, _WORD)
_EDIT = st.sampled_from(sorted(EDITS)).flatmap(lambda column: st.tuples(st.just(column), EDITS[column]))


def test_every_column_is_among_the_edits() -> None:
    assert set(EDITS) == set(COLUMNS.split(", "))


async def held(law: Any, loop: asyncio.AbstractEventLoop) -> None:
    """Try a law whose examples are coroutines of this loop."""

    def run(tried: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(tried, loop).result()

    await asyncio.to_thread(law, run)


async def test_any_edit_of_any_column_of_any_row_is_found(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    await superuser.remembers()

    async def tampered(seq: int, column: str, value: str) -> None:
        change = f"update audit.entries set {column} = {value} where chain = {CHAIN} and seq = {seq}"
        try:
            await superuser.does(change.replace("{", "{{").replace("}", "}}"))
        except asyncpg.UniqueViolationError:
            return
        if await superuser.changed():
            verdict = await audit.verify(pool, KEYS, anchors)
            assert (CHAIN, seq) in {(finding.chain, finding.seq) for finding in verdict.findings}
        await superuser.puts_back()

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(seq=st.integers(1, ROWS), edit=_EDIT)
    def law(run: Any, seq: int, edit: tuple[str, str]) -> None:
        run(tampered(seq, *edit))

    await held(law, asyncio.get_running_loop())
    assert (await audit.verify(pool, KEYS, anchors)).holds


async def test_any_other_arrangement_of_the_rows_is_found(pool: Pool, superuser: Superuser, anchors: Path) -> None:
    """Rows taken out, swapped, moved, numbered anew without a gap: the first place that does not hold its own row."""
    await superuser.remembers()

    async def arranged(order: list[int]) -> None:
        away = "update audit.entries set seq = -seq where chain = {chain}"
        moves = [
            f"update audit.entries set seq = {place} where chain = {CHAIN} and seq = {-seq}"
            for place, seq in enumerate(order, 1)
        ]
        await superuser.does(away, *moves, "delete from audit.entries where chain = {chain} and seq < 0")
        verdict = await audit.verify(pool, KEYS, anchors)
        first = next((place for place, seq in enumerate(order, 1) if place != seq), len(order) + 1)
        assert [finding.seq for finding in verdict.findings] == ([first] if first <= ROWS else [])
        await superuser.puts_back()

    subsets = st.lists(st.integers(1, ROWS), unique=True, max_size=ROWS)
    nearly = st.lists(st.integers(1, ROWS), unique=True, max_size=3).map(
        lambda gone: [seq for seq in range(1, ROWS + 1) if seq not in gone]
    )

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(order=st.one_of(subsets, nearly, nearly.flatmap(st.permutations)))
    def law(run: Any, order: list[int]) -> None:
        run(arranged(order))

    await held(law, asyncio.get_running_loop())
    assert (await audit.verify(pool, KEYS, anchors)).holds
