"""The doors to how things stand: accounts, holds, lots and keys, slice by slice, against what was posted."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, sql
from playerbase.ledger.actions.proof.history import Undone
from playerbase.ledger.model import Doubt, Finding, Piece


class EntryPlace(msgspec.Struct, frozen=True):
    """An entry by its account and number."""

    account_id: int
    seq: int


class Tally(msgspec.Struct, frozen=True):
    """How many keys there are, and what those that led to a transaction sum to."""

    keys: int
    sum: Decimal


@sql
async def account_ahead(db: Db, account_id: int, seq: int, count: int) -> EntryPlace | None: ...
@sql
async def doubtful_accounts(
    db: Db, carried: Piece, until_account: int, until_seq: int, done: int, whole: int, undone: list[Undone]
) -> list[Doubt]: ...
@sql
async def last_account(db: Db) -> int: ...
@sql
async def wrong_debts(db: Db, after: int, until: int, most: int) -> list[Finding]: ...
@sql
async def hold_ahead(db: Db, after: UUID, count: int) -> UUID | None: ...
@sql
async def count_holds(db: Db, after: UUID, until: UUID) -> int: ...
@sql
async def wrong_holds(db: Db, after: UUID, until: UUID, most: int) -> list[Finding]: ...
@sql
async def lot_ahead(db: Db, after: UUID, count: int) -> UUID | None: ...
@sql
async def count_lots(db: Db, after: UUID, until: UUID) -> int: ...
@sql
async def wrong_lots(db: Db, after: UUID, until: UUID, most: int) -> list[Finding]: ...
@sql
async def late_lots(db: Db, before: datetime, most: int) -> list[Finding]: ...
@sql
async def asset_sums(db: Db, most: int) -> list[Finding]: ...
@sql
async def pages_of_keys(db: Db) -> int: ...
@sql
async def count_keys(db: Db, salt: int, page: int, until: int) -> Tally: ...
@sql
async def keys_alone(db: Db, page: int, until: int, most: int) -> list[Finding]: ...
@sql
async def unguarded(db: Db, most: int) -> list[Finding]: ...
