"""Putting an account right: its row is made anew from its entries, if those are what was posted."""

import msgspec

from playerbase import audit
from playerbase.kit import clock, ids
from playerbase.kit.db import Tx
from playerbase.ledger import rules, store
from playerbase.ledger.actions import explorer
from playerbase.ledger.actions.configured import repair_keys
from playerbase.ledger.actions.proof import repaired
from playerbase.ledger.model import Balance, Flaw, Jump
from playerbase.ledger.model.explored import (
    AccountSeen,
    EntriesDoNotHold,
    NothingToRepair,
    RepairedBelowFloor,
)

LOCKED_BY = "system:ledger"  # Whose locks a repair lifts: what staff locked has a reason of its own.
MENDED = (Flaw.BALANCE, Flaw.TALLY, Flaw.SEQ, Flaw.HELD, Flaw.RUNNING)
# While one of these is open, an entry may be missing that no block of the account's other entries tells of.
HISTORY = [
    flaw.value
    for flaw in (
        Flaw.BLOCK_COUNT, Flaw.BLOCK_SPAN, Flaw.BLOCK_DIGEST, Flaw.BLOCK_GAP, Flaw.BLOCK_MAC, Flaw.HEAD, Flaw.ANCHOR,
        Flaw.LEGS, Flaw.UNEVEN, Flaw.NO_TRANSACTION, Flaw.NO_BLOCK, Flaw.NO_ACCOUNT,
    )
]  # fmt: skip


async def repair(tx: Tx, account_id: int, reason: str, *, by: audit.Deed) -> AccountSeen:
    """Make an account's balance what its entries and open holds come to, and lift the lock of the proof.

    Every block its entries are in is proved first, a millisecond each: entries that were changed excuse nothing.
    Raises NoSuchLedgerAccount, EntriesDoNotHold, RepairedBelowFloor, NothingToRepair.
    """
    await explorer.account(tx, account_id)
    # What is there already cannot change, and is proved before anybody has to wait.
    proved = await _prove_blocks(tx, account_id, 0)
    (balance,) = await store.lock_balances(tx, [account_id])
    await _prove_blocks(tx, account_id, proved)
    due = await repaired.entries_come_to(tx, account_id)
    if due.count != due.seq or await repaired.is_more_wrong(tx, account_id, due.posted, HISTORY):
        raise EntriesDoNotHold
    if balance.floor is not None and due.posted - due.held < balance.floor:
        raise RepairedBelowFloor(missing=balance.floor - due.posted + due.held)
    jumps = await _unexcused(tx, account_id, due)
    after = msgspec.structs.replace(
        balance, posted=due.posted, held=due.held, seq=due.seq, credited=due.credited, debited=due.debited, locked=0
    )
    is_ours = await _is_locked_by_proof(tx, account_id)
    if not jumps and _row(after) == _row(balance) and not is_ours:
        raise NothingToRepair
    now, name = clock.now(), f"{by.actor_kind}:{by.actor_id}"
    key = repair_keys()[0]
    tied = [repaired.Repair(it.account_id, it.seq, it.off, rules.repair_mac(key, it)) for it in jumps]
    await repaired.add_repairs(tx, ids.uuid7(), tied, reason, name, now)
    await repaired.set_right(tx, account_id, due.posted, due.held, due.seq, due.credited, due.debited)
    if is_ours:
        await explorer.mark(tx, account_id, balance.locked, 0)
        await explorer.lift_lock(tx, account_id, now, name, reason)
    await repaired.settle_repaired(tx, account_id, [flaw.value for flaw in MENDED], now)
    await audit.record(tx, _deed(by, await explorer.account(tx, account_id), balance, after, jumps, reason))
    return await explorer.account(tx, account_id)


async def _prove_blocks(tx: Tx, account_id: int, after: int) -> int:
    """Hold the entries after one against their blocks; returns the last entry there was before that."""
    last = (await repaired.entries_come_to(tx, account_id)).seq
    for place in await repaired.blocks_of(tx, account_id, after):
        block, transactions = await explorer.block(tx, place.chain, place.block)
        if not await explorer.is_proved(tx, block, transactions):
            raise EntriesDoNotHold
    return last


async def _unexcused(tx: Tx, account_id: int, due: repaired.Due) -> list[Jump]:
    """Where balances do not follow from one another, the next entry's too: it will follow from what is right."""
    jumps = await repaired.jumps_of(tx, [account_id])
    off = due.posted - (await repaired.last_balance(tx, account_id) or 0)
    if off:
        jumps.append(Jump(account_id, due.seq + 1, off))
    known = (await repaired.put_right(tx, [account_id])).get(account_id, set())
    return [jump for jump in jumps if jump not in known]


async def _is_locked_by_proof(tx: Tx, account_id: int) -> bool:
    locks = await explorer.locks_of(tx, account_id, 1)
    return bool(locks) and locks[0].lifted_at is None and locks[0].made_by == LOCKED_BY


def _row(it: Balance) -> tuple[int, ...]:
    return it.posted, it.held, it.seq, it.credited, it.debited


def _deed(
    by: audit.Deed, it: AccountSeen, before: Balance, after: Balance, jumps: list[Jump], reason: str
) -> audit.Deed:
    names = ("posted", "held", "seq", "credited", "debited")
    return msgspec.structs.replace(
        by, action="ledger_account_repaired", target_kind="account", target_id=str(it.account_id),
        player_id=it.owner_id if it.floor == 0 and it.owner_id.int else None, reason=reason,
        before={"asset": it.asset, "purpose": it.purpose, **dict(zip(names, _row(before), strict=True))},
        after={**dict(zip(names, _row(after), strict=True)), "jumps": {str(each.seq): each.off for each in jumps}},
    )  # fmt: skip
