"""The verbs of the store."""

from playerbase.orders.actions.asking import AssetCode, ItemWanted, Name, Purchase, is_known, wish
from playerbase.orders.actions.comparing import LAST, Difference, check, check_some, compare_lately, compared, findings
from playerbase.orders.actions.counting import bounds, settings, signs, waiting
from playerbase.orders.actions.delivering import let_be, note, note_cancelled, pay_back, undelivered
from playerbase.orders.actions.purchasing import Bought, Purchases
from playerbase.orders.actions.refunding import Returned, Returning, elsewhere, refund, return_lines, use_elsewhere
from playerbase.orders.actions.rehearsing import Rehearsal, rehearse
from playerbase.orders.actions.reviewing import approve, give_up, reject
from playerbase.orders.actions.shown import OrderSeen, all_seen
from playerbase.orders.actions.watching import change_rule, change_settings, clear, suspects, watch_earnings

__all__ = [
    "LAST",
    "AssetCode",
    "Bought",
    "Difference",
    "ItemWanted",
    "Name",
    "OrderSeen",
    "Purchase",
    "Purchases",
    "Rehearsal",
    "Returned",
    "Returning",
    "all_seen",
    "approve",
    "bounds",
    "change_rule",
    "change_settings",
    "check",
    "check_some",
    "clear",
    "compare_lately",
    "compared",
    "elsewhere",
    "findings",
    "give_up",
    "is_known",
    "let_be",
    "note",
    "note_cancelled",
    "pay_back",
    "refund",
    "rehearse",
    "reject",
    "return_lines",
    "settings",
    "signs",
    "suspects",
    "undelivered",
    "use_elsewhere",
    "waiting",
    "watch_earnings",
    "wish",
]
