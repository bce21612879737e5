"""What the ledger tells the world."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from playerbase.kit.outbox import Event, of_player


class Change(msgspec.Struct, frozen=True):
    """How a player's account stands after a transaction."""

    transaction_id: UUID
    kind: str
    player_id: UUID
    asset: str
    balance: int
    held: int


class WalletsChanged(Event, frozen=True):
    """Transactions were posted in one commit; only what became of players' own accounts is told."""

    topic: ClassVar[str] = "wallet.changed"
    chain: int
    block: int
    transaction_ids: list[UUID]
    changes: list[Change]
    at: datetime

    def audiences(self) -> Sequence[str]:
        """Those whose wallets they are."""
        return sorted({of_player(change.player_id) for change in self.changes})


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
