"""What a shop is asked for, and what it says of an order."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from playerbase.fulfilment.model import Address, State
from playerbase.kit.errors import Conflict, Unauthenticated, Unavailable

Topic = Literal["paid", "fulfilled", "cancelled"]
WebhookId = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern="^[!-~]+$")]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """An order to be made at a shop; ``delivery_id`` is its name there, by which it is found again."""

    delivery_id: UUID
    variant: str
    title: str
    quantity: int
    email: str
    address: Address


class ShopOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order as the shop tells of it."""

    external_id: str
    name: str = ""
    delivery_id: UUID | None = None
    is_paid: bool = False
    is_fulfilled: bool = False
    is_cancelled: bool = False
    cancel_reason: str = ""
    tracking_company: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    updated_at: datetime | None = None


class Told(msgspec.Struct, frozen=True):
    """A delivery as a shop's word leaves it: its state, and what is known of the parcel."""

    state: State
    external_id: str
    external_name: str
    is_paid: bool
    tracking_company: str
    tracking_number: str
    tracking_url: str
    said_at: datetime | None
    reason: str = ""


class ShopRefuses(Exception):
    """The shop says no, and will say so again: a variant that is not there, an address it cannot read."""


class ShopAway(Exception):
    """The shop gave no answer that can be used. ``perhaps_done`` is true when it may have done what was asked."""

    def __init__(self, reason: str, *, perhaps_done: bool, was_asked: bool = True, retry_after: float = 0) -> None:
        super().__init__(reason)
        self.perhaps_done, self.was_asked, self.retry_after = perhaps_done, was_asked, retry_after


class NoShop(Unavailable):
    """No shop is set up here."""


class WebhookForged(Unauthenticated):
    """This was not signed by the shop, or was altered on the way."""


class WebhookUnreadable(Conflict):
    """This is not what the shop says of an order of ours."""

    status = 422


class WebhookStale(Conflict):
    """This was said too long ago to be heard now."""


class WebhookReplayed(Conflict):
    """This was heard before, under another name."""
