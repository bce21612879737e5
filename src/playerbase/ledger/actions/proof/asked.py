"""Proofs of everything that somebody asked for: one at a time, by a worker, telling how far it is."""

import asyncio
import contextlib
from datetime import timedelta
from uuid import UUID

import msgspec

from playerbase.kit import clock, ids
from playerbase.kit.db import Db, Pool, Tx, transaction
from playerbase.kit.jobs import enqueue, job
from playerbase.ledger.actions.proof import kept
from playerbase.ledger.actions.proof.commanding import as_report
from playerbase.ledger.actions.proof.keeping import keep, settle
from playerbase.ledger.actions.proof.proving import prove
from playerbase.ledger.model import AskedProof, Proof

TOLD_SECONDS = 2.0
LOST = timedelta(hours=12)  # No proof takes that long: its worker has gone, and another may be asked for.


async def ask_proof(tx: Tx, asked_by: str) -> UUID | None:
    """Ask for a proof of everything; None while another is on its way."""
    now = clock.now()
    proof_id = await kept.ask_proof(tx, ids.uuid7(), asked_by, now, now - LOST)
    if proof_id is not None:
        await enqueue(tx, prove_all, AskedProof(proof_id))
    return proof_id


async def last_proof(db: Db) -> Proof | None:
    """The one that was asked for last; None before the first."""
    found = await kept.last_proofs(db, 1)
    return found[0] if found else None


@job(lane="low", attempts_max=2, seconds_max=21_600)
async def prove_all(pool: Pool, args: AskedProof) -> None:
    """Carry it out: keep what is found, settle what is found no longer, and the verdict."""
    proof_id = args.proof_id
    parts: dict[str, tuple[int, int]] = {}
    telling = asyncio.create_task(_keep_telling(pool, proof_id, parts))
    try:
        verdict = await prove(pool, lambda what, done, total: parts.update({what: (done, total)}))
    finally:
        telling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await telling
    await keep(pool, verdict.findings)
    if verdict.found == len(verdict.findings):  # Else what is not listed could be among the known.
        await settle(pool, verdict.findings, verdict.began_at)
    report = msgspec.json.encode(as_report(verdict)).decode()
    async with transaction(pool) as tx:
        await kept.end_proof(tx, proof_id, report, clock.now())


async def _keep_telling(pool: Pool, proof_id: UUID, parts: dict[str, tuple[int, int]]) -> None:
    while True:
        await asyncio.sleep(TOLD_SECONDS)
        if parts:
            what, (done, total) = min(parts.items(), key=lambda part: part[1][0] / max(part[1][1], 1))
            async with transaction(pool) as tx:
                await kept.tell_proof(tx, proof_id, what, done, total)
