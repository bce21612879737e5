"""Ledger: everything that is counted, in double entry. Other modules import this package and nothing inside it."""

from playerbase.ledger.actions import Known, asset, assets, create_asset, keep_months, open_item, post, use_keys
from playerbase.ledger.events import DebtIncurred, DebtRepaid, WalletsChanged
from playerbase.ledger.model import (
    HOUSE,
    Asset,
    AssetClass,
    GiveFree,
    InsufficientFunds,
    Leg,
    NewAsset,
    Posted,
    Posting,
    Purpose,
    SetAside,
    Standing,
)

__all__ = [
    "HOUSE",
    "Asset",
    "AssetClass",
    "DebtIncurred",
    "DebtRepaid",
    "GiveFree",
    "InsufficientFunds",
    "Known",
    "Leg",
    "NewAsset",
    "Posted",
    "Posting",
    "Purpose",
    "SetAside",
    "Standing",
    "WalletsChanged",
    "asset",
    "assets",
    "create_asset",
    "keep_months",
    "open_item",
    "post",
    "use_keys",
]
