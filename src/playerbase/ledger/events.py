"""What the ledger tells the world."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from playerbase.kit.outbox import Event, of_player


class WalletsChanged(Event, frozen=True):
    """Transactions were posted in one commit: which block they are, and whose wallets they changed."""

    topic: ClassVar[str] = "wallet.changed"
    chain: int
    block: int
    player_ids: list[UUID]
    at: datetime

    def audiences(self) -> Sequence[str]:
        """Those whose wallets they are."""
        return [of_player(player_id) for player_id in self.player_ids]

    def told_to(self, audiences: frozenset[str]) -> Self:
        """Of themselves alone: who else was in the commit is nobody's business."""
        own = [player_id for player_id in self.player_ids if of_player(player_id) in audiences]
        return msgspec.structs.replace(self, player_ids=own)


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
