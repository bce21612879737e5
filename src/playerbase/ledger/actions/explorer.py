"""Looking through the ledger: accounts, entries, transactions, holds, blocks and locks, a page at a time."""

import heapq
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby, islice
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, Tx, sql
from playerbase.ledger import rules, store
from playerbase.ledger.actions.configured import mac_keys
from playerbase.ledger.actions.reading import BEFORE_ALL, Filter
from playerbase.ledger.model import Asset, HoldSeen, NoSuchTransaction
from playerbase.ledger.model.explored import (
    AccountEntry,
    AccountSeen,
    BlockSeen,
    LegSeen,
    LockSeen,
    NoSuchBlock,
    NoSuchLedgerAccount,
    TransactionSeen,
)
from playerbase.ledger.model.rows import Entry, Written

CHAINS = 8
RELATED_MAX = 100  # Reversals, members of a group, changes of a hold: more are not shown on one page.
LAST_ID = UUID(int=2**128 - 1)
BOUND_DEFAULT = (
    10_000  # Whole units: a mistake that large is noticed by everybody, and a stolen session stops before it.
)


class AccountFilter(msgspec.Struct, frozen=True):
    """Which accounts are wanted; None asks for all."""

    owner_id: UUID | None = None
    asset: str | None = None
    purpose: str | None = None


class TransactionShown(msgspec.Struct, frozen=True):
    """A transaction with its legs."""

    it: TransactionSeen
    legs: list[LegSeen]


class Related(msgspec.Struct, frozen=True):
    """What a transaction hangs together with."""

    reversals: list[TransactionSeen]
    group: list[TransactionSeen]
    hold: HoldSeen | None
    of_hold: list[TransactionSeen]


@sql
async def accounts_seen(
    db: Db, owner_id: UUID | None, asset: str | None, purpose: str | None, after: int, count: int
) -> list[AccountSeen]: ...
@sql
async def account_rows(db: Db, account_ids: list[int]) -> list[AccountSeen]: ...
@sql
async def entries_of_account(
    db: Db, account_id: int, before: int, kind: str | None, ref: str | None, since: datetime | None,
    until: datetime | None, count: int,
) -> list[AccountEntry]: ...  # fmt: skip
@sql
async def latest_transactions(db: Db, before: UUID, count: int) -> list[TransactionSeen]: ...
@sql
async def transaction_rows(db: Db, transaction_ids: list[UUID]) -> list[TransactionSeen]: ...
@sql
async def legs_of(db: Db, transaction_ids: list[UUID]) -> list[LegSeen]: ...
@sql
async def reversals_of(db: Db, transaction_id: UUID, count: int) -> list[TransactionSeen]: ...
@sql
async def grouped(db: Db, group_id: UUID, count: int) -> list[TransactionSeen]: ...
@sql
async def of_hold(db: Db, hold_id: UUID, count: int) -> list[TransactionSeen]: ...
@sql
async def holds_seen(db: Db, state: str | None, account_id: int | None, before: UUID, count: int) -> list[HoldSeen]: ...
@sql
async def blocks_before(db: Db, chains: list[int], before: list[int], count: int) -> list[BlockSeen]: ...
@sql
async def one_block(db: Db, chain: int, block: int) -> BlockSeen | None: ...
@sql
async def transactions_of_block(db: Db, first: UUID, last: UUID, chain: int, block: int) -> list[TransactionSeen]: ...
@sql
async def locks_of(db: Db, account_id: int, count: int) -> list[LockSeen]: ...
@sql
async def due_locks(db: Db, now: datetime, count: int) -> list[LockSeen]: ...
@sql
async def mark(tx: Tx, account_id: int, was: int, locked: int) -> int | None: ...
@sql
async def add_lock(
    tx: Tx, lock_id: UUID, account_id: int, level: str, reason: str, made_by: str, now: datetime,
    ends_at: datetime | None,
) -> None: ...  # fmt: skip
@sql
async def lift_lock(tx: Tx, account_id: int, now: datetime, lifted_by: str, lifted_why: str) -> None: ...
@sql
async def bound_of(db: Db, asset_id: int) -> int | None: ...
@sql
async def set_bound(tx: Tx, asset_id: int, proof_above: int, set_by: str, now: datetime) -> None: ...


async def accounts(db: Db, wanted: AccountFilter, after: int, count: int) -> list[AccountSeen]:
    """Accounts by their number, from after one on."""
    return await accounts_seen(db, wanted.owner_id, wanted.asset, wanted.purpose, after, count)


async def accounts_of(db: Db, player_id: UUID) -> list[AccountSeen]:
    """The first accounts of a player, the oldest before the rest."""
    return await accounts_seen(db, player_id, None, None, 0, RELATED_MAX)


async def account(db: Db, account_id: int) -> AccountSeen:
    """One account; raises NoSuchLedgerAccount."""
    found = await account_rows(db, [account_id])
    if not found:
        raise NoSuchLedgerAccount
    return found[0]


async def account_entries(
    db: Db, account_id: int, wanted: Filter, before: int | None, count: int
) -> list[AccountEntry]:
    """The entries of an account, latest first, from before one on."""
    place = BEFORE_ALL if before is None else before
    return await entries_of_account(db, account_id, place, wanted.kind, wanted.ref, wanted.since, wanted.until, count)


async def shown(db: Db, transaction_id: UUID) -> TransactionShown:
    """One transaction with its legs; raises NoSuchTransaction."""
    found = await transaction_rows(db, [transaction_id])
    if not found:
        raise NoSuchTransaction
    return TransactionShown(found[0], await legs_of(db, [transaction_id]))


async def related(db: Db, it: TransactionSeen) -> Related:
    """What reverses it, what else is of its group, and the hold it is about."""
    holds = await store.hold_rows(db, [it.hold_id]) if it.hold_id else []
    return Related(
        await reversals_of(db, it.transaction_id, RELATED_MAX),
        await grouped(db, it.group_id, RELATED_MAX) if it.group_id else [],
        holds[0] if holds else None,
        await of_hold(db, it.hold_id, RELATED_MAX) if it.hold_id else [],
    )


async def blocks(
    db: Db, chain: int | None, after: dict[int, int] | None, count: int
) -> tuple[list[BlockSeen], dict[int, int] | None]:
    """Blocks of one chain or all, latest first, and how far each chain was read if the list goes on."""
    chains = list(range(CHAINS)) if chain is None else [chain]
    read = {each: (after or {}).get(each, BEFORE_ALL) for each in chains}
    found = await blocks_before(db, list(read), list(read.values()), count + 1)
    by_chain = [list(made) for _, made in groupby(found, key=lambda each: each.chain)]
    page = list(islice(heapq.merge(*by_chain, key=lambda each: each.at, reverse=True), count + 1))
    for each in page[:count]:
        read[each.chain] = each.block
    return page[:count], read if page[count:] else None


async def block(db: Db, chain: int, number: int) -> tuple[BlockSeen, list[TransactionSeen]]:
    """One block with its transactions; raises NoSuchBlock."""
    found = await one_block(db, chain, number)
    if found is None:
        raise NoSuchBlock
    return found, await transactions_of_block(db, found.first, found.last, chain, number)


async def is_proved(db: Db, it: BlockSeen, transactions: Sequence[TransactionSeen]) -> bool:
    """Whether a block's digest still follows from its transactions, and its mac from that and the block before."""
    entries: dict[UUID, list[Entry]] = {}
    for leg in await legs_of(db, [each.transaction_id for each in transactions]):
        made = Entry(
            leg.account_id, leg.seq, leg.transaction_id, leg.leg, leg.amount, leg.balance_after, leg.held_after
        )
        entries.setdefault(leg.transaction_id, []).append(made)
    texts = [rules.canonical(_written(each), entries.get(each.transaction_id, [])) for each in transactions]
    before = await one_block(db, it.chain, it.block - 1)
    previous = before.mac if before is not None else rules.GENESIS
    if (before is None) is not (it.block == 1) or len(texts) != it.count or rules.digest(texts) != it.digest:
        return False
    return any(
        rules.mac(key, previous, chain=it.chain, block=it.block, count=it.count, digest_=it.digest) == it.mac
        for key in mac_keys()
    )


async def proof_bound(db: Db, asset: Asset) -> int:
    """Above which amount of an asset staff proves anew who they are, in smallest units."""
    found = await bound_of(db, asset.asset_id)
    return BOUND_DEFAULT * 10**asset.exponent if found is None else found


def _written(it: TransactionSeen) -> Written:
    return Written(*[getattr(it, name) for name in Written.__struct_fields__])
