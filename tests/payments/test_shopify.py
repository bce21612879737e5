"""A shop at Shopify: orders, and what it tells of them."""

import base64

import pytest

from playerbase.payments import (
    NotificationRefused,
    PaymentRefused,
    PaymentUnknownOutcome,
    ProviderAway,
    ShopAddress,
    ShopLine,
    Tills,
)
from playerbase.payments.model.configuration import Shopify
from playerbase.payments.rules import shopify as rules
from playerbase.simulators import settings, shopify
from playerbase.simulators.shopify import Order
from playerbase.simulators.world import Fault, Push, World, seconds
from tests.payments.conftest import Opening

OURS = "0190d5a0-0000-7000-8000-000000000001"
SHIRT = ShopLine(44_556_677, 2)
ADDRESS = ShopAddress(
    first_name="Ada", last_name="L", address1="Street 1", city="Ulm", zip="89073", country_code="DE"
)  # fmt: skip


def the_order(world: World) -> Order:
    (order,) = world.provider("shopify").sales.values()
    assert isinstance(order, Order)
    return order


def changed(push: Push, **headers: str) -> dict[str, str]:
    return {**push.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}


async def made(world: World, tills: Tills) -> Order:
    await tills.shopify.create(OURS, [SHIRT])
    return the_order(world)


async def test_an_order_is_made_found_and_shown(world: World, tills: Tills) -> None:
    order = await tills.shopify.create(OURS, [SHIRT], email="ada@example.com", address=ADDRESS, is_test=True)
    assert (order.our_id, order.is_paid, order.is_fulfilled, order.is_cancelled) == (OURS, True, False, False)
    assert the_order(world).lines == [{"variantId": "gid://shopify/ProductVariant/44556677", "quantity": 2}]
    assert [each.id for each in await tills.shopify.find(OURS)] == [order.id]
    assert (await tills.shopify.order(order.id)).name == order.name


async def test_the_search_finds_more_than_was_asked_for(tills: Tills) -> None:
    await tills.shopify.create(f"{OURS}-2", [SHIRT])
    assert await tills.shopify.find(OURS) == []
    await tills.shopify.create(OURS, [SHIRT])
    await tills.shopify.create(OURS, [SHIRT])
    assert len(await tills.shopify.find(OURS)) == 2, "made twice by mistake, and seen"


async def test_user_errors_come_with_status_200(world: World, tills: Tills) -> None:
    world.provider("shopify").refusing.append(1)
    with pytest.raises(PaymentRefused) as refused:
        await tills.shopify.create(OURS, [SHIRT])
    assert refused.value.members["said"] == ["Line items variant is invalid"]
    assert not world.provider("shopify").sales


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.CLOSE, Fault.HALF, Fault.FAILING, Fault.MISTAKE])
async def test_an_order_without_an_answer_is_looked_for_before_another_is_made(
    fault: Fault, world: World, opening: Opening
) -> None:
    world.slow_seconds = 60.0
    tills = opening(seconds=5.0 if fault is Fault.LOST else 20.0)
    world.provider("shopify").break_next(fault, 1)
    with pytest.raises(PaymentUnknownOutcome):
        await tills.shopify.create(OURS, [SHIRT])
    was_made = fault not in {Fault.FAILING, Fault.MISTAKE}
    assert len(await tills.shopify.find(OURS)) == int(was_made)


async def test_too_much_at_once_is_said_with_status_200_and_with_when(world: World, tills: Tills) -> None:
    world.provider("shopify").break_next(Fault.TOO_MANY, 1)
    with pytest.raises(ProviderAway) as away:
        await tills.shopify.create(OURS, [SHIRT])
    assert away.value.members["retry_after"] == 7, "70 points are lacking, and 10 come back each second"
    assert await tills.shopify.create(OURS, [SHIRT])


async def test_a_wrong_token_is_our_fault(opening: Opening) -> None:
    with pytest.raises(ProviderAway):
        await opening({"SHOPIFY_ACCESS_TOKEN": "shpat_wrong"}).shopify.create(OURS, [SHIRT])


async def test_an_order_is_cancelled_once_and_tells_so(world: World, tills: Tills) -> None:
    order = await tills.shopify.create(OURS, [SHIRT])
    await tills.shopify.cancel(order.id, note="The player asked for it.")
    assert (await tills.shopify.order(order.id)).is_cancelled
    assert [push.title for push in world.pushes] == ["orders/cancelled"]
    with pytest.raises(PaymentRefused) as refused:
        await tills.shopify.cancel(order.id)
    assert refused.value.members["said"] == ["Order has already been cancelled"]


async def test_an_order_there_is_not(tills: Tills) -> None:
    with pytest.raises(PaymentRefused) as refused:
        await tills.shopify.order("gid://shopify/Order/1")
    assert refused.value.reason == "unknown_order"
    for wrong in ("1", "gid://shopify/Product/1", 'gid://shopify/Order/1"'):
        with pytest.raises(PaymentRefused, match="stand for"):
            await tills.shopify.order(wrong)
    with pytest.raises(PaymentRefused):
        await tills.shopify.find('x" OR "1')


@pytest.mark.parametrize(
    ("our_id", "lines"),
    [
        ("", [SHIRT]), ("a b", [SHIRT]), (OURS, []), (OURS, [ShopLine(1, 0)]), (OURS, [ShopLine(0, 1)]),
        (OURS, [SHIRT] * 101),
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_not_sent(our_id: str, lines: list[ShopLine], world: World, tills: Tills) -> None:
    with pytest.raises(PaymentRefused):
        await tills.shopify.create(our_id, lines)
    assert not world.provider("shopify").calls


async def test_a_parcel_is_followed(world: World, tills: Tills) -> None:
    order = await made(world, tills)
    push = shopify.happen(world, order, "fulfil")
    told = tills.shopify.webhook(push.headers, push.body.encode())
    assert told.order
    assert (told.topic, told.order.our_id, told.order.is_fulfilled) == ("orders/fulfilled", OURS, True)
    (parcel,) = told.order.shipments
    assert (parcel.tracking_number, parcel.tracking_company) == (order.tracking, "Simulated Post")
    assert parcel.is_delivered is False, "sent is not arrived"
    order.is_delivered = True
    late = shopify.webhook("fulfillments/update", shopify.parcel(order))
    arrived = tills.shopify.webhook(late.headers, late.body.encode())
    assert arrived.shipment
    assert (arrived.shipment.is_delivered, arrived.order_id) == (True, told.order_id)
    (shown,) = (await tills.shopify.order(told.order.id)).shipments
    assert (shown.tracking_number, shown.is_delivered) == (order.tracking, True)


@pytest.mark.parametrize(("what", "topic"), [("pay", "orders/paid"), ("cancel", "orders/cancelled")])
async def test_what_the_shop_tells_is_believed(what: str, topic: str, world: World, tills: Tills) -> None:
    push = shopify.happen(world, await made(world, tills), what)
    told = tills.shopify.webhook(push.headers, push.body.encode())
    assert told.order
    assert (told.topic, told.id, told.order.is_cancelled) == (topic, push.id, what == "cancel")
    assert told.updated_at
    assert abs(told.updated_at.timestamp() - seconds()) < 60
    assert told.triggered_at is not None


async def test_a_repetition_is_known_by_its_id_and_by_what_was_signed(world: World, tills: Tills) -> None:
    push = shopify.happen(world, await made(world, tills), "pay")
    first = tills.shopify.webhook(push.headers, push.body.encode())
    renamed = tills.shopify.webhook(changed(push, X_Shopify_Webhook_Id="made-up"), push.body.encode())
    assert first.id != renamed.id, "the id is not signed,"
    assert first.digest == renamed.digest, "so what was signed is there to compare too"


async def test_what_came_late_is_known_by_its_age(world: World, tills: Tills) -> None:
    order = await made(world, tills)
    paid, cancelled = shopify.happen(world, order, "pay"), shopify.happen(world, order, "cancel")
    later, earlier = (tills.shopify.webhook(push.headers, push.body.encode()) for push in (cancelled, paid))
    assert later.updated_at
    assert earlier.updated_at
    assert later.updated_at >= earlier.updated_at


async def reason_of(tills: Tills, headers: dict[str, str], body: bytes) -> str:
    with pytest.raises(NotificationRefused) as refused:
        tills.shopify.webhook(headers, body)
    assert refused.value.status == 401
    return refused.value.reason


async def test_one_changed_byte_is_seen(world: World, tills: Tills) -> None:
    push = shopify.happen(world, await made(world, tills), "pay")
    body = push.body.encode()
    for place in range(0, len(body), 37):
        forged = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        assert await reason_of(tills, push.headers, forged) == "signature"
    assert await reason_of(tills, push.headers, body + b"\n") == "signature"


async def test_unsigned_or_signed_by_another(world: World, tills: Tills) -> None:
    order = await made(world, tills)
    push = shopify.happen(world, order, "pay")
    for signature in ("", "AAAA", "not base64 ä", base64.b64encode(b"x" * 32).decode()):
        assert await reason_of(tills, changed(push, X_Shopify_Hmac_SHA256=signature), push.body.encode()) == "signature"
    bare = {name: value for name, value in push.headers.items() if "Hmac" not in name}
    assert await reason_of(tills, bare, push.body.encode()) == "signature"
    other = shopify.webhook("orders/paid", shopify.told(order), secret="shpss_other")
    assert await reason_of(tills, other.headers, other.body.encode()) == "signature"


async def test_headers_are_written_as_one_likes(world: World, tills: Tills) -> None:
    push = shopify.happen(world, await made(world, tills), "pay")
    for written in (str.lower, str.upper):
        headers = {written(name): value for name, value in push.headers.items()}
        assert tills.shopify.webhook(headers, push.body.encode()).id == push.id


async def test_the_shop_and_the_topic_are_not_signed_and_are_looked_at(world: World, tills: Tills) -> None:
    push = shopify.happen(world, await made(world, tills), "pay")
    body = push.body.encode()
    assert await reason_of(tills, changed(push, X_Shopify_Shop_Domain="other.myshopify.com"), body) == "shop"
    for topic in ("orders/cancelled", "orders/fulfilled"):
        assert await reason_of(tills, changed(push, X_Shopify_Topic=topic), body) == "topic"
    assert await reason_of(tills, changed(push, X_Shopify_Topic=""), body) == "headers"
    assert await reason_of(tills, changed(push, X_Shopify_Webhook_Id=""), body) == "headers"
    other = tills.shopify.webhook(changed(push, X_Shopify_Topic="shop/redact"), body)
    assert (other.order, other.shipment) == (None, None)


async def test_what_is_a_day_old_is_sent_by_somebody_else(world: World, tills: Tills) -> None:
    order = await made(world, tills)
    for hours, is_stale in ((5, False), (25, True)):
        order.updated_at = seconds() - hours * 3_600
        push = shopify.webhook("orders/paid", shopify.told(order))
        if is_stale:
            assert await reason_of(tills, push.headers, push.body.encode()) == "stale"
        else:
            assert tills.shopify.webhook(push.headers, push.body.encode())


async def test_while_secrets_are_exchanged_both_are_believed(world: World, opening: Opening) -> None:
    tills = opening({"SHOPIFY_WEBHOOK_SECRETS": f"shpss_new, {settings.SHOPIFY_SECRET}"})
    order = await made(world, tills)
    for secret in ("shpss_new", settings.SHOPIFY_SECRET):
        push = shopify.webhook("orders/paid", shopify.told(order), secret=secret)
        assert tills.shopify.webhook(push.headers, push.body.encode())


async def test_a_refund_names_its_order(tills: Tills) -> None:
    push = shopify.webhook("refunds/create", {"id": 1, "order_id": 450789469, "refund_line_items": []})
    told = tills.shopify.webhook(push.headers, push.body.encode())
    assert (told.order_id, told.order) == ("gid://shopify/Order/450789469", None)


def test_the_vector_of_the_contract() -> None:
    body = b'{"id":820982911946154508,"order_id":450789469,"status":"success"}'
    ours = Shopify("https://x.example", "a.myshopify.com", "t", ("shpss_test_secret",), "2026-10")
    headers = {
        "x-shopify-hmac-sha256": "sGuY9/DkT8vtHtkvRa111VRHPoVHefa4CGNFqq8vdqM=",
        "x-shopify-topic": "fulfillments/create",
        "x-shopify-shop-domain": "a.myshopify.com", "x-shopify-webhook-id": "1",
    }  # fmt: skip
    moment = rules.moment("2026-01-01T00:00:00Z")
    assert moment
    told = rules.webhook_of(headers, body, ours, moment)
    assert told.shipment
    assert (told.order_id, told.shipment.id) == (
        "gid://shopify/Order/450789469", "gid://shopify/Fulfillment/820982911946154508",
    )  # fmt: skip


def test_a_number_of_ours_is_found_in_a_tag_too() -> None:
    assert rules.order_of(rules.Order(id="gid://shopify/Order/1", tags=["vip", f"playerbase:{OURS}"])).our_id == OURS
