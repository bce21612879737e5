"""What is said to a player whose purchase was refused, in plain words and with a way on."""

import msgspec

from playerbase.kit.db import Kept
from playerbase.kit.errors import Refusal

WORDS = {
    "insufficient_funds": "You do not have enough of this currency. Nothing was bought.",
    "sold_out": "Somebody else was faster: there are not that many left.",
    "maximum_reached": "You would have more of this than one player may.",
    "item_not_for_sale": "This cannot be bought at the moment.",
    "quantity_too_large": "That is more than one order may hold. Buy fewer at a time.",
    "too_many_lines": "That is more than one order may hold.",
    "too_many_purchases": "You have bought this very often in a short time. Come back a little later.",
    "currency_ambiguous": "Choose what you pay with.",
    "key_reused": "This page had been sent before with something else in it. Look at it once more, and buy then.",
    "account_locked": "Your wallet is locked at the moment, so nothing can be paid. Our support can say why.",
}


class Trouble(msgspec.Struct, frozen=True):
    """Why something was not bought."""

    status: int
    code: str
    words: str


class _Record(msgspec.Struct, frozen=True):
    code: str
    detail: str


def trouble(refused: Refusal | Kept) -> Trouble:
    """A refusal, as it was raised or as it is kept, for a player."""
    if isinstance(refused, Refusal):
        return Trouble(refused.status, refused.code, WORDS.get(refused.code, str(refused)))
    record = msgspec.json.decode(refused.body, type=_Record)
    return Trouble(refused.status, record.code, WORDS.get(record.code, record.detail))
