"""The ledger's doors to PostgreSQL."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, Tx, sql
from playerbase.ledger.model import Account, Asset, Balance, Entry, Hold, HoldSeen, Lot, LotMove, Written


class KnownKey(msgspec.Struct, frozen=True):
    """What became of a key: its transaction, or a refusal as it was told."""

    key_id: bytes
    fingerprint: bytes
    transaction_id: UUID
    refusal: str | None
    hold_id: UUID | None


class Chain(msgspec.Struct, frozen=True):
    """The end of a chain, locked."""

    chain: int
    block: int
    mac: bytes


class Block(msgspec.Struct, frozen=True):
    """The transactions of one commit, tied to the block before."""

    chain: int
    block: int
    count: int
    first: UUID
    last: UUID
    digest: bytes
    mac: bytes
    at: datetime


class MovedLot(msgspec.Struct, frozen=True):
    """What a transaction changed in a lot, and whose lot it is."""

    account_id: int
    lot_id: UUID
    transaction_id: UUID
    change: int


class Sides(msgspec.Struct, frozen=True):
    """What a transaction did to somebody's units, and what was undone of it."""

    transaction_id: UUID
    owner_id: UUID
    asset: str
    purpose: str
    did: int
    undone: int


class Outcome(msgspec.Struct, frozen=True):
    """An entry as it is told to who posted it."""

    transaction_id: UUID
    owner_id: UUID
    asset: str
    purpose: str
    balance_after: int
    held_after: int
    leg: int
    amount: int


class WalletRow(msgspec.Struct, frozen=True):
    """A player's account of a currency or points."""

    owner_id: UUID
    asset: str
    purpose: str
    posted: int
    held: int
    credited: int
    debited: int
    locked: int


class Count(msgspec.Struct, frozen=True):
    """How many there are of an asset."""

    asset: str
    posted: int
    held: int


class EntryRow(msgspec.Struct, frozen=True):
    """An entry with what its transaction says."""

    account_id: int
    seq: int
    transaction_id: UUID
    leg: int
    amount: int
    balance_after: int
    held_after: int
    asset: str
    at: datetime
    kind: str
    reason: str
    ref: str


class DueHold(msgspec.Struct, frozen=True):
    """A hold that is over and still open."""

    hold_id: UUID
    owner_id: UUID
    asset: str


class DueAccount(msgspec.Struct, frozen=True):
    """An account with units that have expired and are not set aside."""

    account_id: int
    asset_id: int


class DueLot(msgspec.Struct, frozen=True):
    """How many units of a lot have expired, are still there and are not set aside."""

    lot_id: UUID
    owner_id: UUID
    asset: str
    remaining: int


@sql
async def assets_known(db: Db) -> list[Asset]: ...
@sql
async def add_asset(
    tx: Tx, code: str, name: str, asset_class: str, exponent: int, lifetime_days: int | None, repay_percent: int,
    now: datetime,
) -> int | None: ...  # fmt: skip
@sql
async def accounts_of(db: Db, owner_ids: list[UUID], asset_ids: list[int], purposes: list[str]) -> list[Account]: ...
@sql
async def open_accounts(
    tx: Tx, owner_ids: list[UUID], asset_ids: list[int], purposes: list[str], now: datetime
) -> None: ...
@sql
async def claim_keys(
    tx: Tx, key_ids: list[bytes], fingerprints: list[bytes], transaction_ids: list[UUID]
) -> list[bytes]: ...
@sql
async def keys_known(db: Db, key_ids: list[bytes]) -> list[KnownKey]: ...
@sql
async def record_refusals(tx: Tx, key_ids: list[bytes], refusals: list[str]) -> None: ...
@sql
async def lock_balances(tx: Tx, account_ids: list[int]) -> list[Balance]: ...
@sql
async def lock_holds(tx: Tx, hold_ids: list[UUID]) -> list[Hold]: ...
@sql
async def lock_lots(tx: Tx, account_ids: list[int], reversing: list[UUID]) -> list[Lot]: ...
@sql
async def lot_moves_of(db: Db, transaction_ids: list[UUID]) -> list[MovedLot]: ...
@sql
async def sides_of(db: Db, transaction_ids: list[UUID]) -> list[Sides]: ...
@sql
async def take_chain(tx: Tx, first: int) -> Chain | None: ...
@sql
async def wait_for_chain(tx: Tx, chain: int) -> Chain: ...
@sql
async def write(
    tx: Tx, balances: list[Balance], transactions: list[Written], entries: list[Entry], places: list[int], block: Block
) -> None: ...
@sql
async def write_holds(tx: Tx, holds: list[Hold], now: datetime) -> None: ...
@sql
async def write_lots(tx: Tx, lots: list[Lot]) -> None: ...
@sql
async def write_lot_moves(tx: Tx, moves: list[LotMove]) -> None: ...
@sql
async def link_debts(tx: Tx, debt_ids: list[int]) -> None: ...
@sql
async def outcomes(db: Db, transaction_ids: list[UUID]) -> list[Outcome]: ...
@sql
async def make_months(tx: Tx, now: datetime, count: int) -> int: ...
@sql
async def months_ahead(db: Db, now: datetime) -> int: ...
@sql
async def wallet_rows(db: Db, owner_ids: list[UUID]) -> list[WalletRow]: ...
@sql
async def counts_of(db: Db, owner_id: UUID, asset_class: str) -> list[Count]: ...
@sql
async def main_accounts(db: Db, owner_id: UUID, asset: str | None) -> list[Account]: ...
@sql
async def entry_rows(
    db: Db, account_ids: list[int], before: list[int], kind: str | None, ref: str | None, since: datetime | None,
    until: datetime | None, count: int,
) -> list[EntryRow]: ...  # fmt: skip
@sql
async def hold_rows(db: Db, hold_ids: list[UUID]) -> list[HoldSeen]: ...
@sql
async def due_holds(db: Db, now: datetime, count: int) -> list[DueHold]: ...
@sql
async def due_accounts(db: Db, now: datetime, count: int) -> list[DueAccount]: ...
@sql
async def due_lots(db: Db, account_ids: list[int], now: datetime, count: int) -> list[DueLot]: ...
