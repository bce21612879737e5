"""What does not hold is kept and written down, and wallets that cannot be trusted are locked against debits."""

from collections.abc import Sequence
from datetime import datetime

from playerbase import audit
from playerbase.kit import clock, ids, log
from playerbase.kit.db import Db, Pool, Tx, transaction
from playerbase.ledger.actions.proof import kept
from playerbase.ledger.model import Finding, Flaw, Mark

COUNTED_MAX = 1_000  # Beyond this the number no longer matters.
WHOLE = frozenset({
    Flaw.BLOCK_COUNT, Flaw.BLOCK_SPAN, Flaw.BLOCK_DIGEST, Flaw.BLOCK_GAP, Flaw.BLOCK_MAC, Flaw.HEAD, Flaw.ANCHOR,
    Flaw.LOT_LATE, Flaw.UNGUARDED, Flaw.ASSET,
})  # fmt: skip  # Of the ledger and no account, or late and not wrong.

_log = log.get("ledger")


async def keep(pool: Pool, found: Sequence[Finding], reached: Sequence[Mark] = ()) -> list[Finding]:
    """Keep findings and how far was looked, in one transaction; returns those that were not known.

    The wallets of players that a new finding touches are locked against debits, once: who unlocks one has looked.
    """
    async with transaction(pool) as tx:
        if reached:
            await kept.keep_proved(tx, list(reached), clock.now())
        new = await _keep(tx, found) if found else []
    for finding in new:
        _log.error("the ledger does not hold", flaw=finding.flaw, place=finding.place, says=finding.says)
    return new


async def settle(pool: Pool, found: Sequence[Finding], before: datetime) -> int:
    """Close what a proof of everything, begun then, no longer finds; returns how many that were."""
    async with transaction(pool) as tx:
        return len(await kept.settle_findings(tx, list(found), before, clock.now()))


async def count_findings(db: Db) -> int:
    """How many are open, counted to 1,000."""
    return await kept.count_findings(db, COUNTED_MAX)


async def _keep(tx: Tx, found: Sequence[Finding]) -> list[Finding]:
    rows = await kept.keep_findings(tx, [ids.uuid7() for _ in found], list(found), clock.now())
    suspect = [row for row in rows if row.flaw not in WHOLE]
    accounts = [row.account_id for row in suspect if row.account_id is not None]
    transactions = [row.transaction_id for row in suspect if row.transaction_id is not None]
    locked = await kept.lock_wallets(tx, accounts, transactions, clock.now()) if suspect else []
    deeds = [_deed("ledger_finding", "ledger", row.place, after={"flaw": row.flaw, "says": row.says}) for row in rows]
    deeds += [
        audit.Deed(
            actor_kind="system", actor_id="ledger", action="wallet_locked", target_kind="player",
            target_id=account.owner_id, player_id=account.owner_id, before={"locked": 0},
            after={"locked": 1, "account_id": account.account_id}, reason="its entries do not hold",
        )
        for account in locked
    ]  # fmt: skip
    await audit.record_all(tx, deeds)
    return rows


def _deed(action: str, kind: str, target: str, after: dict[str, object]) -> audit.Deed:
    return audit.Deed(
        actor_kind="system", actor_id="ledger", action=action, target_kind=kind, target_id=target, after=after
    )
