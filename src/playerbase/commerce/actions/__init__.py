"""The verbs of commerce."""

from playerbase.commerce.actions.acting import act_on_due
from playerbase.commerce.actions.comparing import ask_comparison, compare
from playerbase.commerce.actions.confirming import confirm_due, confirm_receipt
from playerbase.commerce.actions.feeding import EPIC_CLAWBACKS, GOOGLE_VOIDED, STEAM_REPORT, read_feed
from playerbase.commerce.actions.hearing import act_on_heard, hear_apple, hear_google, is_news
from playerbase.commerce.actions.letters import OfRefund, write_of_refund
from playerbase.commerce.actions.noticing import note_undelivered
from playerbase.commerce.actions.operating import ask_by_staff, is_purchase, refund
from playerbase.commerce.actions.reading import LAST, of_player, order, page, refunds_of_player, taken, whole
from playerbase.commerce.actions.reconciling import Compared, difference, open_exceptions, reconcile, remedy
from playerbase.commerce.actions.reconciling import page as differences
from playerbase.commerce.actions.returning import refund_order
from playerbase.commerce.actions.sealing import reseal
from playerbase.commerce.actions.selling import Checkout, check_out
from playerbase.commerce.actions.settings import set_settings, settings
from playerbase.commerce.actions.sweeping import ask_apple_again, look_into_due
from playerbase.commerce.actions.verifying import own, verify, verify_order
from playerbase.commerce.actions.wiring import sells_on, use

__all__ = [
    "EPIC_CLAWBACKS",
    "GOOGLE_VOIDED",
    "LAST",
    "STEAM_REPORT",
    "Checkout",
    "Compared",
    "OfRefund",
    "act_on_due",
    "act_on_heard",
    "ask_apple_again",
    "ask_by_staff",
    "ask_comparison",
    "check_out",
    "compare",
    "confirm_due",
    "confirm_receipt",
    "difference",
    "differences",
    "hear_apple",
    "hear_google",
    "is_news",
    "is_purchase",
    "look_into_due",
    "note_undelivered",
    "of_player",
    "open_exceptions",
    "order",
    "own",
    "page",
    "read_feed",
    "reconcile",
    "refund",
    "refund_order",
    "refunds_of_player",
    "remedy",
    "reseal",
    "sells_on",
    "set_settings",
    "settings",
    "taken",
    "use",
    "verify",
    "verify_order",
    "whole",
    "write_of_refund",
]
