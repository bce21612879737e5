"""The doors to what was posted: blocks, transactions and their entries, slice by slice."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from playerbase.kit.db import Db, sql
from playerbase.ledger.model import Finding, Mark, Tied


class Span(msgspec.Struct, frozen=True):
    """Between which ids the transactions of some blocks lie, and how many blocks they are."""

    low: UUID | None
    high: UUID | None
    blocks: int


class Slice(msgspec.Struct, frozen=True):
    """What was read with some blocks: how much, a sum over keys and transactions, and findings as JSON."""

    transactions: int
    entries: int
    keys: Decimal
    findings: str


class Counted(msgspec.Struct, frozen=True):
    """How many there are of both in a slice."""

    transactions: int
    entries: int


class Undone(msgspec.Struct, frozen=True):
    """What reversals moved on an account."""

    account_id: int
    amount: int


@sql
async def export_snapshot(db: Db) -> str: ...
@sql
async def id_ahead(db: Db, after: UUID, count: int) -> UUID | None: ...
@sql
async def entries_in_all(db: Db) -> int: ...
@sql
async def heads(db: Db) -> list[Mark]: ...
@sql
async def first_block_at(db: Db) -> datetime | None: ...
@sql
async def blocks_ahead(db: Db, marks: list[Mark], until: UUID, most: int) -> list[Mark]: ...
@sql
async def span_of(db: Db, after: list[Mark], until: list[Mark]) -> Span: ...
@sql
async def read_blocks(
    db: Db, after: list[Mark], until: list[Mark], low: UUID, high: UUID, salt: int, most: int
) -> Slice: ...
@sql
async def count_slice(db: Db, after: UUID, until: UUID) -> Counted: ...
@sql
async def strays(db: Db, after: UUID, until: UUID, most: int) -> list[Finding]: ...
@sql
async def wrong_keys(db: Db, after: UUID, until: UUID, most: int) -> list[Finding]: ...
@sql
async def wrong_reversals(db: Db, after: UUID, until: UUID, most: int) -> list[Finding]: ...
@sql
async def reversed_amounts(db: Db, after: UUID, until: UUID) -> list[Undone]: ...
@sql
async def wrong_lot_moves(db: Db, after: UUID, until: UUID, most: int) -> list[Finding]: ...
@sql
async def blocks_after(db: Db, chain: int, after: int, most: int) -> list[Tied]: ...
@sql
async def blocks_at(db: Db, marks: list[Mark]) -> list[Mark]: ...
