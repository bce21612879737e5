"""What staff sees of the ledger's proofs: what does not hold, and how far the last proof of everything is."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from playerbase import audit
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Caller, Cursors, Listing, Request, get, post, staff
from playerbase.ledger import actions
from playerbase.ledger.model import INVARIANTS, KeptFinding, Proof

READ, WRITE = staff("ledger.read"), staff("ledger.write")
HERE = "/api/v1/admin/ledger/verify"
Count = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]


class FindingSeen(msgspec.Struct, frozen=True):
    """Something that does not hold, or did not until it was settled."""

    finding_id: UUID
    flaw: str
    invariant: str
    place: str
    says: str
    transaction_id: UUID | None
    account_id: int | None
    chain: int | None
    block: int | None
    found_at: datetime
    settled_at: datetime | None


class ProofAsked(msgspec.Struct, frozen=True):
    """A proof of everything is on its way; null if it is the one that was asked for before."""

    proof_id: UUID | None
    look_at: str


class ProofSeen(msgspec.Struct, frozen=True):
    """A proof of everything: what is being read and how much of it was, or the verdict."""

    proof_id: UUID
    asked_by: str
    asked_at: datetime
    reading: str
    done: int
    total: int
    ended_at: datetime | None
    verdict: dict[str, Any] | None


class LastProof(msgspec.Struct, frozen=True):
    """The proof that was asked for last, and how many findings are open."""

    proof: ProofSeen | None
    findings_open: int


@get("/admin/ledger/findings", policy=READ, limit="console")
async def read_findings(
    db: Db, caller: Caller, cursors: Cursors, state: Literal["open", "settled"] | None = None, limit: Count = 20,
    cursor: Cursor | None = None,
) -> Listing[FindingSeen]:  # fmt: skip
    """What does not hold in the ledger, the latest first; settled is what a proof of everything no longer found."""
    scope = f"findings {state} {caller.subject}"
    at, finding_id = cursors.read(cursor, tuple[datetime, UUID], scope=scope) if cursor else (None, None)
    found = await actions.findings(db, state, at, finding_id, limit + 1)
    shown = found[:limit]
    place = (shown[-1].found_at, shown[-1].finding_id) if found[limit:] else None
    return Listing([seen(each) for each in shown], cursors.make(place, scope=scope) if place else None)


@post("/admin/ledger/verify", policy=WRITE, limit="console", status=202)
async def verify(tx: Tx, request: Request) -> ProofAsked:
    """Prove the whole ledger: a worker does it, one proof at a time. Look at the same address to see how far it is."""
    asked = await actions.ask_proof(tx, str(request.caller.player_id or request.caller.subject))
    if asked is not None:
        await audit.record(tx, audit.deed(request, "ledger_proof_asked", "ledger", asked))
    return ProofAsked(asked, HERE)


@get("/admin/ledger/verify", policy=READ, limit="console")
async def read_proof(db: Db) -> LastProof:
    """How far the last proof of everything is, or what it came to."""
    last = await actions.last_proof(db)
    return LastProof(None if last is None else proof_seen(last), await actions.count_findings(db))


def seen(kept: KeptFinding) -> FindingSeen:
    """A finding as it is shown."""
    return FindingSeen(
        kept.finding_id, kept.flaw, INVARIANTS[kept.flaw], kept.finding.place, kept.says, kept.transaction_id,
        kept.account_id, kept.chain, kept.block, kept.found_at, kept.settled_at,
    )  # fmt: skip


def proof_seen(proof: Proof) -> ProofSeen:
    """A proof as it is shown."""
    verdict = None if proof.verdict is None else msgspec.json.decode(proof.verdict, type=dict[str, Any])
    return ProofSeen(
        proof.proof_id, proof.asked_by, proof.asked_at, proof.what, proof.done, proof.total, proof.ended_at, verdict
    )
