"""What the ledger tells the world."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from playerbase.kit.outbox import Event, of_player
from playerbase.ledger.model import Standing


class Change(msgspec.Struct, frozen=True):
    """A transaction, and how the players' accounts it touched stand after it."""

    transaction_id: UUID
    kind: str
    standings: tuple[Standing, ...]


class WalletsChanged(Event, frozen=True):
    """Transactions were posted in one commit."""

    topic: ClassVar[str] = "wallet.changed"
    chain: int
    block: int
    changes: list[Change]
    at: datetime

    def audiences(self) -> Sequence[str]:
        """Those whose wallets they are."""
        return sorted({of_player(standing.owner) for change in self.changes for standing in change.standings})


class DebtIncurred(Event, frozen=True):
    """What was taken back had been spent: the player owes it."""

    topic: ClassVar[str] = "debt.incurred"
    transaction_id: UUID
    player_id: UUID
    asset: str
    amount: int

    def keys(self) -> Sequence[str]:
        """In order, for each player."""
        return [str(self.player_id)]

    def audiences(self) -> Sequence[str]:
        """Who owes it."""
        return [of_player(self.player_id)]


class DebtRepaid(Event, frozen=True):
    """A part of what was earned went to a debt."""

    topic: ClassVar[str] = "debt.repaid"
    transaction_id: UUID
    player_id: UUID
    asset: str
    amount: int
    left: int

    def keys(self) -> Sequence[str]:
        """In order, for each player."""
        return [str(self.player_id)]

    def audiences(self) -> Sequence[str]:
        """Who owed it."""
        return [of_player(self.player_id)]
