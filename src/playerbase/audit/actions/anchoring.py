"""Anchors: both ends of all chains, signed and written outside the database, so that setting it back shows."""

import asyncio
import os
from datetime import datetime
from pathlib import Path

import msgspec

from playerbase.audit import rules, store
from playerbase.audit.actions.configured import configured
from playerbase.audit.model import Finding, Head, Link, Policy, Start, Wrong
from playerbase.audit.rules.anchors import Ends, Torn
from playerbase.audit.rules.judging import Anchored
from playerbase.audit.rules.starts import Begun
from playerbase.kit import clock, log
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool, reading

TAIL_BYTES = 16_384  # More than any one line.

_log = log.get("audit")


class Anchors(msgspec.Struct):
    """What a file of anchors says: the rows of each chain it names, and what of it cannot be believed."""

    by_chain: dict[int, dict[int, Anchored]]
    starts: dict[int, Begun]  # The furthest of each chain.
    findings: list[Finding]
    policy: int = 0  # The latest version.
    read: int = 0
    torn: int = 0


async def anchor(pool: Pool) -> None:
    """Write heads, starts and policy as they are to the file of anchors and the log; nothing while nothing moves.

    What we did not sign is left out, loudly: an anchor would vouch for it.
    """
    keys, path = configured().keys, configured().anchors
    async with reading(pool) as db:
        heads, starts, policy = await store.heads(db), await store.starts(db), await store.policy(db)
    ends = Ends(_good_heads(keys, heads), _good_starts(keys, starts), _good_version(keys, policy))
    line = rules.anchors.write(keys.subkey("audit/anchor"), clock.now(), ends)
    if await asyncio.to_thread(_append, path, line, ends):
        _log.info("audit anchor", line=line.decode().strip())


def read_anchors(keys: Keys, path: Path) -> Anchors:
    """Everything a file of anchors says; a missing file says nothing."""
    found = Anchors({}, {}, [])
    if not path.exists():
        return found
    signing = keys.subkeys("audit/anchor")
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                known = rules.anchors.read(signing, line)
            except Torn:
                found.torn += 1
                continue
            if known is None:
                says = f"Line {number} of the anchors was not signed by this installation."
                found.findings.append(Finding(Wrong.ANCHOR_FORGED, -1, 0, says))
                continue
            found.read += 1
            _take(found, known.at, known.ends)
    return found


def _take(found: Anchors, at: datetime, ends: Ends) -> None:
    for link in (*ends.heads, *ends.starts):
        # The first word counts: if a chain was set back and grew anew, its rows contradict that.
        found.by_chain.setdefault(link.chain, {}).setdefault(link.seq, Anchored(link.hash, at))
    for link in ends.starts:
        if link.chain not in found.starts or found.starts[link.chain].seq < link.seq:
            found.starts[link.chain] = Begun(link.seq, at)
    found.policy = max(found.policy, ends.policy)


def _good_heads(keys: Keys, heads: list[Head]) -> list[Link]:
    signing = keys.subkeys("audit/head")
    for head in heads:
        if not rules.is_signed(signing, head):
            _log.error("the head of an audit chain was forged", chain=head.chain, seq=head.seq)
    return [Link(head.chain, head.seq, head.hash) for head in heads if head.seq and rules.is_signed(signing, head)]


def _good_starts(keys: Keys, starts: list[Start]) -> list[Link]:
    signing = keys.subkeys("audit/start")
    for start in starts:
        if not rules.starts.is_signed(signing, start):
            _log.error("the start of an audit chain was forged", chain=start.chain, seq=start.seq)
    return [rules.starts.begin(start) for start in starts if start.seq and rules.starts.is_signed(signing, start)]


def _good_version(keys: Keys, policy: Policy | None) -> int:
    if policy is None or not rules.policy.is_signed(keys.subkeys("audit/policy"), policy):
        _log.error("the policy of the audit log was forged")
        return 0
    return policy.version


def _append(path: Path, line: bytes, ends: Ends) -> bool:
    """Append the line durably unless the last one says the same of these ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES))
        tail = file.read()
        last = tail.rstrip(b"\n").rpartition(b"\n")[2]
        try:
            if msgspec.json.decode(last, type=rules.anchors.Anchor).ends == ends:
                return False
        except (ValueError, msgspec.MsgspecError):
            pass  # No line yet, or a torn one: the next begins on a line of its own.
        file.write(line if not tail or tail.endswith(b"\n") else b"\n" + line)
        file.flush()
        os.fsync(file.fileno())
    return True
