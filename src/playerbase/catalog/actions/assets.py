"""The one place where the catalog asks the ledger what there is to pay with."""

from playerbase import ledger
from playerbase.kit.db import Db, Tx

NAME_MAX = 80  # Of an asset; an item's may be longer.


async def assets(db: Db) -> dict[str, ledger.Asset]:
    """Everything a price or a part may name, by its code."""
    return await ledger.assets(db)


async def make_item_asset(tx: Tx, code: str, name: str) -> None:
    """The asset in which a stackable item is counted."""
    await ledger.open_item(tx, code, name[:NAME_MAX])
