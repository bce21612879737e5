"""What is counted, whose it is, and what is asked."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec

HOUSE: Final = UUID(int=0)  # The studio itself: where units come from and where they go.
AMOUNT_MAX: Final = 2**53 - 1  # What every JSON reader holds exactly.
BALANCE_MAX: Final = 2**63 - 1
LEGS_MAX: Final = 64
Code = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_:-]{0,63}$", examples=["gems"])]
LEGS_OF_BATCH_MAX: Final = 20_000


class Purpose(StrEnum):
    """What an account is for: the first four are a player's, the rest the house's."""

    MAIN = "main"
    DEBT = "debt"  # Never above zero: what was spent and then taken back.
    INCOMING = "incoming"  # Received, and still reversible.
    ALLOCATION = "allocation"  # To be given away.
    ISSUANCE = "issuance"  # Never above zero: all that was ever made.
    REVENUE = "revenue"
    BURN = "burn"
    EXPIRED = "expired"
    CLAWBACK = "clawback"
    ADJUSTMENT = "adjustment"
    ESCROW = "escrow"

    __hash__ = str.__hash__  # The enumeration's own takes three times as long, and accounts are found by it.


OF_PLAYERS: Final = frozenset({Purpose.MAIN, Purpose.DEBT, Purpose.INCOMING, Purpose.ALLOCATION})


class AssetClass(StrEnum):
    """What kind of thing is counted."""

    CURRENCY = "currency"
    POINTS = "points"
    ITEM = "item"


class Asset(msgspec.Struct, frozen=True):
    """Something that is counted in whole units; ``exponent`` says where the point is when it is shown."""

    asset_id: int
    code: str
    name: str
    asset_class: AssetClass
    exponent: int
    lifetime_days: int | None  # How long its units last; None for ever.
    repay_percent: int  # Of what somebody with a debt earns.

    def display(self, amount: int) -> str:
        """An amount as people read it."""
        if not self.exponent:
            return str(amount)
        whole, part = divmod(abs(amount), 10**self.exponent)
        return f"{'-' if amount < 0 else ''}{whole}.{part:0{self.exponent}}"

    def figure(self, amount: int, *, signed: bool = False) -> str:
        """The same on a page: thousands apart by a thin space that does not break, a real minus sign."""
        whole, _, part = self.display(abs(amount)).partition(".")
        text = f"{int(whole):,}".replace(",", "\u202f") + (f".{part}" if part else "")
        return ("\N{MINUS SIGN}" if amount < 0 else "+" if signed and amount > 0 else "") + text


class NewAsset(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"asset_class": "class"}):
    """An asset to be made. Its units last for ever unless a lifetime is given, which cannot be changed later."""

    code: Code
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]+$")]
    asset_class: AssetClass = AssetClass.CURRENCY
    exponent: Annotated[int, msgspec.Meta(ge=0, le=8)] = 0
    lifetime_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] | None = None
    repay_percent: Annotated[int, msgspec.Meta(ge=0, le=100)] = 50


class Leg(msgspec.Struct, frozen=True, gc=False):
    """One side of a posting: what an account gets, or gives if below zero.

    ``up_to`` takes no more than is available: the rest is taken ``less`` or becomes a ``debt``; a leg that is
    ``balancing`` then gets whatever the others of its asset gave.
    """

    owner: UUID
    asset: str
    amount: int
    purpose: Purpose = Purpose.MAIN
    up_to: Literal["less", "debt"] | None = None
    balancing: bool = False
    expires_at: datetime | None = None  # Of units that expire; by the asset's lifetime if it is not said.


class SetAside(msgspec.Struct, frozen=True):
    """Set an amount aside until a moment: it is neither spent nor free."""

    hold_id: UUID
    owner: UUID
    asset: str
    amount: int
    expires_at: datetime


class GiveFree(msgspec.Struct, frozen=True):
    """End a hold, or a part of it: ``amount`` of it is captured (the posting's legs take it), or all is let go."""

    hold_id: UUID
    owner: UUID
    asset: str
    ending: Literal["captured", "voided", "expired"]
    amount: int | None = None  # Of a capture; None is all that is left.


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """What is to become true, under a key: the same key has the same outcome for good."""

    scope: str
    key: str
    kind: str
    legs: tuple[Leg, ...] = ()
    hold: SetAside | GiveFree | None = None
    reason: str = ""
    ref: str = ""
    rule: str = ""
    actor: str = ""
    request_id: str = ""
    reverses: UUID | None = None
    group_id: UUID | None = None
    fingerprint: bytes = b""  # Of what the caller sent; of the posting itself if there is none.
    transaction_id: UUID | None = None  # Chosen by who must name it before it is posted.


class Standing(msgspec.Struct, frozen=True, gc=False):
    """How an account stands after a posting."""

    owner: UUID
    asset: str
    purpose: str
    balance: int
    held: int
    change: int  # What the posting did to it.

    @property
    def available(self) -> int:
        """What may be spent."""
        return self.balance - self.held


class Posted(msgspec.Struct, frozen=True):
    """A posting that became true, now or when its key was used first."""

    transaction_id: UUID
    standings: tuple[Standing, ...]  # Of the players' accounts it touched.
    replayed: bool = False
    hold_id: UUID | None = None


class Lock(StrEnum):
    """What a locked account refuses."""

    NOTHING = "open"
    DEBITS = "debits"
    ALL = "all"
    CLOSED = "closed"


class Holding(msgspec.Struct, frozen=True):
    """One asset in a wallet."""

    asset: str
    balance: int
    held: int
    available: int
    debt: int
    total_earned: int
    total_spent: int
    display: str


class Wallet(msgspec.Struct, frozen=True):
    """What a player has of every currency and of points."""

    items: list[Holding]


class EntrySeen(msgspec.Struct, frozen=True):
    """A line of a wallet's history."""

    entry_id: str
    transaction_id: UUID
    kind: str
    asset: str
    amount: int
    balance_after: int
    display: str
    reason: str
    ref: str
    at: datetime


class HoldSeen(msgspec.Struct, frozen=True):
    """An amount that is or was set aside."""

    hold_id: UUID
    player_id: UUID
    asset: str
    amount: int
    captured: int
    released: int
    state: str
    reason: str
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None
