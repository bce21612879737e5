"""What purchases are called by people: platforms, states, what does not agree. Pure."""

from collections.abc import Mapping
from typing import Final

from playerbase.commerce.model import Discord, Platform, Remedy, State
from playerbase.commerce.rules.money import WHOLE

PLATFORMS: Final[Mapping[str, str]] = {
    Platform.STEAM: "Steam", Platform.EPIC: "Epic", Platform.APPLE: "App Store", Platform.GOOGLE: "Google Play",
}  # fmt: skip
STATES: Final[Mapping[str, tuple[str, str]]] = {
    State.STARTED: ("Not paid yet", "idle"), State.APPROVED: ("Approved", "info"), State.UNKNOWN: ("Unknown", "warn"),
    State.GRANTED: ("Granted", "good"), State.REFUNDED: ("Refunded", "idle"),
    State.CHARGED_BACK: ("Charged back", "bad"), State.FAILED: ("Failed", "bad"),
    State.ABANDONED: ("Abandoned", "idle"),
}  # fmt: skip
# In what it does not agree: a title, and what should be so.
DISCORDS: Final[Mapping[str, tuple[str, str]]] = {
    Discord.PAID_NOT_GRANTED: ("Paid, not granted", "What a platform sold has an order here that was granted."),
    Discord.GRANTED_NOT_PAID: ("Granted, not paid", "What was granted stands in the report of sales."),
    Discord.AMOUNT_DIFFERS: ("Amount differs", "The platform took what the order says."),
    Discord.REFUND_NOT_APPLIED: ("Refund not applied", "What the platform gave back is taken back here."),
    Discord.REFUND_NOT_CONFIRMED: (
        "Refund not confirmed",
        "What we had refunded stands in the report of the platform.",
    ),
    Discord.UNKNOWN_TOO_LONG: ("Unknown for too long", "The end of an order is known within a day."),
    Discord.RECEIPT_OF_ANOTHER: ("Receipt of another", "A receipt is presented by the player it belongs to."),
    Discord.NOT_CONFIRMED: ("Not confirmed", "The platform has heard that it was granted."),
    Discord.NOT_DELIVERED: ("Not delivered", "Whatever was paid is delivered."),
    Discord.BOOKS_DIFFER: ("Books differ", "Ledger and inventory have what was granted."),
    Discord.FEED_STANDS_STILL: ("Feed stands still", "A feed is read to its end each minute."),
}
# What a remedy is called on its button, and what it will do.
REMEDIES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    Remedy.GRANT: (
        "Grant", ("The platform is asked once more, and only if it says that it was paid it is granted.",
                  "Granted already, nothing is granted twice."),
    ),
    Remedy.ASK: (
        "Ask again", ("The platform is asked how it stands, and what it says is acted upon.",
                      "Agrees it then, the exception is settled; else it stays open."),
    ),
    Remedy.REFUND: (
        "Refund", ("The platform is asked to give all of the money back; only Steam does so by our word.",
                   "What was bought is taken back; what is spent of it becomes a debt.", "The player is told."),
    ),
    Remedy.ACCEPT: ("Accept", ("Nothing changes but this list: it stays as it is, for the reason you give.",)),
}  # fmt: skip
# Why nothing came of an order, for whoever wanted it.
WHY_NOT: Final[Mapping[str, str]] = {
    "declined": "It was declined.", "too_old": "It was not approved in time.", "never_begun": "Steam never began it.",
    "provider_away": "Steam could not be reached.", "no_answer": "Steam did not answer.",
}  # fmt: skip


def sum_of(amount: int | None, currency: str | None) -> str:
    """A sum of money in hundredths as people read it; nothing where nobody said it."""
    if amount is None or not currency:
        return ""
    whole, part = divmod(amount, 100)
    text = f"{whole:,}".replace(",", "\u202f")
    return f"{text} {currency}" if currency in WHOLE else f"{text}.{part:02} {currency}"
