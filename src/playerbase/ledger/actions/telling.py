"""Telling what was posted: one fact a commit for wallets, and one for each debt that grew or shrank."""

from collections.abc import Sequence

from playerbase.kit.db import Tx
from playerbase.kit.outbox import Event, emit
from playerbase.ledger import store
from playerbase.ledger.events import Change, DebtIncurred, DebtRepaid, WalletsChanged
from playerbase.ledger.model import Posted, Purpose, Standing


async def tell(tx: Tx, block: store.Block, posted: Sequence[tuple[str, Posted]]) -> None:
    """Tell what became of wallets and debts, in the transaction that made it so; each posting with its kind."""
    changes = [Change(each.transaction_id, kind, each.standings) for kind, each in posted]
    wallets = WalletsChanged(chain=block.chain, block=block.block, changes=changes, at=block.at)
    debts: list[Event] = [
        _of_debt(each, standing)
        for _, each in posted
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
