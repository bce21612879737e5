"""What may be done about each thing that does not agree. Pure."""

from collections.abc import Mapping
from typing import Final

from playerbase.commerce.model import Discord, Remedy

REMEDIES: Final[Mapping[Discord, tuple[Remedy, ...]]] = {
    Discord.PAID_NOT_GRANTED: (Remedy.GRANT, Remedy.ASK, Remedy.REFUND, Remedy.ACCEPT),
    Discord.GRANTED_NOT_PAID: (Remedy.ASK, Remedy.REFUND, Remedy.ACCEPT),
    Discord.AMOUNT_DIFFERS: (Remedy.ASK, Remedy.REFUND, Remedy.ACCEPT),
    Discord.REFUND_NOT_APPLIED: (Remedy.ASK, Remedy.ACCEPT),
    Discord.REFUND_NOT_CONFIRMED: (Remedy.ASK, Remedy.ACCEPT),
    Discord.UNKNOWN_TOO_LONG: (Remedy.ASK, Remedy.GRANT, Remedy.ACCEPT),
    Discord.RECEIPT_OF_ANOTHER: (Remedy.ACCEPT,),
    Discord.NOT_CONFIRMED: (Remedy.ASK, Remedy.ACCEPT),
    Discord.NOT_DELIVERED: (Remedy.REFUND, Remedy.ACCEPT),
    Discord.BOOKS_DIFFER: (Remedy.ACCEPT,),
    Discord.FEED_STANDS_STILL: (Remedy.ASK, Remedy.ACCEPT),
}


def remedies(kind: Discord) -> tuple[Remedy, ...]:
    """What may be done about this."""
    return REMEDIES[kind]
