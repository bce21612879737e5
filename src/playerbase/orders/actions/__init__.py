"""The verbs of the store."""

from playerbase.orders.actions.asking import ItemWanted, Purchase, wish
from playerbase.orders.actions.counting import bounds, waiting
from playerbase.orders.actions.delivering import note, note_cancelled, pay_back
from playerbase.orders.actions.purchasing import Bought, Purchases
from playerbase.orders.actions.refunding import Returned, Returning, elsewhere, refund, use_elsewhere
from playerbase.orders.actions.reviewing import approve, give_up, reject
from playerbase.orders.actions.shown import OrderSeen, all_seen
from playerbase.orders.actions.watching import (
    Difference,
    change_rule,
    check,
    clear,
    suspects,
    watch_earnings,
)

__all__ = [
    "Bought",
    "Difference",
    "ItemWanted",
    "OrderSeen",
    "Purchase",
    "Purchases",
    "Returned",
    "Returning",
    "all_seen",
    "approve",
    "bounds",
    "change_rule",
    "check",
    "clear",
    "elsewhere",
    "give_up",
    "note",
    "note_cancelled",
    "pay_back",
    "refund",
    "reject",
    "suspects",
    "use_elsewhere",
    "waiting",
    "watch_earnings",
    "wish",
]
