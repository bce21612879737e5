"""What a shop at Shopify says of its orders."""

from datetime import datetime

import msgspec


class ShopAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where a parcel goes."""

    first_name: str
    last_name: str
    address1: str
    city: str
    zip: str
    country_code: str
    address2: str = ""
    province_code: str = ""
    phone: str = ""


class ShopLine(msgspec.Struct, frozen=True):
    """Something to be sent, by the number of its variant in the shop."""

    variant_id: int
    quantity: int


class ShopShipment(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel. That it was fulfilled means that it is on its way, and not that it has arrived."""

    id: str
    status: str  # success, cancelled, pending, open, error, failure.
    shipment_status: str | None  # in_transit, delivered …
    tracking_company: str | None
    tracking_number: str | None
    tracking_url: str | None

    @property
    def is_delivered(self) -> bool:
        """Whether it has arrived."""
        return self.shipment_status == "delivered"

    @property
    def is_cancelled(self) -> bool:
        """Whether it is not coming after all."""
        return self.status == "cancelled"


class ShopOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order of the shop; `our_id` is what we gave it."""

    id: str  # gid://shopify/Order/…
    name: str
    our_id: str | None
    is_paid: bool
    is_fulfilled: bool
    is_cancelled: bool
    updated_at: datetime | None
    shipments: list[ShopShipment]


class ShopWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """Something the shop tells us. It may come more than once, and later than what happened after it.

    A repetition has the same `id`; `digest` is the hash of what was signed, which `id` is not. `updated_at` is signed
    too: what is older than what is known already says nothing new. Of a parcel `order_id` alone names the order.
    """

    id: str
    event_id: str
    topic: str
    digest: str
    triggered_at: datetime | None
    updated_at: datetime | None
    order_id: str | None
    order: ShopOrder | None
    shipment: ShopShipment | None
