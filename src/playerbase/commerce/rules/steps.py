"""What follows from how an order stands at Steam, and when one is looked at again. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from playerbase.commerce.model import GIVEN, OPEN, Order, Settings, State

PAUSE_MAX: Final = timedelta(hours=1)
DOUBLINGS_MAX: Final = 12


class Standing(StrEnum):
    """How an order stands at Steam."""

    NOWHERE = "nowhere"
    BEGUN = "begun"
    APPROVED = "approved"
    PAID = "paid"
    FAILED = "failed"
    TAKEN_BACK = "taken_back"
    STRANGE = "strange"  # In a word Steam has not told us yet.


class Next(StrEnum):
    """What is to be done about it."""

    WAIT = "wait"
    FINALIZE = "finalize"
    GRANT = "grant"
    FAIL = "fail"
    ABANDON = "abandon"
    TAKE_BACK = "take_back"
    DOUBT = "doubt"


class Step(msgspec.Struct, frozen=True):
    """What is to be done, and why."""

    next: Next
    reason: str = ""


def after(
    order: Order, standing: Standing, differs: str | None, *, may_finalize: bool, now: datetime, settings: Settings
) -> Step:
    """What to do about an order that stands so; ``differs`` says in what it is not what we sold.

    ``may_finalize``: its buyer is here and wants it.
    """
    if order.state in GIVEN:
        return Step(Next.TAKE_BACK if standing is Standing.TAKEN_BACK else Next.WAIT)
    known = {
        Standing.TAKEN_BACK: Step(Next.TAKE_BACK),
        Standing.PAID: Step(Next.DOUBT, differs) if differs else Step(Next.GRANT),
        Standing.FAILED: Step(Next.FAIL, "declined"),
        Standing.STRANGE: Step(Next.DOUBT, "strange_state"),
        # Steam knows nothing of it: what we asked for did not arrive, or was never asked.
        Standing.NOWHERE: Step(Next.ABANDON, "never_begun"),
    }
    if standing in known:
        return known[standing]
    if standing is Standing.APPROVED and differs:
        return Step(Next.FAIL, differs)
    # What was given up is not paid for after all: the buyer was told that nothing came of it.
    if standing is Standing.APPROVED and order.state in OPEN and (may_finalize or order.step == "finalize"):
        return Step(Next.FINALIZE)
    is_old = now - order.created_at >= timedelta(seconds=settings.abandon_seconds)
    if is_old or order.step == "init":
        # Of one begun without an answer the buyer never saw where to approve it.
        return Step(Next.ABANDON, "too_old" if is_old else "never_begun")
    return Step(Next.WAIT)


def look_again(order: Order, settings: Settings, now: datetime) -> datetime:
    """When an order is looked at again: each time twice as late, up to an hour, and at the latest when it is old."""
    pause = settings.look_seconds * (1 << min(order.tried, DOUBLINGS_MAX))
    due = now + min(timedelta(seconds=pause), PAUSE_MAX)
    if order.state in {State.STARTED, State.APPROVED}:
        old_at = order.created_at + timedelta(seconds=settings.abandon_seconds)
        return min(due, old_at) if old_at > now else due
    return due


def retry_at(tried: int, now: datetime) -> datetime:
    """When something that failed is tried again: after half a minute, then each time twice as late, up to an hour."""
    return now + min(timedelta(seconds=30 << min(tried, DOUBLINGS_MAX)), PAUSE_MAX)
