"""Lots: units of an expiring asset that came together. What ends first is spent first. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from playerbase.ledger.model import Asset, Lot, LotMove


class Shelves:
    """The lots of the accounts that were locked, what ends first before the rest, and what a batch changes in them."""

    def __init__(self, now: datetime, lots: dict[int, list[Lot]], asset_of: Mapping[int, Asset]) -> None:
        self.lots = lots
        self.made: list[Lot] = []
        self._changes: dict[tuple[UUID, UUID], int] = {}
        self._asset_of = asset_of
        self._now = now

    @property
    def moves(self) -> list[LotMove]:
        """What each transaction changed in each lot, all in all."""
        return [LotMove(*which, change) for which, change in self._changes.items() if change]

    def changed(self) -> list[Lot]:
        """The lots that were there before and are not as they were."""
        new = {lot.lot_id for lot in self.made}
        moved = {lot_id for lot_id, _ in self._changes} - new
        return [lot for lots in self.lots.values() for lot in lots if lot.lot_id in moved]

    def moved_by(self, transaction_id: UUID) -> dict[int, list[LotMove]]:
        """What a transaction of this batch changed, by account, in the order in which lots end."""
        return {
            account: [
                LotMove(lot.lot_id, transaction_id, change)
                for lot in lots
                if (change := self._changes.get((lot.lot_id, transaction_id)))
            ]
            for account, lots in self.lots.items()
        }

    def take(self, account: int, amount: int, transaction_id: UUID, *, first: UUID | None) -> None:
        """Take from what ``first`` gave, if that is being taken back, and else from what ends first."""
        for lot in sorted(self.lots[account], key=lambda each: each.transaction_id != first):
            taken = min(amount, lot.remaining)
            if taken:
                self._change(lot, transaction_id, -taken)
                amount -= taken
        assert not amount, "an account's lots are its balance"

    def put(
        self, account: int, amount: int, transaction_id: UUID, back: Sequence[LotMove], expires_at: datetime | None
    ) -> None:
        """Put back into the lots it was taken from, each with its own end, and what is left into a new one."""
        known = {lot.lot_id: lot for lot in self.lots[account]}
        for move in back:
            lot = known.get(move.lot_id)
            if lot is not None and move.change < 0:
                returned = min(amount, -move.change, lot.granted - lot.remaining)
                self._change(lot, transaction_id, returned)
                amount -= returned
        if not amount:
            return
        lot_id = UUID(int=transaction_id.int ^ account)  # Named after what it came from: a rebuilt ledger has the same.
        lot = known.get(lot_id)
        if lot is None:
            ends = expires_at or self._now + timedelta(days=self._asset_of[account].lifetime_days or 0)
            lot = Lot(lot_id, account, transaction_id, 0, 0, ends)
            self.made.append(lot)
            self.lots[account].append(lot)
            self.lots[account].sort(key=lambda each: (each.expires_at, each.lot_id))
        lot.granted += amount
        self._change(lot, transaction_id, amount)

    def _change(self, lot: Lot, transaction_id: UUID, change: int) -> None:
        lot.remaining += change
        which = (lot.lot_id, transaction_id)
        self._changes[which] = self._changes.get(which, 0) + change
