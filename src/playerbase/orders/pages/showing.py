"""What the pages of orders share: amounts in their currency's decimals, people by name, words for states and rules."""

from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import ledger
from playerbase.kit.db import Db
from playerbase.kit.http import Answer, Rendering, Request, names, staff
from playerbase.orders.model import Met

READ, WRITE = staff("orders.read"), staff("orders.write")
HERE = "/console/orders"
REVIEWS = "/console/reviews"
RULES = "/console/order-rules"
ROWS = 50
LAST = UUID(int=2**128 - 1)
RULE_NAMES = {
    "velocity": "The same item again and again", "address": "Many orders from one address",
    "earning": "Earnings that nobody plays for",
}  # fmt: skip
UNITS = (("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1))

Word = Annotated[str, msgspec.Meta(max_length=100)]
Reason = Annotated[str, msgspec.Meta(max_length=200)]
Token = Annotated[str, msgspec.Meta(max_length=64)]


async def page(
    db: Db, request: Request, rendering: Rendering, template: str, *, people: Iterable[UUID | None] = (),
    status: int = 200, **context: Any,
) -> Answer:  # fmt: skip
    """A page of orders: it knows the assets, and what these people are called."""
    return rendering.page(
        request, f"orders/{template}", status=status, assets=await ledger.assets(db), person=person, saw=saw,
        names=await names(request.site.pages, db, people), rule_names=RULE_NAMES, span_words=span_words,
        may_write="orders.write" in request.caller.permissions, **context,
    )  # fmt: skip


def linked(path: str, shown: dict[str, str], **changed: str) -> str:
    """A path with these filters, some changed; what is empty is left out."""
    kept = {name: value for name, value in {**shown, **changed}.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


def person(actor: str) -> UUID | None:
    """The player behind the name of whoever did something, if it is one."""
    kind, _, named = actor.rpartition(":")
    try:
        return UUID(named) if kind in {"", "staff", "player"} else None
    except ValueError:
        return None


def saw(sign: Met) -> str:
    """What a rule saw, in words: how much there was already, beside what it bears."""
    within, borne = span_words(sign.seconds), f"{sign.bound} {'is' if sign.bound == 1 else 'are'} borne"
    orders = f"{sign.count} order{'' if sign.count == 1 else 's'}"
    match sign.rule:
        case "velocity":
            return f"{orders} of it in {within} before this one; {borne}"
        case "address":
            return f"{orders} from this address in {within}; {borne}"
        case "earning":
            return f"earned {sign.count} times in {within}; {borne}"
        case _:
            return f"{sign.count} in {within}; {borne}"


def span_words(seconds: int) -> str:
    """A length of time in its largest whole unit."""
    unit, length = next((name, each) for name, each in UNITS if seconds % each == 0)
    count = seconds // length
    return f"{count} {unit}" if count != 1 else {"hours": "an hour"}.get(unit, f"a {unit.removesuffix('s')}")


def why_not(reason: str) -> str:
    """What is wrong with a reason, if anything is."""
    return "" if reason.strip() and reason.isprintable() else "Say why, in a line of text"
