"""What staff sees of the ledger, and what it is refused there."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase.kit.errors import Conflict, NotFound

Level = Literal["debits", "all"]
EntryId = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[0-9]{1,3}$",
        examples=["01938f2a-7c1e-7b3a-9f00-2d5c8a6b1e47.0"],
    ),
]


class NoSuchLedgerAccount(NotFound):
    """There is no such account in the ledger."""


class NoSuchLedgerEntry(NotFound):
    """There is no such entry in the ledger."""


class NoSuchBlock(NotFound):
    """There is no such block."""


class NotOfAPlayer(Conflict):
    """Only the account of a player is locked: without one of the house everything would stand still."""


class AccountClosed(Conflict):
    """This account is closed for good."""


class AccountNotLocked(Conflict):
    """This account is not locked."""


class EntriesDoNotHold(Conflict):
    """The entries of this account are not proved to be what was posted, so its balance cannot be made from them."""


class RepairedBelowFloor(Conflict):
    """By its entries this account has less than nothing; give what is missing first, then repair it."""


class NothingToRepair(Conflict):
    """The balance of this account is what its entries come to."""


class ChangedMeanwhile(Conflict):
    """Somebody else changed this at the same moment; look again and repeat it."""


class AccountSeen(msgspec.Struct, frozen=True):
    """An account as it stands."""

    account_id: int
    owner_id: UUID
    asset: str
    purpose: str
    balance: int
    held: int
    floor: int | None
    entries: int
    credited: int
    debited: int
    locked: int
    made_at: datetime

    @property
    def available(self) -> int:
        """What may be spent."""
        return self.balance - self.held


class AccountEntry(msgspec.Struct, frozen=True):
    """A line of an account, and the block that it is proved by."""

    account_id: int
    seq: int
    transaction_id: UUID
    leg: int
    amount: int
    balance_after: int
    held_after: int
    at: datetime
    kind: str
    reason: str
    ref: str
    chain: int
    block: int

    @property
    def entry_id(self) -> str:
        """What ``explain`` is asked by."""
        return f"{self.transaction_id}.{self.leg}"


class TransactionSeen(msgspec.Struct, frozen=True):
    """A transaction as it was posted, and its place in a chain."""

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
    chain: int
    block: int


class LegSeen(msgspec.Struct, frozen=True):
    """One side of a transaction: whose account, what it got or gave, how it stood then."""

    transaction_id: UUID
    leg: int
    account_id: int
    owner_id: UUID
    asset: str
    purpose: str
    seq: int
    amount: int
    balance_after: int
    held_after: int


class BlockSeen(msgspec.Struct, frozen=True):
    """The transactions of one commit, tied to the block before."""

    chain: int
    block: int
    count: int
    first: UUID
    last: UUID
    digest: bytes
    mac: bytes
    at: datetime


class LockSeen(msgspec.Struct, frozen=True):
    """Why an account is or was locked."""

    lock_id: UUID
    account_id: int
    level: str
    reason: str
    made_by: str
    made_at: datetime
    ends_at: datetime | None
    lifted_at: datetime | None
    lifted_by: str
    lifted_why: str
