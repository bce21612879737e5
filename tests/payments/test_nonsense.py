"""Whatever strangers send is refused, and makes nothing stumble."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerbase import payments, simulators
from playerbase.payments.model.refusals import NotBelieved
from playerbase.payments.rules import apple, chain, epic, google, moments, shopify, steam
from playerbase.simulators import settings
from playerbase.simulators import shopify as shop

FOUND = payments.configured(simulators.surroundings("http://127.0.0.1:1", {}), in_production=False)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


def like(**fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    """What has these fields, each rightly or wrongly filled, or not at all."""
    return st.fixed_dictionaries({}, optional={name: VALUES | right for name, right in fields.items()})


@given(st.text(max_size=200) | st.lists(st.text("AZaz09-_=", max_size=40), min_size=3, max_size=3).map(".".join))
def test_no_text_is_taken_for_a_signed_purchase(token: str) -> None:
    with pytest.raises(NotBelieved):
        chain.verified(token, root_sha256=settings.APPLE_ROOT_SHA256, now=NOW)


@given(like(alg=st.just("ES256"), x5c=st.lists(st.text(max_size=30), max_size=4)))
def test_no_header_makes_it_stumble(header: dict[str, Any]) -> None:
    part = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    with pytest.raises(NotBelieved):
        chain.verified(f"{part}.e30.AAAA", root_sha256=settings.APPLE_ROOT_SHA256, now=NOW)
    assert FOUND.google
    with pytest.raises(NotBelieved):
        google.check_claims(json.dumps(header).encode(), FOUND.google, NOW)


@given(
    like(
        transactionId=st.just("1"), originalTransactionId=st.just("1"), productId=st.just("p"),
        bundleId=st.just(settings.APPLE_BUNDLE_ID), environment=st.just("Sandbox"), type=st.just("Consumable"),
        purchaseDate=st.integers(), signedDate=st.integers(), quantity=st.integers(), revocationDate=st.integers(),
    )
)  # fmt: skip
def test_a_purchase_is_read_or_refused(said: dict[str, Any]) -> None:
    assert FOUND.apple
    try:
        found = apple.transaction_of(json.dumps(said).encode(), FOUND.apple, NOW)
    except NotBelieved:
        return
    assert (found.bundle_id, found.environment, found.signed_at.year <= 2026) == (
        settings.APPLE_BUNDLE_ID, "Sandbox", True,
    )  # fmt: skip


@given(
    like(
        version=st.just("1.0"), packageName=st.just(settings.GOOGLE_PLAY_PACKAGE),
        eventTimeMillis=st.integers().map(str), testNotification=st.just({}), voidedPurchaseNotification=st.just({}),
    ),
    st.text(max_size=5),
)  # fmt: skip
def test_a_push_is_read_or_refused(said: dict[str, Any], more: str) -> None:
    assert FOUND.google
    data = base64.b64encode(json.dumps(said).encode()).decode() + more
    try:
        google.notification_of(json.dumps({"message": {"data": data, "messageId": "1"}}).encode(), FOUND.google)
    except NotBelieved:
        return
    assert said["packageName"] == settings.GOOGLE_PLAY_PACKAGE


@given(
    st.sampled_from(["orders/paid", "orders/cancelled", "fulfillments/update", "x"]),
    like(
        id=st.integers(), updated_at=st.just("0001-01-01T00:00:00+23:59"), cancelled_at=st.text(max_size=5),
        financial_status=st.just("paid"), fulfillments=st.just([{"id": 1}]), tags=st.just("playerbase:1"),
    ),
)  # fmt: skip
def test_a_webhook_is_read_or_refused(topic: str, said: dict[str, Any]) -> None:
    assert FOUND.shopify
    push = shop.webhook(topic, said)
    try:
        told = shopify.webhook_of(push.headers, push.body.encode(), FOUND.shopify, NOW)
    except NotBelieved:
        return
    assert told.topic == topic


@given(st.dictionaries(st.text(max_size=30), st.text(max_size=60), max_size=5), st.binary(max_size=60))
def test_nobody_signs_by_chance(headers: dict[str, str], body: bytes) -> None:
    assert FOUND.shopify
    with pytest.raises(NotBelieved):
        shopify.webhook_of({**headers, "x-shopify-hmac-sha256": headers.get("x", "ä")}, body, FOUND.shopify, NOW)


@given(
    like(
        orderid=st.integers(0, 2**64).map(str), transid=st.just("1"), steamid=st.just("7"), status=st.just("Succeeded"),
        time=st.just("2026-01-01T00:00:00Z"), items=st.just([{"itemid": 1, "amount": "5"}]),
    )
)  # fmt: skip
def test_an_order_of_steam_is_read_or_is_none(said: dict[str, Any]) -> None:
    try:
        order = steam.order_of(said)
    except (ValueError, KeyError):
        return
    assert isinstance(order.key, str)
    assert order.order_id >= 0 or isinstance(said["orderid"], int)


@given(VALUES | st.lists(like(id=st.just("e"), clawbackDate=st.just("2026-01-01")), max_size=3))
def test_what_epic_does_not_describe_is_read_or_is_none(said: Any) -> None:
    for read in (epic.clawbacks_of, epic.offers_of):
        try:
            found = read(said)
        except (ValueError, KeyError, TypeError):
            continue
        assert isinstance(found, list)


@given(st.text(max_size=30) | st.datetimes().map(str) | st.just("0001-01-01T00:00:00+23:59"))
def test_a_moment_is_one_or_is_not(said: str) -> None:
    try:
        found = moments.moment(said)
    except ValueError:
        return
    assert found is None or found.tzinfo is UTC
