"""What a client presents as a receipt, and whose a purchase says it is. Pure."""

from typing import Annotated, TypeVar
from uuid import UUID

import msgspec

from playerbase.commerce.model import ReceiptUnreadable

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
Said = TypeVar("Said")


class OfEpic(msgspec.Struct, frozen=True, rename="camel"):
    """An entitlement, and whose it is."""

    account_id: Word
    entitlement_id: Word


class OfGoogle(msgspec.Struct, frozen=True, rename="camel"):
    """A product, and the token of its purchase."""

    product_id: Word
    purchase_token: Word


def epic(receipt: str) -> OfEpic:
    """What a game presents of Epic; raises ReceiptUnreadable."""
    return _read(receipt, OfEpic, "This is JSON with accountId and entitlementId")


def google(receipt: str) -> OfGoogle:
    """What a game presents of Google Play; raises ReceiptUnreadable."""
    return _read(receipt, OfGoogle, "This is JSON with productId and purchaseToken")


def player_of(bound_to: str | None) -> UUID | None:
    """The player whom a purchase names, if it names one as we would."""
    try:
        return None if bound_to is None else UUID(bound_to)
    except ValueError:
        return None


def _read(receipt: str, shape: type[Said], message: str) -> Said:
    try:
        return msgspec.json.decode(receipt, type=shape)
    except (msgspec.DecodeError, RecursionError):
        raise ReceiptUnreadable(message) from None
