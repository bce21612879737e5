"""What the word of a shop means for a delivery, in whatever order and how often it comes. Pure."""

from datetime import datetime, timedelta

from playerbase.fulfilment.model import Delivery, State
from playerbase.fulfilment.model.shop import ShopOrder, Told, Topic

# A shop repeats its word for four hours and its clock may differ; what is older was kept by somebody.
STALE = timedelta(hours=6)
AHEAD = timedelta(minutes=5)


def heard(delivery: Delivery, said_at: datetime | None, order: ShopOrder) -> Told:
    """The delivery after this was said of its order.

    An order that was cancelled stays cancelled, one that was sent stays sent unless it is cancelled: so the last state
    is the same in whatever order things are heard. Of two words about a parcel the one said later counts.
    """
    is_later = said_at is None or (order.updated_at is not None and order.updated_at >= said_at)
    has_tracking = bool(order.tracking_number or order.tracking_url)
    track = order if has_tracking and (is_later or not delivery.tracking_number) else delivery
    if order.is_cancelled or delivery.state is State.CANCELLED:
        state = State.CANCELLED
    elif order.is_fulfilled or delivery.state is State.COMPLETED:
        state = State.COMPLETED
    else:
        state = State.PROCESSING
    return Told(
        state=state,
        external_id=order.external_id,
        external_name=order.name or delivery.external_name,
        is_paid=delivery.is_paid or order.is_paid,
        tracking_company=track.tracking_company,
        tracking_number=track.tracking_number,
        tracking_url=track.tracking_url,
        said_at=order.updated_at if is_later and order.updated_at is not None else said_at,
        reason=order.cancel_reason if order.is_cancelled else "",
    )


def agrees(topic: Topic, order: ShopOrder) -> bool:
    """Whether the signed body says what the address says: the address is not signed, so it alone proves nothing."""
    return {"paid": order.is_paid, "fulfilled": order.is_fulfilled, "cancelled": order.is_cancelled}[topic]


def is_stale(said_at: datetime | None, now: datetime) -> bool:
    """Whether it was said too long ago, or is yet to be said."""
    return said_at is None or not now - STALE <= said_at <= now + AHEAD
