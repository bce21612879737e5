"""Removing what the policy no longer keeps: whole beginnings of chains, each slice with the start that says so."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from itertools import takewhile

import msgspec

from playerbase.audit import rules, store
from playerbase.audit.actions.anchoring import Anchors, anchor, read_anchors
from playerbase.audit.actions.configured import configured
from playerbase.audit.actions.recording import record
from playerbase.audit.actions.watching import watched
from playerbase.audit.model import Deed, Head, Link, Row, Start
from playerbase.audit.rules import judging
from playerbase.kit import clock, log
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Pool, Tx, reading, transaction

SLICE_ROWS = 1_000  # Of each chain, in one commit: no transaction grows long enough to hold events back.

_log = log.get("audit")


async def prune(pool: Pool, *, slice_rows: int = SLICE_ROWS) -> int:
    """Remove what the policy no longer keeps, slice by slice, and anchor where the chains then begin; how many rows.

    While the log does not hold nothing is removed: all of it may be evidence. May run twice at once, and be stopped
    anywhere: rows, start and the entry about them are one commit.
    """
    configuration = configured()
    async with reading(pool) as db:
        policy, last = await store.policy(db), await watched(db)
    if policy is not None and policy.days is None:
        return 0
    if last is not None and not last.verdict.holds:
        _log.error("nothing is removed from an audit log that does not hold")
        return 0
    anchors = await asyncio.to_thread(read_anchors, configuration.keys, configuration.anchors)
    removed = 0
    while True:
        async with transaction(pool) as tx:
            rows = await _Pruning(tx, configuration.keys, anchors).slice(slice_rows)
        if not rows:
            break
        removed += rows
    if removed:
        # At once and not within the minute: from here on a start that is set back is found.
        await anchor(pool)
    return removed


class _Pruning:
    """One slice."""

    def __init__(self, tx: Tx, keys: Keys, anchors: Anchors) -> None:
        self.tx, self.keys, self.anchors = tx, keys, anchors

    async def slice(self, rows_max: int) -> int:
        """Remove at most so many of each chain, and say so in the log; how many."""
        # Locked to the commit: one slice at a time, and none by a policy that somebody is changing.
        policy = await store.lock_policy(self.tx)
        wrong = rules.policy.judge(self.keys.subkeys("audit/policy"), policy, self.anchors.policy)
        if wrong is not None or policy is None:
            _log.error("nothing is removed by a policy that is not ours", says=wrong and wrong.says)
            return 0
        before = rules.policy.removable_before(clock.now(), policy.days)
        if before is None:
            return 0
        heads = {head.chain: head for head in await store.heads(self.tx)}
        moved = []
        for start in await store.starts(self.tx):
            rows = await self._removable(start, heads.get(start.chain), before, rows_max)
            if rows:
                moved.append((start, await self._remove(start, rows)))
        if moved:
            await record(self.tx, _said(moved, policy.days))
        return sum(after.seq - start.seq for start, after in moved)

    async def _removable(self, start: Start, head: Head | None, before: datetime, rows_max: int) -> list[Row]:
        """The oldest rows of a chain, as far as they are old enough; none if one of them is not as it was written.

        A row that was made to look old, or edited since, must be found and not swept away under our signature.
        """
        wrong = rules.starts.judge(
            self.keys.subkeys("audit/start"), start.chain, start, self.anchors.starts.get(start.chain),
            self._anchored(start.chain),
        )  # fmt: skip
        if wrong is not None or head is None or not rules.is_signed(self.keys.subkeys("audit/head"), head):
            _log.error("nothing is removed from a chain whose ends are not ours", chain=start.chain)
            return []
        began = rules.starts.begin(start)
        rows = await store.rows_of(self.tx, start.chain, began.seq, min(began.seq + rows_max, head.seq))
        old = list(takewhile(lambda row: row.at < before, rows))
        if old and not self._fits(began, old):
            _log.error("nothing is removed from a chain that does not hold", chain=start.chain)
            return []
        return old

    def _fits(self, began: Link, rows: list[Row]) -> bool:
        return judging.follow(self.keys.subkeys("audit"), began, rows, self._anchored(began.chain)).bad is None

    def _anchored(self, chain: int) -> Mapping[int, judging.Anchored]:
        return self.anchors.by_chain.get(chain, {})

    async def _remove(self, start: Start, rows: list[Row]) -> Start:
        last = rows[-1]
        until = max(row.at for row in rows)
        if start.removed_until is not None:
            until = max(until, start.removed_until)
        unsigned = Start(start.chain, last.seq, last.hash, until, b"")
        after = msgspec.structs.replace(unsigned, mac=rules.starts.sign(self.keys.subkey("audit/start"), unsigned))
        # The start first: the table lets go of no row that it has not passed.
        await store.move_start(self.tx, after)
        gone = await store.remove(self.tx, start.chain, start.seq, last.seq)
        assert len(gone) == len(rows)
        return after


def _said(moved: list[tuple[Start, Start]], days: int | None) -> Deed:
    """The entry about a slice: how many rows, up to when, by which policy, and where the chains now begin."""
    until = max(after.removed_until for _, after in moved if after.removed_until is not None)
    return Deed(
        actor_kind="system", actor_id="audit_retention", action="audit_pruned", target_kind="audit",
        after={
            "rows": sum(after.seq - start.seq for start, after in moved),
            "until": clock.rfc3339(until),
            "days": days,
            "starts": {str(after.chain): after.seq for _, after in moved},
        },
    )  # fmt: skip
