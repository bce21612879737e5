"""Verification: every chain followed from its start, or from where the last verification came to."""

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from playerbase.audit import rules, store
from playerbase.audit.actions.anchoring import Anchors, read_anchors
from playerbase.audit.model import CHAINS, Finding, Head, Link, Row, Start, Verdict, Wrong
from playerbase.audit.rules import judging
from playerbase.kit import clock
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Db, Pool, reading

SLICE_ROWS = 2_000
WINDOW_ROWS = 2_000  # How far around a break is looked to tell an edit from a swap.

Progress = Callable[[int, int], None]


def _silent(_: int, __: int) -> None: ...


async def verify(
    pool: Pool,
    keys: Keys,
    anchors: Path,
    progress: Progress = _silent,
    *,
    since: Iterable[Link] = (),
    seconds_max: float = float("inf"),
) -> Verdict:
    """Follow every chain to its head and hold it against the anchors; names the first bad row of each.

    ``progress`` is told how many rows were looked at, of how many. ``since`` goes on from links found good before,
    if their rows are still the same; without it everything is followed. Rows written meanwhile may be left out, and
    so may those that the policy removes meanwhile.
    """
    return await _Verification(pool, keys, progress, seconds_max).run(anchors, {link.chain: link for link in since})


class _Verification:
    """One run: what it found, and how far it came."""

    def __init__(self, pool: Pool, keys: Keys, progress: Progress, seconds_max: float) -> None:
        self.pool, self.progress = pool, progress
        self.linking, self.signing, self.keys = keys.subkeys("audit"), keys.subkeys("audit/head"), keys
        self.starting = keys.subkeys("audit/start")
        self.ends_at = time.monotonic() + seconds_max
        self.findings: list[Finding] = []
        self.reached: dict[int, Link] = {}
        self.began: dict[int, Link] = {}  # Where the chains began when we did.
        self.rows = self.total = 0

    @property
    def in_time(self) -> bool:
        return time.monotonic() < self.ends_at

    async def run(self, path: Path, since: Mapping[int, Link]) -> Verdict:
        began_at = clock.now()
        # Anchors first: a head that moves while we read can only be ahead of them.
        anchors = read_anchors(self.keys, path)
        async with reading(self.pool) as db:
            # And starts before heads, so that none is ahead of its head.
            starts = await self._starts(db)
            policy = await store.policy(db)
            heads = {head.chain: head for head in await store.heads(db)}
            last = {end.chain: end.seq for end in await store.ends(db)}
        in_starts = {chain: self._in_start(chain, starts.get(chain), anchors) for chain in range(CHAINS)}
        self.began = {
            chain: rules.starts.begin(starts[chain]) if in_starts[chain] is None else Link(chain, 0, rules.GENESIS)
            for chain in range(CHAINS)
        }
        firsts = {chain: await self._first(self.began[chain], since.get(chain)) for chain in range(CHAINS)}
        ends = {
            # A head that is not ours does not say where its chain ends; what stands there does.
            chain: heads[chain].seq if chain in heads and self._signed(heads[chain]) else last.get(chain, 0)
            for chain in range(CHAINS)
        }
        self.total = sum(max(0, ends[chain] - firsts[chain].seq) for chain in ends)
        for chain in range(CHAINS):
            # Where it begins is not known without a start, so its rows cannot be followed.
            self.reached[chain], in_front = self.began[chain], in_starts[chain]
            if in_front is None:
                in_front = await self._chain(firsts[chain], ends[chain], anchors.by_chain.get(chain, {}))
            in_head = self._head(chain, heads.get(chain))
            if in_front and in_head and _is_first(in_front):
                says = "Neither the front nor the head fits the secret: it is not the one they were written with."
                in_front = msgspec.structs.replace(in_front, wrong=Wrong.OTHER_KEY, says=says)
            self.findings += [finding for finding in (in_front or in_head,) if finding is not None]
        await self._strays()
        in_policy = rules.policy.judge(self.keys.subkeys("audit/policy"), policy, anchors.policy)
        self.findings += [*_ours(anchors), *([in_policy] if in_policy else [])]
        is_complete = all(self.reached[chain].seq >= ends[chain] for chain in ends) or bool(self.findings)
        self.progress(self.rows, self.total)
        return Verdict(
            began_at, clock.now(), self.rows, is_complete, tuple(self.findings), tuple(self.reached.values())
        )

    def _signed(self, head: Head) -> bool:
        return rules.is_signed(self.signing, head)

    async def _starts(self, db: Db) -> dict[int, Start]:
        return {start.chain: start for start in await store.starts(db)}

    def _in_start(self, chain: int, start: Start | None, anchors: Anchors) -> Finding | None:
        furthest, anchored = anchors.starts.get(chain), anchors.by_chain.get(chain, {})
        return rules.starts.judge(self.starting, chain, start, furthest, anchored)

    async def _first(self, began: Link, since: Link | None) -> Link:
        """Where to begin: after the link given, if the row it names is still that one, else at the chain's start."""
        if since is not None and since.seq > began.seq:
            async with reading(self.pool) as db:
                rows = await store.rows_of(db, began.chain, since.seq - 1, since.seq)
            if [row.hash for row in rows] == [since.hash]:
                return since
        return began

    async def _chain(self, first: Link, end: int, anchored: Mapping[int, judging.Anchored]) -> Finding | None:
        at = self.reached[first.chain] = first
        while at.seq < end and self.in_time:
            until = min(at.seq + SLICE_ROWS, end)
            async with reading(self.pool) as db:
                rows = await store.rows_of(db, at.chain, at.seq, until)
            followed = judging.follow(self.linking, at, rows, anchored)
            at = self.reached[first.chain] = followed.reached
            if followed.bad is not None and followed.contradicted:
                row = rows[followed.bad]
                return judging.contradiction(at, row, anchored[row.seq])
            if followed.bad is not None or at.seq < until:
                if began := await self._began_meanwhile(at):
                    at = self.reached[first.chain] = began
                    continue
                rest = [] if followed.bad is None else rows[followed.bad :]
                return await self._diagnose(at, rest, until, end)
            self.rows += len(rows)
            self.progress(self.rows, self.total)
        beyond = max(anchored, default=0)
        return judging.shortened(at, beyond, anchored[beyond]) if at.seq == end < beyond else None

    async def _began_meanwhile(self, at: Link) -> Link | None:
        """Where the chain begins now, if rows after this place were removed by the policy while we read."""
        async with reading(self.pool) as db:
            start = (await self._starts(db)).get(at.chain)
        if start is None or start.seq <= at.seq or not rules.starts.is_signed(self.starting, start):
            return None
        return rules.starts.begin(start)

    async def _diagnose(self, good: Link, rest: list[Row], until: int, end: int) -> Finding:
        async with reading(self.pool) as db:
            further = await store.rows_after(db, good.chain, until, WINDOW_ROWS)
        rows = [*rest, *(row for row in further if row.seq <= end)]
        return judging.diagnose(self.linking, good, rows, began=self.began[good.chain].seq, end=end)

    def _head(self, chain: int, head: Head | None) -> Finding | None:
        at = self.reached[chain]
        if head is None:
            return Finding(Wrong.HEAD_FORGED, chain, at.seq, "The chain has lost its head.")
        if not self._signed(head):
            return Finding(Wrong.HEAD_FORGED, chain, head.seq, "No key of this installation signed the head.")
        if head.seq < self.began[chain].seq:
            return Finding(Wrong.HEAD_FORGED, chain, head.seq, "The head was set back to before the chain's start.")
        if at.seq == head.seq and head.seq and at.hash != head.hash:
            return Finding(Wrong.HEAD_FORGED, chain, head.seq, "The head names another row than the last.")
        return None

    async def _strays(self) -> None:
        found = {finding.chain for finding in self.findings}
        async with reading(self.pool) as db:
            rows = await store.strays(db, CHAINS)
        for row in rows:
            good = self.reached.get(row.chain, Link(-1, 0, b""))
            if row.chain not in found:
                self.findings.append(judging.stray(self.linking, good, row))
                found.add(row.chain)


def _is_first(finding: Finding) -> bool:
    """Whether it is what a wrong secret makes of the front of a chain."""
    return (finding.seq == 1 and finding.wrong is Wrong.EDITED) or finding.wrong is Wrong.START_FORGED


def _ours(anchors: Anchors) -> list[Finding]:
    return anchors.findings[:1]  # One line says that the file cannot be believed; a thousand say no more.
