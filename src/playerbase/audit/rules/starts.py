"""Where a chain begins: before its first row, or after the last that the policy removed."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from playerbase.audit.model import Finding, Link, Start, Wrong
from playerbase.audit.rules.chain import GENESIS
from playerbase.audit.rules.judging import Anchored

_encode = msgspec.msgpack.Encoder().encode


class Begun(NamedTuple):
    """The furthest start of a chain that an anchor holds, and when."""

    seq: int
    at: datetime


def sign(key: bytes, start: Start) -> bytes:
    """The mac of a chain's start."""
    return hmac.digest(key, _encode((start.chain, start.seq, start.hash, start.removed_until)), "sha256")


def is_signed(keys: Sequence[bytes], start: Start) -> bool:
    """Whether one of these keys signed the start; one that removed nothing needs no signature."""
    if start.seq == 0:
        return start.hash == b"" and start.removed_until is None
    return any(hmac.compare_digest(sign(key, start), start.mac) for key in keys)


def begin(start: Start) -> Link:
    """The link the first row of the chain follows."""
    return Link(start.chain, start.seq, start.hash or GENESIS)


def judge(
    keys: Sequence[bytes],
    chain: int,
    start: Start | None,
    furthest: Begun | None,
    anchored: Mapping[int, Anchored],
) -> Finding | None:
    """What is wrong with a start: by itself, by the furthest that an anchor holds, by the rows that anchors hold."""
    if start is None:
        return Finding(Wrong.START_FORGED, chain, 0, "The chain has lost its start.")
    if not is_signed(keys, start):
        return Finding(Wrong.START_FORGED, chain, start.seq, "No key of this installation signed the start.")
    if furthest is not None and start.seq < furthest.seq:
        then = f"{furthest.at:%Y-%m-%d %H:%M:%S} UTC"
        says = f"The chain began after row {furthest.seq} at {then}; its start was set back to row {start.seq}."
        return Finding(Wrong.START_SET_BACK, chain, start.seq, says)
    known = anchored.get(start.seq)
    if known is not None and known.hash != start.hash:
        then = f"{known.at:%Y-%m-%d %H:%M:%S} UTC"
        says = f"Another row {start.seq} stood at {then} than the one after which the chain now begins."
        return Finding(Wrong.ANCHOR_CONTRADICTS, chain, start.seq, says)
    return None
