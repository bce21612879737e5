"""Locking an account of a player: for debits or for everything, with a reason, for a while or until it is lifted."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from playerbase import audit
from playerbase.kit import clock, ids
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.errors import Fault
from playerbase.ledger.actions import explorer
from playerbase.ledger.model import HOUSE
from playerbase.ledger.model.explored import (
    AccountClosed,
    AccountNotLocked,
    AccountSeen,
    ChangedMeanwhile,
    Level,
    LockSeen,
    NotOfAPlayer,
)

OPEN, CLOSED = 0, 3
MARK: dict[str, int] = {"debits": 1, "all": 2}
WORD = {OPEN: "open", 1: "debits", 2: "all", CLOSED: "closed"}
SLICE = 200


async def lock(
    tx: Tx, account_id: int, level: Level, reason: str, *, ends_at: datetime | None, by: audit.Deed
) -> AccountSeen:
    """Lock an account, or lock it otherwise than it is; an end is kept within a minute.

    Raises NoSuchLedgerAccount, NotOfAPlayer, AccountClosed, ChangedMeanwhile, Fault.
    """
    was = await _account(tx, account_id)
    now = clock.now()
    if ends_at is not None and ends_at <= now:
        raise Fault("ends_at", "in_past", "A lock ends in the future")
    until = clock.rfc3339(ends_at) if ends_at else None
    if await explorer.mark(tx, account_id, was.locked, MARK[level]) is None:
        raise ChangedMeanwhile
    name = f"{by.actor_kind}:{by.actor_id}"
    await explorer.lift_lock(tx, account_id, now, name, "locked otherwise")
    await explorer.add_lock(tx, ids.uuid7(), account_id, level, reason, name, now, ends_at)
    before, after = {"locked": WORD[was.locked]}, {"locked": level, "until": until}
    await audit.record(tx, _deed(by, "ledger_account_locked", was, reason, before, after))
    return await explorer.account(tx, account_id)


async def unlock(tx: Tx, account_id: int, reason: str, *, by: audit.Deed) -> AccountSeen:
    """Open an account again. Raises as lock, and AccountNotLocked."""
    was = await _account(tx, account_id)
    if was.locked == OPEN:
        raise AccountNotLocked
    await _open(tx, was, f"{by.actor_kind}:{by.actor_id}", reason)
    before = {"locked": WORD[was.locked]}
    await audit.record(tx, _deed(by, "ledger_account_unlocked", was, reason, before, {"locked": WORD[OPEN]}))
    return await explorer.account(tx, account_id)


async def end_locks(pool: Pool) -> int:
    """Open the accounts whose lock is over; returns how many there were."""
    total = 0
    while True:
        async with transaction(pool) as tx:
            due = await explorer.due_locks(tx, clock.now(), SLICE)
            seen = {each.account_id: each for each in await explorer.account_rows(tx, [it.account_id for it in due])}
            # In the order in which postings lock them.
            for account_id in sorted(seen):
                await _open(tx, seen[account_id], "system", "over")
            await audit.record_all(tx, [_over(each, seen[each.account_id]) for each in due])
        total += len(due)
        if len(due) < SLICE:
            return total


async def _open(tx: Tx, was: AccountSeen, by: str, why: str) -> None:
    if await explorer.mark(tx, was.account_id, was.locked, OPEN) is None:
        raise ChangedMeanwhile
    await explorer.lift_lock(tx, was.account_id, clock.now(), by, why)


async def _account(tx: Tx, account_id: int) -> AccountSeen:
    found = await explorer.account(tx, account_id)
    if found.owner_id == HOUSE:
        raise NotOfAPlayer
    if found.locked == CLOSED:
        raise AccountClosed
    return found


def _deed(
    by: audit.Deed, action: str, it: AccountSeen, reason: str, before: Mapping[str, object], after: Mapping[str, object]
) -> audit.Deed:
    named = {"asset": it.asset, "purpose": it.purpose}
    return msgspec.structs.replace(
        by, action=action, target_kind="account", target_id=str(it.account_id), player_id=it.owner_id, reason=reason,
        before={**named, **before}, after={**named, **after},
    )  # fmt: skip


def _over(it: LockSeen, account: AccountSeen) -> audit.Deed:
    by = audit.Deed(actor_kind="system", actor_id="ledger", action="")
    return _deed(by, "ledger_account_unlocked", account, "over", {"locked": it.level}, {"locked": WORD[OPEN]})
