"""Looking into wallets: what there is, and how it came to be."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, islice
from uuid import UUID

import msgspec

from playerbase.kit.db import Db
from playerbase.ledger import store
from playerbase.ledger.model import Asset, AssetClass, EntrySeen, Holding, HoldSeen, NoSuchHold, Purpose, Wallet

BEFORE_ALL = 2**62


class Filter(msgspec.Struct, frozen=True):
    """Which entries are wanted; None asks for all."""

    asset: str | None = None
    kind: str | None = None
    ref: str | None = None
    since: datetime | None = None
    until: datetime | None = None


Place = list[tuple[int, int]]  # How far each account was read: (account, seq).


def wallet(rows: Iterable[store.WalletRow], assets: Iterable[Asset]) -> Wallet:
    """A wallet of these rows: every currency and points, those without an account too."""
    found = {(row.asset, row.purpose): row for row in rows}
    return Wallet([_holding(found, asset) for asset in assets if asset.asset_class is not AssetClass.ITEM])


async def entries(
    db: Db, owner_id: UUID, wanted: Filter, after: Place | None, count: int
) -> tuple[list[EntrySeen], Place | None]:
    """An owner's history, latest first, and where it goes on; each account in the order in which it changed."""
    codes = {asset.code: asset for asset in await store.assets_known(db)}
    accounts = [account.account_id for account in await store.main_accounts(db, owner_id, wanted.asset)]
    if not accounts:
        return [], None
    read = dict(after or ())
    before = [read.get(account, BEFORE_ALL) for account in accounts]
    rows = await store.entry_rows(db, accounts, before, wanted.kind, wanted.ref, wanted.since, wanted.until, count + 1)
    page = list(islice(_latest_first(rows), count + 1))
    for row in page[:count]:
        read[row.account_id] = row.seq
    seen = [_seen(row, codes[row.asset]) for row in page[:count]]
    return seen, sorted(read.items()) if page[count:] else None


async def counts(db: Db, owner_id: UUID, asset_class: AssetClass) -> dict[str, int]:
    """How many an owner has of each asset of a class, of which they have any."""
    return {row.asset: row.posted for row in await store.counts_of(db, owner_id, asset_class)}


async def hold(db: Db, hold_id: UUID) -> HoldSeen:
    """An amount that is or was set aside; raises NoSuchHold."""
    found = await store.hold_rows(db, [hold_id])
    if not found:
        raise NoSuchHold
    return found[0]


def _latest_first(rows: Sequence[store.EntryRow]) -> Iterator[store.EntryRow]:
    # Accounts are merged by time, and never one account's entries among themselves: two machines' clocks may differ.
    by_account = [list(made) for _, made in groupby(rows, key=lambda row: row.account_id)]
    return heapq.merge(*by_account, key=lambda row: row.at, reverse=True)


def _holding(found: dict[tuple[str, str], store.WalletRow], asset: Asset) -> Holding:
    main, debt = found.get((asset.code, Purpose.MAIN)), found.get((asset.code, Purpose.DEBT))
    owed = -debt.posted if debt is not None else 0
    if main is None:
        return Holding(asset.code, 0, 0, 0, owed, 0, 0, asset.display(0))
    return Holding(
        asset.code, main.posted, main.held, main.posted - main.held, owed, main.credited, main.debited,
        asset.display(main.posted),
    )  # fmt: skip


def _seen(row: store.EntryRow, asset: Asset) -> EntrySeen:
    return EntrySeen(
        f"{row.transaction_id}.{row.leg}", row.transaction_id, row.kind, row.asset, row.amount, row.balance_after,
        asset.display(row.amount), row.reason, row.ref, row.at,
    )  # fmt: skip
