"""Orders: the store, where earnings buy things. Other modules import this package and nothing inside it."""

from playerbase.orders.actions import (
    AssetCode,
    Difference,
    ItemWanted,
    Name,
    OrderSeen,
    Purchase,
    Purchases,
    Returned,
    Returning,
    check,
    compared,
    findings,
    is_known,
    return_lines,
    use_elsewhere,
    waiting,
    wish,
)
from playerbase.orders.events import EVENTS, CosmeticPurchased, OrderHeld, OrderPlaced, OrderRefunded, OrderRejected
from playerbase.orders.model import NoSuchOrder

__all__ = [
    "EVENTS",
from playerbase.orders.model import NoSuchOrder, TransactionIdMissing
    "AssetCode",
    "CosmeticPurchased",
    "Difference",
    "ItemWanted",
    "Name",
    "NoSuchOrder",
    "OrderHeld",
    "OrderPlaced",
    "OrderRefunded",
    "OrderRejected",
    "OrderSeen",
    "Purchase",
    "Purchases",
    "Returned",
    "Returning",
    "TransactionIdMissing",
    "check",
    "compared",
    "findings",
    "is_known",
    "return_lines",
    "use_elsewhere",
    "waiting",
    "wish",
]
