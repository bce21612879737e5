"""Following a chain from a link that is known to be good, and telling what is wrong where it breaks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from playerbase.audit.model import Finding, Link, Row, Wrong
from playerbase.audit.rules.chain import link

SHIFT_MAX = 1_000  # How many rows may have been taken out with the rest renumbered, for that to be recognised.


class Anchored(NamedTuple):
    """What an anchor says of a row: its hash, and when."""

    hash: bytes
    at: datetime


class Followed(NamedTuple):
    """How far a chain is good, and the position among the rows given of the first that is not."""

    reached: Link
    bad: int | None
    contradicted: bool = False  # The row is ours, but not the one an anchor names.


def follow(keys: Sequence[bytes], start: Link, rows: Sequence[Row], anchored: Mapping[int, Anchored]) -> Followed:
    """Follow the chain through these rows; keys are tried in the order given, the one that fitted last first."""
    _, seq, previous = start.chain, start.seq, start.hash
    key = keys[0]
    for position, row in enumerate(rows):
        fits = row.seq == seq + 1
        if fits and row.hash != link(key, previous, row):
            fitting = [other for other in keys if row.hash == link(other, previous, row)]
            key, fits = (fitting[0], True) if fitting else (key, False)
        anchor = anchored.get(row.seq) if fits else None
        if not fits or (anchor is not None and anchor.hash != row.hash):
            return Followed(Link(start.chain, seq, previous), position, contradicted=fits)
        seq, previous = row.seq, row.hash
    return Followed(Link(start.chain, seq, previous), None)


def diagnose(keys: Sequence[bytes], good: Link, rows: Sequence[Row], *, began: int, end: int) -> Finding:
    """What is wrong right after the last good link; ``rows`` are those that stand after it.

    ``began`` is the seq of the chain's start, ``end`` that of its head.
    """
    seq = good.seq + 1
    if not rows:
        return Finding(Wrong.TAIL_CUT, good.chain, seq, f"Rows {seq} to {end} are gone from the end of the chain.")
    bad = rows[0]
    if bad.seq < seq:
        return _of(bad, Wrong.INSERTED, "It is the second row with this number.")
    if bad.seq > seq and good.seq == began:
        says = f"{_rows(seq, bad.seq - 1)} gone from the front; the policy removed {_none_or(began)}."
        return Finding(Wrong.FRONT_CUT, good.chain, seq, says)
    if bad.seq > seq:
        says = f"{_rows(seq, bad.seq - 1)} gone; the next that stands is {bad.seq}."
        return Finding(Wrong.MISSING, good.chain, seq, says)
    return _misfit(keys, good, bad, rows[1:])


def _misfit(keys: Sequence[bytes], good: Link, bad: Row, others: Sequence[Row]) -> Finding:
    """Why the row with the right number does not follow the last good link."""
    is_ours = _is_ours(keys, good, bad, others)
    if any(_fits(keys, good.hash, other, bad.seq) for other in others):
        if is_ours:
            return _of(bad, Wrong.OUT_OF_ORDER, "The row is ours, but stands in the place of another.")
        return _of(
            bad, Wrong.INSERTED, "Playerbase never wrote this row; the one whose place it took stands further on."
        )
    if is_ours:
        return _of(bad, Wrong.OUT_OF_ORDER, "The row is ours, but does not belong here.")
    gone = _gone(keys, bad, others[0]) if others else 0
    if gone:
        says = f"{gone} of the rows from {bad.seq} on are gone, and those after them were renumbered."
        return Finding(Wrong.MISSING, good.chain, bad.seq, says)
    return _of(bad, Wrong.EDITED, "Its columns do not give its hash: it was edited, or put here by somebody else.")


def contradiction(good: Link, row: Row, anchor: Anchored) -> Finding:
    """A row that is ours, but not the one which stood in its place when an anchor was written."""
    says = (
        f"Another row {row.seq} stood here at {anchor.at:%Y-%m-%d %H:%M:%S} UTC; the chain was set back and grew anew."
    )
    return Finding(Wrong.ANCHOR_CONTRADICTS, good.chain, row.seq, says, row.entry_id, row.at)


def shortened(good: Link, seq: int, anchor: Anchored) -> Finding:
    """A chain that ends before a row which an anchor names."""
    then = f"{anchor.at:%Y-%m-%d %H:%M:%S} UTC"
    says = f"The chain reached row {seq} at {then}, and ends at {good.seq}: its tail was cut and its head set back."
    return Finding(Wrong.ANCHOR_CONTRADICTS, good.chain, good.seq + 1, says)


def stray(keys: Sequence[bytes], good: Link, row: Row) -> Finding:
    """A row where none can be: beyond the head of its chain, before its start, or in a chain that is none."""
    if row.chain == good.chain and _fits(keys, good.hash, row, row.seq):
        return _of(row, Wrong.HEAD_FORGED, f"The head was set back to row {good.seq}; this row follows it.")
    return _of(row, Wrong.INSERTED, "The row stands where Playerbase never wrote one, or removed what stood there.")


def _of(row: Row, wrong: Wrong, says: str) -> Finding:
    return Finding(wrong, row.chain, row.seq, says, row.entry_id, row.at)


def _rows(first: int, last: int) -> str:
    return f"Row {first} is" if first == last else f"Rows {first} to {last} are"


def _none_or(began: int) -> str:
    return f"those up to {began}" if began else "none"


def _fits(keys: Sequence[bytes], previous: bytes, row: Row, seq: int) -> bool:
    """Whether the row, had it this number, would follow a row with this hash."""
    numbered = row if row.seq == seq else msgspec.structs.replace(row, seq=seq)
    return any(row.hash == link(key, previous, numbered) for key in keys)


def _is_ours(keys: Sequence[bytes], good: Link, row: Row, others: Sequence[Row]) -> bool:
    """Whether the row would stand after one of these, at the number it has there now or one beside it."""
    before = [(good.seq, good.hash), *((other.seq, other.hash) for other in others)]
    return any(_fits(keys, hash_, row, seq + step) for seq, hash_ in before for step in (1, 0, 2))


def _gone(keys: Sequence[bytes], row: Row, after: Row) -> int:
    """How many rows less than they had stand before these two, if the second follows the first under higher numbers."""
    if _fits(keys, row.hash, after, after.seq):
        return 0
    return next((less for less in range(1, SHIFT_MAX + 1) if _fits(keys, row.hash, after, after.seq + less)), 0)
