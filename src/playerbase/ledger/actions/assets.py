"""Assets: what there is to be counted."""

from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.ledger import store
from playerbase.ledger.model import Asset, AssetClass, AssetExists, NewAsset


async def create_asset(tx: Tx, new: NewAsset) -> Asset:
    """Make an asset, once: one that is there and the same is answered as it is. Raises AssetExists if it differs."""
    await store.add_asset(
        tx, new.code, new.name, new.asset_class, new.exponent, new.lifetime_days, new.repay_percent, clock.now()
    )
    made = await asset(tx, new.code)
    assert made is not None
    same = (made.asset_class, made.exponent, made.lifetime_days, made.repay_percent)
    if same != (new.asset_class, new.exponent, new.lifetime_days, new.repay_percent):
        raise AssetExists(asset=made.code)
    return made


async def asset(db: Db, code: str) -> Asset | None:
    """The asset of this code."""
    return next((each for each in await store.assets_known(db) if each.code == code), None)


async def open_item(tx: Tx, code: str, name: str) -> Asset:
    """The asset that counts a stackable item, made if there is none yet; ``item:`` stands before the item's code."""
    return await create_asset(tx, NewAsset(f"item:{code}", name, AssetClass.ITEM))
