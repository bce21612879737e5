"""Shopify as a shop: its orders by our own ids, and its silences told apart."""

from collections.abc import Awaitable, Mapping
from typing import Final, Protocol, TypeVar
from uuid import UUID

from playerbase import payments
from playerbase.fulfilment.model import Address
from playerbase.fulfilment.model.shop import (
    ShopAway,
    ShopOrder,
    ShopRefuses,
    Wanted,
    WebhookForged,
    WebhookStale,
    WebhookUnreadable,
)
from playerbase.kit import log

UNREADABLE: Final = frozenset({"topic", "claims"})
SURPLUS: Final = "Made twice by mistake"

Said = TypeVar("Said")

_log = log.get("fulfilment")


class Till(Protocol):
    """What is asked of the till at Shopify."""

    async def create(
        self,
        our_id: str,
        lines: list[payments.ShopLine],
        *,
        email: str | None = None,
        address: payments.ShopAddress | None = None,
    ) -> payments.ShopOrder:
        """Make an order."""
        ...

    async def find(self, our_id: str) -> list[payments.ShopOrder]:
        """The orders of this number of ours."""
        ...

    async def order(self, order_id: str) -> payments.ShopOrder:
        """An order as it stands."""
        ...

    async def cancel(self, order_id: str, *, note: str = "") -> None:
        """Have an order cancelled."""
        ...

    def webhook(self, headers: Mapping[str, str], body: bytes) -> payments.ShopWebhook:
        """What it pushed to us."""
        ...


class Shopify:
    """The shop that deliveries are ordered from."""

    def __init__(self, till: Till) -> None:
        self._till = till

    async def create(self, wanted: Wanted) -> ShopOrder:
        """Make the order; what has no answer may have been made."""
        if not wanted.variant.isascii() or not wanted.variant.isdecimal():
            raise ShopRefuses(f"{wanted.variant!r} is not the number of a variant.")
        lines = [payments.ShopLine(int(wanted.variant), wanted.quantity)]
        made = self._till.create(
            str(wanted.delivery_id), lines, email=wanted.email or None, address=_address(wanted.address)
        )
        return _order(await _heard(made))

    async def find(self, delivery_id: UUID) -> ShopOrder | None:
        """The order that bears our id, the first of them if there are several; the others are cancelled."""
        found = sorted(await _heard(self._till.find(str(delivery_id))), key=lambda each: (len(each.id), each.id))
        for surplus in found[1:]:
            _log.error("the shop has two orders for one delivery", delivery_id=str(delivery_id), order=surplus.id)
            if not surplus.is_cancelled:
                await _heard(self._till.cancel(surplus.id, note=SURPLUS))
        return _order(found[0]) if found else None

    async def cancel(self, external_id: str, reason: str) -> ShopOrder:
        """The order, cancelled or about to be: Shopify does it a little later, and tells so."""
        before = await _heard(self._till.order(external_id))
        if before.is_cancelled:
            return _order(before)
        if before.is_fulfilled:
            raise ShopRefuses("It is on its way.")
        await _heard(self._till.cancel(external_id, note=reason))
        return _order(await _heard(self._till.order(external_id)))

    def order_in(self, headers: Mapping[str, str], body: bytes) -> ShopOrder:
        """The order a webhook tells of; raises WebhookForged, WebhookStale, WebhookUnreadable."""
        try:
            told = self._till.webhook(headers, body)
        except payments.NotificationRefused as refused:
            if refused.reason == "stale":
                raise WebhookStale from None
            raise (WebhookUnreadable if refused.reason in UNREADABLE else WebhookForged) from None
        if told.order is None:
            raise WebhookUnreadable
        return _order(told.order)


async def _heard(asked: Awaitable[Said]) -> Said:
    """The answer; raises ShopRefuses, ShopAway."""
    try:
        return await asked
    except payments.PaymentRefused as refused:
        said = refused.members.get("said") or [str(refused)]
        raise ShopRefuses(" ".join(map(str, said)) if isinstance(said, list) else str(said)) from None
    except payments.PaymentUnknownOutcome as unknown:
        raise ShopAway(f"It gave no answer ({unknown.reason}).", perhaps_done=True) from None
    except payments.ProviderAway as away:
        wait = away.members.get("retry_after")
        retry_after = float(wait) if isinstance(wait, int | float) else 0.0
        raise ShopAway(str(away), perhaps_done=False, was_asked=False, retry_after=retry_after) from None


def _order(told: payments.ShopOrder) -> ShopOrder:
    parcel = next((each for each in reversed(told.shipments) if not each.is_cancelled), None)
    return ShopOrder(
        external_id=told.id, name=told.name, delivery_id=_id(told.our_id), is_paid=told.is_paid,
        is_fulfilled=told.is_fulfilled, is_cancelled=told.is_cancelled,
        tracking_company=(parcel and parcel.tracking_company) or "",
        tracking_number=(parcel and parcel.tracking_number) or "",
        tracking_url=(parcel and parcel.tracking_url) or "", updated_at=told.updated_at,
    )  # fmt: skip


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _address(address: Address) -> payments.ShopAddress:
    first, _, last = address.name.rpartition(" ")
    return payments.ShopAddress(
        first_name=first, last_name=last, address1=address.line1, address2=address.line2, city=address.city,
        zip=address.postcode, country_code=address.country, province_code=address.region, phone=address.phone,
    )  # fmt: skip
