"""What staff sees and does: assets, for now."""

from playerbase import audit
from playerbase.kit.db import Tx
from playerbase.kit.http import Request, post, staff
from playerbase.ledger import actions
from playerbase.ledger.model import Asset, NewAsset
from playerbase.ledger.routes.wallet import AssetSeen


@post("/admin/assets", policy=staff("ledger.write"), limit="console", status=201)
async def create_asset(tx: Tx, request: Request, body: NewAsset) -> AssetSeen:
    """Make something that is counted: a currency, points, or units of an item."""
    asset: Asset = await actions.create_asset(tx, body)
    await audit.record(tx, audit.deed(request, "asset_created", "asset", asset.code, after={"name": asset.name}))
    return AssetSeen(asset.code, asset.name, asset.asset_class, asset.exponent, asset.lifetime_days)
