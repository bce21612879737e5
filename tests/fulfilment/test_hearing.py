"""What the shop tells: in every order, repeated, altered, late, and under another name."""

import asyncio
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerbase.fulfilment import Kind, ShopOrder, WebhookForged, WebhookUnreadable
from playerbase.fulfilment.actions import carry_out, hear_shop
from playerbase.fulfilment.model.shop import WebhookReplayed, WebhookStale
from playerbase.fulfilment.rules.shop import heard
from playerbase.kit import clock as the_clock
from playerbase.kit.db import Pool, transaction
from tests.conftest import MovingClock
from tests.fulfilment.lines import begun, line, player, told
from tests.fulfilment.shops import Counter, blank, signature, word
from tests.fulfilment.test_parcels import seen

_names = count(1)


async def say(pool: Pool, topic: str, body: bytes, name: str = "", signed: str = "") -> None:
    headers = {"x-shopify-hmac-sha256": signed or signature(body)}
    async with transaction(pool) as tx:
        await hear_shop(tx, topic, name or f"w{next(_names)}", headers, body)  # type: ignore[arg-type]  # One of three.


async def sent(pool: Pool, counter: Counter) -> tuple[UUID, ShopOrder]:
    """A parcel the shop knows of."""
    async with transaction(pool) as tx:
        ada = await player(tx)
    (delivery_id,) = await begun(pool, line(ada, Kind.SHOPIFY))
    await carry_out(pool, delivery_id)
    return delivery_id, counter.orders[f"gid://shopify/Order/{len(counter.made)}"]


async def test_paid_fulfilled_cancelled(pool: Pool, counter: Counter) -> None:
    delivery_id, order = await sent(pool, counter)
    await say(pool, "paid", word(order, is_paid=True))
    assert (await seen(pool, delivery_id))[0].is_paid
    await say(pool, "fulfilled", word(order, is_paid=True, is_fulfilled=True, tracking_number="RM1"))
    delivery, _ = await seen(pool, delivery_id)
    assert (delivery.state, delivery.tracking_number) == ("completed", "RM1")
    await say(pool, "cancelled", word(order, is_cancelled=True, cancel_reason="customer"))
    delivery, _ = await seen(pool, delivery_id)
    assert (delivery.state, delivery.cancel_reason) == ("cancelled", "customer")
    assert await told(pool) == ["delivery.completed", "delivery.cancelled"]


SAID: dict[str, Any] = {
    "paid": {"is_paid": True}, "fulfilled": {"is_fulfilled": True}, "cancelled": {"is_cancelled": True},
}  # fmt: skip
WORDS = st.lists(st.sampled_from(["paid", "fulfilled", "cancelled"]), min_size=1, max_size=8)


@given(WORDS)
def test_the_end_is_the_same_in_every_order(words: list[str]) -> None:
    """As a law of the rule alone: the same words in any order, however often, leave the same state."""
    ends = []
    for order in (words, sorted(words), sorted(words, reverse=True), words * 2):
        delivery, at = blank(), None
        for each in order:
            result = heard(delivery, at, ShopOrder(external_id="1", updated_at=the_clock.now(), **SAID[each]))
            delivery, at = blank(result), result.said_at
        ends.append((delivery.state, delivery.is_paid))
    assert len(set(ends)) == 1
    wanted = "cancelled" if "cancelled" in words else "completed" if "fulfilled" in words else "processing"
    assert ends[0][0] == wanted


@pytest.mark.parametrize(
    "words",
    [
        ["cancelled", "fulfilled", "paid"], ["fulfilled", "cancelled", "fulfilled"], ["paid", "cancelled", "paid"],
        ["cancelled", "cancelled"], ["fulfilled", "fulfilled", "paid"],
    ],
)  # fmt: skip
async def test_each_end_is_told_once(pool: Pool, counter: Counter, words: list[str]) -> None:
    delivery_id, order = await sent(pool, counter)
    for each in words:
        body = word(order, **SAID[each])
        await asyncio.gather(*[say(pool, each, body, name) for name in [f"same{next(_names)}"] * 3])
    topics = await told(pool)
    assert topics.count("delivery.cancelled") == ("cancelled" in words)
    assert topics.count("delivery.completed") <= 1
    delivery, attempts = await seen(pool, delivery_id)
    assert delivery.state == ("cancelled" if "cancelled" in words else "completed")
    assert [each.outcome for each in attempts] == ["succeeded"]


async def test_a_word_before_our_own_answer_proves_the_order(pool: Pool, counter: Counter, clock: MovingClock) -> None:
    async with transaction(pool) as tx:
        ada = await player(tx)
    (delivery_id,) = await begun(pool, line(ada, Kind.SHOPIFY))
    counter.fails = ["after"]
    await carry_out(pool, delivery_id)
    (order,) = counter.orders.values()
    await say(pool, "fulfilled", word(order, is_fulfilled=True))
    clock.forward(hours=1)
    await carry_out(pool, delivery_id)
    delivery, attempts = await seen(pool, delivery_id)
    assert delivery.state == "completed"
    assert [each.outcome for each in attempts] == ["succeeded"]
    assert counter.asked == ["create"]


async def test_of_two_words_about_a_parcel_the_later_counts(pool: Pool, counter: Counter) -> None:
    delivery_id, order = await sent(pool, counter)
    now = the_clock.now()
    earlier = word(order, now, is_fulfilled=True, tracking_number="OLD")
    later = word(order, now + timedelta(seconds=1), is_fulfilled=True, tracking_number="NEW")
    await say(pool, "fulfilled", later)
    await say(pool, "fulfilled", earlier)
    assert (await seen(pool, delivery_id))[0].tracking_number == "NEW"


async def test_a_changed_byte_an_old_word_and_an_old_word_with_a_new_name(pool: Pool, counter: Counter) -> None:
    delivery_id, order = await sent(pool, counter)
    body = word(order, is_paid=True)
    with pytest.raises(WebhookForged):
        await say(pool, "paid", body.replace(b"true", b"True"), signed=signature(body))
    await say(pool, "paid", body, "first")
    await say(pool, "paid", body, "first")
    with pytest.raises(WebhookReplayed):
        await say(pool, "paid", body, "second")
    for hours in (-7, 1):
        moment = the_clock.now() + timedelta(hours=hours)
        with pytest.raises(WebhookStale):
            await say(pool, "fulfilled", word(order, moment, is_paid=True, is_fulfilled=True))
    assert (await seen(pool, delivery_id))[0].state == "processing"


async def test_the_address_proves_nothing(pool: Pool, counter: Counter) -> None:
    """Topic and path are not signed: a word about a payment is not one about a cancellation."""
    delivery_id, order = await sent(pool, counter)
    with pytest.raises(WebhookUnreadable):
        await say(pool, "cancelled", word(order, is_paid=True))
    assert (await seen(pool, delivery_id))[0].state == "processing"
    assert await told(pool) == []


async def test_a_second_order_changes_nothing(pool: Pool, counter: Counter) -> None:
    delivery_id, order = await sent(pool, counter)
    await say(pool, "cancelled", word(order, external_id="gid://shopify/Order/99", is_cancelled=True))
    assert (await seen(pool, delivery_id))[0].state == "processing"
    assert await pool.fetchval("select outcome from fulfilment.inbox") == "second_order"


async def test_what_is_not_ours_is_taken_in_and_left(pool: Pool, counter: Counter) -> None:
    _, order = await sent(pool, counter)
    await say(pool, "paid", word(order, external_id="gid://shopify/Order/77", delivery_id=None, is_paid=True))
    assert await pool.fetchval("select outcome from fulfilment.inbox") == "not_ours"
