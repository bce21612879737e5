"""Anchors: where the ledger's chains ended, written into the audit log, whose own anchors the database cannot reach."""

from datetime import datetime

from playerbase import audit
from playerbase.kit.db import Db, Pool, transaction
from playerbase.ledger.actions.proof import history
from playerbase.ledger.model import Mark

ACTION = "ledger_anchored"
PAGE = 100
PAGES_MAX = 40  # Ten years of days; the latest count, for each block vouches for all before it.


async def anchor(pool: Pool) -> bool:
    """Write down where each chain ends, unless nothing was posted since the last time."""
    async with transaction(pool) as tx:
        heads = [head for head in await history.heads(tx) if head.block]
        last = await audit.look(tx, audit.Filter(action=ACTION), None, 1)
        said = _said(heads)
        if not heads or (last and last[0].after == said):
            return False
        await audit.record(
            tx, audit.Deed(actor_kind="system", actor_id="ledger", action=ACTION, target_kind="ledger", after=said)
        )
    return True


async def anchored(db: Db) -> list[tuple[datetime, list[Mark]]]:
    """What was written down so far, the latest first."""
    found: list[tuple[datetime, list[Mark]]] = []
    after = None
    for _ in range(PAGES_MAX):
        page = await audit.look(db, audit.Filter(action=ACTION), after, PAGE)
        found += [(entry.at, _read(entry)) for entry in page]
        if len(page) < PAGE:
            break
        after = (page[-1].at, page[-1].entry_id)
    return found


def _said(heads: list[Mark]) -> dict[str, object]:
    return {"chains": {str(head.chain): f"{head.block}:{head.mac.hex()}" for head in heads}}


def _read(entry: audit.Entry) -> list[Mark]:
    chains = (entry.after or {}).get("chains", {})
    marks = []
    for chain, said in chains.items():
        block, _, mac = str(said).partition(":")
        marks.append(Mark(int(chain), int(block), bytes.fromhex(mac)))
    return marks
