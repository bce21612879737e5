"""The proof of the ledger in the console: what does not hold, how far a proof is, and a button for another."""

from typing import Any

import msgspec

from playerbase import audit
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Need, Rendering, Request, get, post, redirect, staff
from playerbase.ledger import actions

HERE = "/console/proof"
SHOWN = 50
TOLD = {"asked": "A worker begins with it in a moment.", "running": "One is on its way already."}


@get("/console/proof", policy=staff("ledger.read"), limit="console", page=True)
async def show_proof(db: Db, request: Request, rendering: Rendering, told: str = "") -> Answer:
    """What does not hold, the latest first; and the last proof of everything."""
    last = await actions.last_proof(db)
    verdict = msgspec.json.decode(last.verdict, type=dict[str, Any]) if last and last.verdict else None
    return rendering.page(
        request, "ledger/proof.html", findings=await actions.findings(db, "open", None, None, SHOWN), last=last,
        verdict=verdict, open=await actions.count_findings(db), told=TOLD.get(told, ""), here=HERE,
        settled=await actions.findings(db, "settled", None, None, 5),
    )  # fmt: skip


@post("/console/proof", policy=staff("ledger.write"), limit="console", page=True)
async def ask_proof(tx: Tx, request: Request) -> Answer:
    """Prove everything anew."""
    asked = await actions.ask_proof(tx, str(request.caller.player_id or request.caller.subject))
    if asked is not None:
        await audit.record(tx, audit.deed(request, "ledger_proof_asked", "ledger", asked))
    return redirect(f"{HERE}?told={'running' if asked is None else 'asked'}")


async def needs(db: Db) -> list[Need]:
    """A ledger that does not hold comes before everything else."""
    count = await actions.count_findings(db)
    if not count:
        return []
    (latest,) = await actions.findings(db, "open", None, None, 1)
    why = f"{latest.finding.place.capitalize()}: {latest.says}. Wallets that are touched by it are not debited."
    since = f"the latest {latest.found_at:%d %b, %H:%M} UTC"
    return [Need(0, "coin", "The ledger is not what was posted", why, "late", since, "See what was found", HERE, count)]
