"""What is new is proved on the clock: the blocks since the last time, and how the accounts stand that they touched."""

import time
from collections.abc import Mapping
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, Pool
from playerbase.ledger import rules
from playerbase.ledger.actions.configured import mac_keys
from playerbase.ledger.actions.posting import CHAINS
from playerbase.ledger.actions.proof import history, kept
from playerbase.ledger.actions.proof.keeping import keep
from playerbase.ledger.actions.proof.proving import MOST
from playerbase.ledger.actions.proof.repaired import excused
from playerbase.ledger.actions.proof.snapshot import Snapshot, snapshot
from playerbase.ledger.model import Finding, Flaw, Mark

BLOCKS = 50  # Of each chain at once: about a second, however large they are.
RUN_SECONDS_MAX = 120.0  # What is left is left to the next run.
BLOCKS_MAX = 2**31 - 1
LAST = UUID(int=2**128 - 1)


async def watch(pool: Pool) -> list[Finding]:
    """Prove what was posted since the last time; returns what was found and not known.

    Each step sees a moment of its own: as long as one is held, PostgreSQL keeps every version of every balance, and
    whoever posts to a busy account walks through them all. Where it came to is kept where whoever can write the
    ledger can write too: it spares work, and evidence is the proof of everything.
    """
    run_ends_at = time.monotonic() + RUN_SECONDS_MAX
    new: list[Finding] = []
    async with snapshot(pool) as moment, moment.reading() as db:
        known = {mark.chain: mark for mark in await kept.proved(db)}
        heads = {head.chain: head for head in await history.heads(db)}
        marks = [known.get(chain, Mark(chain, 0, rules.GENESIS)) for chain in range(CHAINS)]
        # As far as the chains went when it began: those who go on posting are not run after.
        ends = {mark.chain: mark.block for mark in await history.blocks_ahead(db, marks, LAST, BLOCKS_MAX)}
    while True:
        async with snapshot(pool) as moment:
            reached, findings = await _step(moment, marks, ends)
        is_at_end = reached == marks
        if is_at_end:
            for mark in marks:
                findings += rules.judge_head(heads.get(mark.chain, Mark(mark.chain, -1)), mark)
        new += await keep(pool, findings, reached)
        if is_at_end or time.monotonic() > run_ends_at:
            return new
        marks = reached


async def _step(moment: Snapshot, marks: list[Mark], ends: Mapping[int, int]) -> tuple[list[Mark], list[Finding]]:
    """The next blocks of each chain: where they end, and what does not hold of them."""
    keys = mac_keys()
    reached: list[Mark] = []
    findings: list[Finding] = []
    async with moment.reading() as db:
        for mark in marks:
            blocks = await history.blocks_after(db, mark.chain, mark.block, BLOCKS)
            at, wrong = rules.follow(keys, mark, [it for it in blocks if it.block <= ends[mark.chain]])
            reached.append(at)
            findings += wrong
        span = await history.span_of(db, marks, reached)
        if span.low is not None and span.high is not None:
            read = await history.read_blocks(db, marks, reached, span.low, span.high, 0, MOST)
            findings += msgspec.json.decode(read.findings, type=list[Finding])
            findings += await _between(db, UUID(int=span.low.int - 1), span.high)
    return reached, findings


async def _between(db: Db, after: UUID, until: UUID) -> list[Finding]:
    findings = await history.wrong_keys(db, after, until, MOST)
    findings += await history.strays(db, after, until, MOST)
    findings += await history.wrong_lot_moves(db, after, until, MOST)
    for undone in await kept.reversed_in(db, after, until, MOST):
        findings += await history.wrong_reversals(db, UUID(int=undone.int - 1), undone, MOST)
    touched = await kept.wrong_touched(db, after, until, MOST)
    fine = await excused(db, {it.account_id for it in touched if it.flaw == Flaw.RUNNING and it.account_id})
    return findings + [it for it in touched if it.flaw != Flaw.RUNNING or it.account_id not in fine]
