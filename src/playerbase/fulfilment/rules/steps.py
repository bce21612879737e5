"""What follows an attempt. Pure."""

from datetime import datetime, timedelta

import msgspec

from playerbase.fulfilment.model import Delivery, Outcome, Settings, State, Stopped

JITTER = 0.25  # Of a pause, either way: what failed together must not come back together.
PAUSE_SECONDS_MAX = 7 * 86_400
# The longest that an attempt may take, and half a minute for the shop's search, which lags some seconds behind: that it
# finds nothing sooner proves nothing.
KNOWN_AFTER = timedelta(minutes=2)


class Step(msgspec.Struct, frozen=True):
    """The state that follows, when somebody looks again, and whether the attempt counts."""

    state: State
    due_at: datetime | None
    is_spent: bool = True


def pause(settings: Settings, tried: int, dice: float) -> timedelta:
    """How long to wait after so many attempts; ``dice`` lies between 0 and 1."""
    seconds = min(settings.pause_seconds * settings.pause_factor ** (tried - 1), PAUSE_SECONDS_MAX)
    return timedelta(seconds=seconds * (1 - JITTER + 2 * JITTER * dice))


def pause_of_shop(settings: Settings) -> timedelta:
    """How long to wait before the shop is asked how a parcel fares, if it says nothing by itself."""
    return timedelta(seconds=settings.shop_poll_seconds)


def after(
    outcome: Outcome, settings: Settings, *, tried: int, now: datetime, dice: float, retry_after: float = 0
) -> Step:
    """What follows an attempt that did not succeed; ``tried`` counts it."""
    if outcome is Outcome.PUT_OFF:
        wait = timedelta(seconds=max(retry_after, settings.pause_seconds * (0.5 + dice / 2)))
        return Step(State.PENDING, now + wait, is_spent=False)
    if outcome is Outcome.REFUSED or tried >= settings.attempts_max:
        return Step(State.FAILED, None)
    return Step(State.PENDING, now + max(pause(settings, tried, dice), timedelta(seconds=retry_after)))


def stopping(delivery: Delivery, *, is_leased: bool, is_in_doubt: bool) -> Stopped:
    """Whether a delivery can still be stopped; ``is_in_doubt`` says that an attempt may have had its effect."""
    if delivery.state is State.CANCELLED:
        return Stopped.STOPPED
    if delivery.state is State.COMPLETED:
        return Stopped.TOO_LATE
    if is_leased or delivery.external_id is not None:
        return Stopped.ASKED
    if is_in_doubt:
        # A shop can be asked what it did; of a letter nobody can say whether it was read.
        return Stopped.ASKED if delivery.kind == "shopify" else Stopped.TOO_LATE
    return Stopped.STOPPED
