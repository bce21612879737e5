"""Telling what was posted: one fact a commit for wallets, and one for each debt that grew or shrank."""

from collections.abc import Sequence
from uuid import UUID

from playerbase.kit.db import Tx
from playerbase.kit.outbox import Event, emit
from playerbase.ledger import store
from playerbase.ledger.events import DebtIncurred, DebtRepaid, WalletsChanged
from playerbase.ledger.model import Posted, Purpose, Standing


async def tell(tx: Tx, block: store.Block, posted: Sequence[Posted], holders: Sequence[UUID]) -> None:
    """Tell whose wallets changed, theirs too whose units were only set aside, and of debts, as it becomes true."""
    owners = {standing.owner.int: standing.owner for each in posted for standing in each.standings}
    owners |= {holder.int: holder for holder in holders}
    wallets = WalletsChanged(chain=block.chain, block=block.block, player_ids=list(owners.values()), at=block.at)
    debts: list[Event] = [
        _of_debt(each, standing)
        for each in posted
        for standing in each.standings
        if standing.purpose == Purpose.DEBT and standing.change
    ]
    await emit(tx, wallets, *debts)


def _of_debt(posted: Posted, owed: Standing) -> DebtIncurred | DebtRepaid:
    if owed.change < 0:
        return DebtIncurred(
            transaction_id=posted.transaction_id, player_id=owed.owner, asset=owed.asset, amount=-owed.change
        )
    return DebtRepaid(
        transaction_id=posted.transaction_id, player_id=owed.owner, asset=owed.asset, amount=owed.change,
        left=-owed.balance,
    )  # fmt: skip
