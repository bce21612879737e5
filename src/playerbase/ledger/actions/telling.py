"""Telling what was posted: one fact a commit for wallets, and one for each debt that grew or shrank."""

from collections.abc import Mapping, Sequence

from playerbase.kit.db import Tx
from playerbase.kit.outbox import Event, emit
from playerbase.ledger import store
from playerbase.ledger.actions.known import Place
from playerbase.ledger.events import Change, DebtIncurred, DebtRepaid, WalletsChanged
from playerbase.ledger.model import HOUSE, Entry, Purpose, Written


async def tell(
    tx: Tx, block: store.Block, rows: Sequence[Written], entries: Sequence[Entry], place_of: Mapping[int, Place]
) -> None:
    """Tell what became of wallets and debts, in the transaction that made it so."""
    kinds = {row.transaction_id: row.kind for row in rows}
    changes, debts = {}, []
    for entry in entries:
        owner, asset, purpose = place_of[entry.account_id]
        if owner == HOUSE:
            continue
        if purpose is Purpose.MAIN:
            # Of several entries in one transaction the last says how it stands.
            changes[entry.transaction_id, entry.account_id] = Change(
                entry.transaction_id, kinds[entry.transaction_id], owner, asset, entry.balance_after, entry.held_after
            )
        elif purpose is Purpose.DEBT:
            debts.append(_of_debt(entry, Place(owner, asset, purpose)))
    told: list[Event] = [
        WalletsChanged(
            chain=block.chain, block=block.block, transaction_ids=[row.transaction_id for row in rows],
            changes=list(changes.values()), at=block.at,
        )
    ]  # fmt: skip
    await emit(tx, *told, *debts)


def _of_debt(entry: Entry, place: Place) -> DebtIncurred | DebtRepaid:
    if entry.amount < 0:
        return DebtIncurred(
            transaction_id=entry.transaction_id, player_id=place.owner, asset=place.asset, amount=-entry.amount
        )
    return DebtRepaid(
        transaction_id=entry.transaction_id, player_id=place.owner, asset=place.asset, amount=entry.amount,
        left=-entry.balance_after,
    )  # fmt: skip
