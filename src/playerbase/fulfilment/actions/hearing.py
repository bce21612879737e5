"""What the shop tells by itself: believed if it signed it lately, heard once, and acted on in the same transaction."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from playerbase.fulfilment.actions import settling
from playerbase.fulfilment.actions.wiring import shop
from playerbase.fulfilment.model import Delivery
from playerbase.fulfilment.model.shop import (
    NoShop,
    ShopOrder,
    Topic,
    WebhookReplayed,
    WebhookStale,
    WebhookUnreadable,
)
from playerbase.fulfilment.rules import shop as rules
from playerbase.fulfilment.store import deliveries as store
from playerbase.fulfilment.store import inbox
from playerbase.kit import clock, log
from playerbase.kit.db import Tx

SOURCE: Final = "shopify"
QUIET: Final = timedelta(minutes=1)
QUIET_MAX: Final = 10_000

_log = log.get("fulfilment")
_noted: dict[tuple[str, str], datetime] = {}


async def hear_shop(tx: Tx, topic: Topic, event_id: str, headers: Mapping[str, str], body: bytes) -> None:
    """Take in one word of the shop; one that was taken in before changes nothing.

    Only the body is signed, so what it says is what counts: an address that says something else is refused, and the
    same words under a new name are no news. Raises NoShop, WebhookForged, WebhookUnreadable, WebhookStale,
    WebhookReplayed.
    """
    counter = shop()
    if counter is None:
        raise NoShop(retry_after=60)
    order = counter.order_in(headers, body)
    if not rules.agrees(topic, order):
        raise WebhookUnreadable
    now = clock.now()
    digest = hashlib.sha256(body).digest()
    if await inbox.take_in(tx, SOURCE, event_id, topic, digest, now) is None:
        if await inbox.is_known(tx, SOURCE, event_id):
            return
        raise WebhookReplayed
    # By the machine's clock: a shop does not follow ours when it is moved.
    if rules.is_stale(order.updated_at, now - clock.offset()):
        raise WebhookStale
    delivery = await _meant(tx, order)
    if delivery is None:
        await inbox.note_heard(tx, SOURCE, event_id, None, "not_ours")
        return
    if delivery.external_id not in {None, order.external_id}:
        # The first order stands; what became of the second is for a person to see to.
        _log.error("the shop has two orders for one delivery", delivery_id=str(delivery.delivery_id))
        await inbox.note_heard(tx, SOURCE, event_id, delivery.delivery_id, "second_order")
        return
    changed = await settling.hear(tx, delivery, order)
    await inbox.note_heard(tx, SOURCE, event_id, delivery.delivery_id, changed.state.value)


def is_news(ip: str, code: str) -> bool:
    """Whether this was not refused to them within the last minute: who hammers the door must not fill the audit."""
    now = clock.now()
    last = _noted.get((ip, code))
    if last is not None and now - last < QUIET:
        return False
    if len(_noted) >= QUIET_MAX:
        _noted.clear()
    _noted[ip, code] = now
    return True


async def _meant(tx: Tx, order: ShopOrder) -> Delivery | None:
    found = await store.lock(tx, order.delivery_id) if order.delivery_id is not None else None
    found = found or await store.lock_external(tx, order.external_id)
    return found if found is not None and found.kind == "shopify" else None
