"""Anchors: the heads of all chains, signed and written outside the database, so that setting it back shows."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from playerbase.audit import rules, store
from playerbase.audit.actions.configured import configured
from playerbase.audit.model import Finding, Link, Wrong
from playerbase.audit.rules.anchors import Torn
from playerbase.audit.rules.judging import Anchored
from playerbase.kit import clock, log
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool, reading

TAIL_BYTES = 16_384  # More than any one line.

_log = log.get("audit")


class Anchors(msgspec.Struct):
    """What a file of anchors says: the rows of each chain it names, and what of it cannot be believed."""

    by_chain: dict[int, dict[int, Anchored]]
    findings: list[Finding]
    read: int = 0
    torn: int = 0


async def anchor(pool: Pool) -> None:
    """Write the heads as they are to the file of anchors and the log; nothing is written while nothing moves.

    A head we did not sign is left out, loudly: an anchor would vouch for it.
    """
    keys, path = configured().keys, configured().anchors
    async with reading(pool) as db:
        heads = await store.heads(db)
    signing = keys.subkeys("audit/head")
    for head in heads:
        if not rules.is_signed(signing, head):
            _log.error("the head of an audit chain was forged", chain=head.chain, seq=head.seq)
    good = [Link(head.chain, head.seq, head.hash) for head in heads if head.seq and rules.is_signed(signing, head)]
    line = rules.anchors.write(keys.subkey("audit/anchor"), clock.now(), good)
    if await asyncio.to_thread(_append, path, line, good):
        _log.info("audit anchor", line=line.decode().strip())


def read_anchors(keys: Keys, path: Path) -> Anchors:
    """Everything a file of anchors says; a missing file says nothing."""
    found = Anchors({}, [])
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
            for link in known.links:
                # The first word counts: if a chain was set back and grew anew, its rows contradict that.
                found.by_chain.setdefault(link.chain, {}).setdefault(link.seq, Anchored(link.hash, known.at))
    return found


def _append(path: Path, line: bytes, heads: Sequence[Link]) -> bool:
    """Append the line durably unless the last one says the same of these heads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES))
        tail = file.read()
        last = tail.rstrip(b"\n").rpartition(b"\n")[2]
        try:
            if msgspec.json.decode(last, type=rules.anchors.Anchor).links == list(heads):
                return False
        except (ValueError, msgspec.MsgspecError):
            pass  # No line yet, or a torn one: the next begins on a line of its own.
        file.write(line if not tail or tail.endswith(b"\n") else b"\n" + line)
        file.flush()
        os.fsync(file.fileno())
    return True
