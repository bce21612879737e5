"""Orders: the store, where earnings buy things. Other modules import this package and nothing inside it."""

from playerbase.orders.actions import (
    Difference,
    OrderSeen,
    Purchases,
    Returned,
    Returning,
    check,
    compared,
    findings,
    return_lines,
    use_elsewhere,
    waiting,
)
from playerbase.orders.events import EVENTS, CosmeticPurchased, OrderHeld, OrderPlaced, OrderRefunded, OrderRejected
from playerbase.orders.model import NoSuchOrder

__all__ = [
    "EVENTS",
    "CosmeticPurchased",
    "Difference",
    "NoSuchOrder",
    "OrderHeld",
    "OrderPlaced",
    "OrderRefunded",
    "OrderRejected",
    "OrderSeen",
    "Purchases",
    "Returned",
    "Returning",
    "check",
    "compared",
    "findings",
    "return_lines",
    "use_elsewhere",
    "waiting",
]
