"""What Steam says of purchases: amounts are hundredths of the currency, also of one that has no hundredths."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec


class SteamState(StrEnum):
    """Where an order, or a line of one, stands."""

    INIT = "Init"
    APPROVED = "Approved"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    REFUNDED = "Refunded"
    PARTLY_REFUNDED = "PartialRefund"
    CHARGED_BACK = "Chargedback"
    REFUNDED_AS_FRAUD = "RefundedSuspectedFraud"
    REFUNDED_AS_FRIENDLY_FRAUD = "RefundedFriendlyFraud"
    OTHER = "Other"  # A word Steam has not told us yet; nothing may be done upon it.


REVERSED: Final = frozenset(
    {
        SteamState.REFUNDED,
        SteamState.CHARGED_BACK,
        SteamState.REFUNDED_AS_FRAUD,
        SteamState.REFUNDED_AS_FRIENDLY_FRAUD,
    }
)


class SteamReportKind(StrEnum):
    """What a report holds."""

    SETTLEMENT = "SETTLEMENT"  # All that was sold in the game, also what was taken back of it.
    GAME_SALES = "GAMESALES"  # Only what InitTxn began.
    STORE_SALES = "STEAMSTORESALES"
    CHARGEBACK = "CHARGEBACK"  # Only what was taken back, by refund or chargeback.
    SUBSCRIPTION = "SUBSCRIPTION"


class SteamLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line to be sold: the amount is that of the whole line, in hundredths."""

    item_id: int
    qty: int
    amount: int
    description: str
    category: str = ""


class SteamStarted(msgspec.Struct, frozen=True):
    """An order Steam knows of; the address is where a browser approves it, if the session is one."""

    order_id: int
    trans_id: str
    steam_url: str | None


class SteamFinalized(msgspec.Struct, frozen=True):
    """An order whose money has been taken. Neither amount nor buyer is told: they stand in what we kept of it."""

    order_id: int
    trans_id: str


class SteamSold(msgspec.Struct, frozen=True, kw_only=True):
    """A line as Steam has it; without `vat` the amount is less than what was asked."""

    item_id: int
    qty: int
    amount: int
    vat: int
    state: SteamState

    @property
    def charged(self) -> int:
        """What the buyer paid for it."""
        return self.amount + self.vat

    @property
    def is_reversed(self) -> bool:
        """Whether its money went back."""
        return self.state in REVERSED


class SteamOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order as Steam has it, in an answer or as a row of a report. Store-started ones have no number of ours: 0."""

    order_id: int
    trans_id: str
    steam_id: str
    state: SteamState
    currency: str
    at: datetime | None  # When it changed last.
    country: str
    lines: list[SteamSold]

    @property
    def key(self) -> str:
        """What tells this change from every other: rows of a report come more than once."""
        at = "" if self.at is None else self.at.isoformat()
        return f"{self.trans_id} {self.state.value} {at}"

    @property
    def reversed_lines(self) -> list[SteamSold]:
        """The lines whose money went back: all of an order that was, else those that say so themselves."""
        if self.state in REVERSED:
            return list(self.lines)
        return [line for line in self.lines if line.is_reversed]


class SteamReport(msgspec.Struct, frozen=True, kw_only=True):
    """One batch of a report, oldest change first.

    Rows at the boundary repeat (know them by `key`), and a short batch is not the last: ask from `next_since` until one
    holds nothing new. `is_stuck` says that more rows share one moment than Steam hands out at once.
    """

    rows: list[SteamOrder]
    next_since: datetime
    is_stuck: bool


class SteamBuyer(msgspec.Struct, frozen=True):
    """Where somebody buys, in which currency, and whether Steam lets them."""

    country: str
    state: str
    currency: str
    status: str

    @property
    def is_locked(self) -> bool:
        """Whether they may not buy."""
        return self.status.lower().startswith("locked")
