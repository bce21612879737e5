"""Commerce: purchases paid on a platform, their receipts, refunds and chargebacks, and whether all of it agrees."""

from playerbase.commerce.actions import is_purchase, open_exceptions, reconcile, refund, refund_order, reseal, use
from playerbase.commerce.actions import of_player as orders_of_player
from playerbase.commerce.events import EVENTS, PurchaseFailed, PurchaseGranted, PurchaseRefunded
from playerbase.commerce.model import NoSuchPurchase, NothingLeft, Order, Platform, RefundElsewhere, State

__all__ = [
    "EVENTS",
    "NoSuchPurchase",
    "NothingLeft",
    "Order",
    "Platform",
    "PurchaseFailed",
    "PurchaseGranted",
    "PurchaseRefunded",
    "RefundElsewhere",
    "State",
    "is_purchase",
    "open_exceptions",
    "orders_of_player",
    "reconcile",
    "refund",
    "refund_order",
    "reseal",
    "use",
]
