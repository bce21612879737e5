"""``playerbase audit ledger``: the proof as a person or a script runs it."""

import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool, open_pool, recall_keys
from playerbase.ledger.actions.proof.proving import prove
from playerbase.ledger.model import Finding, Verdict
from playerbase.settings import Settings

LINE_SECONDS = 0.5  # As often as a person reads a figure anew.


class Compared(msgspec.Struct, frozen=True):
    """Other books beside the ledger: what was looked at, and each difference in words and as data."""

    name: str
    says: str
    lines: list[str]
    differences: list[dict[str, Any]]


Beside = Callable[[Pool], Awaitable[Compared]]


async def prove_command(settings: Settings, keys: Keys, beside: Sequence[Beside] = (), *, as_json: bool = False) -> int:
    """Prove everything and hold other books beside it, say how it goes and what was found; 1 if something is not so."""
    pool = await open_pool(settings.database_url, size_max=3)
    try:
        await recall_keys(pool, keys)
        verdict = await prove(pool, _Line())
        books = [await compare(pool) for compare in beside]
    finally:
        await pool.close()
    _say(sys.stdout, told_as_json(verdict, books) if as_json else told(verdict) + "".join(map(_told_of, books)))
    return 0 if verdict.holds and not any(each.differences for each in books) else 1


def told(verdict: Verdict) -> str:
    """What a proof came to, for a person."""
    checked = verdict.checked
    seconds = max((verdict.ended_at - verdict.began_at).total_seconds(), 0.001)
    summary = (
        f"{checked.entries:,} entries of {checked.transactions:,} transactions in {checked.blocks:,} blocks, "
        f"{checked.accounts:,} accounts, {checked.keys:,} keys, {checked.holds:,} holds, {checked.lots:,} lots "
        f"in {seconds:.1f} s ({checked.entries / seconds:,.0f} entries/s)."
    )
    lines = [summary, *(_line(finding) for finding in verdict.findings)]
    if verdict.found > len(verdict.findings):
        lines.append(f"And {verdict.found - len(verdict.findings):,} more of these kinds.")
    if not verdict.holds:
        return "\n".join([*lines, "The ledger is NOT what was posted.", ""])
    anchors = f"Held against {checked.anchors:,} places that the audit log remembers."
    if not checked.anchors and checked.blocks:
        anchors = "NOT proved: there are no anchors yet, so chains set back as a whole would not show."
    warned = [f"WARNING: {each}; see whether the job ledger.anchor_chains runs." for each in verdict.warnings]
    return "\n".join([*lines, anchors, *warned, "The ledger is what was posted.", ""])


def told_as_json(verdict: Verdict, books: Sequence[Compared] = ()) -> str:
    """The same for a script."""
    beside = {each.name: {"holds": not each.differences, "differences": each.differences} for each in books}
    return msgspec.json.format(msgspec.json.encode(as_report(verdict) | beside), indent=2).decode() + "\n"


def as_report(verdict: Verdict) -> dict[str, Any]:
    """A verdict as it is told over HTTP and to scripts."""
    return {
        "holds": verdict.holds, "found": verdict.found, "began_at": verdict.began_at, "ended_at": verdict.ended_at,
        "checked": verdict.checked, "warnings": verdict.warnings,
        "findings": [
            {"invariant": each.invariant, "place": each.place, **msgspec.to_builtins(each)} for each in verdict.findings
        ],
        "reached": [{"chain": mark.chain, "block": mark.block, "mac": mark.mac.hex()} for mark in verdict.reached],
    }  # fmt: skip


def _told_of(book: Compared) -> str:
    if not book.differences:
        return f"{book.says}\n"
    return "\n".join([f"{book.name.upper()} (I34): {line}." for line in book.lines]) + "\n"


def _line(finding: Finding) -> str:
    return f"{finding.flaw.value.upper()} ({finding.invariant}): {finding.place}: {finding.says}"


class _Line:
    """A line that says how it goes, on a terminal; it leaves standard output to the report."""

    def __init__(self) -> None:
        self._began = self._told = time.monotonic()
        self._parts: dict[str, tuple[int, int]] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        self._parts[what] = (done, total)
        now = time.monotonic()
        if sys.stderr.isatty() and now - self._told >= LINE_SECONDS:
            self._told = now
            parts = (f"{done:,} of {total:,} {what}" for what, (done, total) in self._parts.items())
            rate = self._parts.get("entries", (0, 0))[0] / (now - self._began)
            _say(sys.stderr, f"\r{', '.join(parts)}, {rate:,.0f} entries/s …\x1b[K")


def _say(stream: Any, text: str) -> None:
    stream.write(text)
    stream.flush()
