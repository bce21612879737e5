"""Rows as they are locked and written. Those that are changed while a batch is decided are not frozen.

What is made by the thousand a second and holds nothing that could hold it is left out of garbage collection.
"""

from datetime import datetime
from uuid import UUID

import msgspec


class Account(msgspec.Struct, frozen=True):
    """Where an owner's units of an asset are kept, and for what."""

    account_id: int
    owner_id: UUID
    asset_id: int
    purpose: str


class Balance(msgspec.Struct, gc=False):
    """The row of an account that changes, as it was locked; changed in place while a batch is decided."""

    account_id: int
    posted: int
    held: int
    floor: int | None
    ceiling: int | None
    seq: int
    credited: int
    debited: int
    locked: int
    debt_id: int | None


class Hold(msgspec.Struct):
    """An amount that was set aside, as it was locked."""

    hold_id: UUID
    account_id: int
    amount: int
    captured: int
    released: int
    state: str
    expires_at: datetime
    reason: str = ""

    @property
    def left(self) -> int:
        """What is still set aside."""
        return self.amount - self.captured - self.released


class Lot(msgspec.Struct):
    """Units that came together and expire together."""

    lot_id: UUID
    account_id: int
    transaction_id: UUID  # Where they came from.
    granted: int
    remaining: int
    expires_at: datetime


class LotMove(msgspec.Struct, frozen=True):
    """What a transaction took from a lot, or put into it."""

    lot_id: UUID
    transaction_id: UUID
    change: int


class Entry(msgspec.Struct, frozen=True, gc=False):
    """What a transaction did to an account, and how the account stood then."""

    account_id: int
    seq: int
    transaction_id: UUID
    leg: int
    amount: int
    balance_after: int
    held_after: int


class Written(msgspec.Struct, frozen=True, gc=False):
    """A transaction as it is written."""

    transaction_id: UUID
    at: datetime
    kind: str
    reason: str
    ref: str
    rule: str
    actor: str
    request_id: str
    scope: str
    key: str
    reverses: UUID | None
    group_id: UUID | None
    hold_id: UUID | None
    hold_change: int
