"""What is asked of whoever delivers, and what came of it."""

from uuid import UUID

import msgspec

from playerbase.fulfilment.model import Address, Delivery, Outcome
from playerbase.fulfilment.model.shop import ShopOrder
from playerbase.kit.outside import Mail


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be asked. ``what`` names the attempt it is; empty for a question that changes nothing."""

    what: str
    asked: str
    is_spent: bool = True  # Whether it counts as one of the attempts.
    find_first: bool = False  # An earlier attempt may have had its effect.
    may_create: bool = True
    mail: Mail | None = None
    email: str = ""
    address: Address | None = None


class Work(msgspec.Struct, frozen=True):
    """A delivery that is leased to us, and the number of the attempt."""

    delivery: Delivery
    lease: UUID
    number: int | None
    plan: Plan


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """How it ended, in words for staff, and the order if a shop told of one."""

    outcome: Outcome
    said: str
    order: ShopOrder | None = None
    retry_after: float = 0
