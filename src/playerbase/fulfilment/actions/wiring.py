"""What the composition root gives to fulfilment: keys, a shop, and the effects there are inside the platform."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol
from uuid import UUID

from playerbase.fulfilment.model import Delivery
from playerbase.fulfilment.model.shop import ShopOrder, Wanted
from playerbase.kit.crypto import Keys
from playerbase.kit.db import Tx

Effect = Callable[[Tx, Delivery], Awaitable[None]]


class Shop(Protocol):
    """A shop that sends parcels. Each call may raise ShopAway, and ShopRefuses for what it will never do."""

    async def create(self, wanted: Wanted) -> ShopOrder:
        """Make the order under our own id; asked twice it may make two, so ``find`` comes first when in doubt."""
        ...

    async def find(self, delivery_id: UUID) -> ShopOrder | None:
        """The order that bears our id; None if there is none."""
        ...

    async def cancel(self, external_id: str, reason: str) -> ShopOrder:
        """The order, cancelled; refused for what is on its way."""
        ...

    def order_in(self, headers: Mapping[str, str], body: bytes) -> ShopOrder:
        """The order a webhook tells of; raises WebhookForged, WebhookUnreadable."""
        ...


class _Wiring:
    keys: Keys | None = None
    shop: Shop | None = None
    effects: Mapping[str, Effect] = {}


_wiring = _Wiring()


def use_keys(keys: Keys) -> None:
    """Give this process the keys under which addresses and codes lie; once, at start."""
    _wiring.keys = keys


def use_shop(shop: Shop | None) -> None:
    """Give this process its shop, or none."""
    _wiring.shop = shop


def use_effects(effects: Mapping[str, Effect]) -> None:
    """Say what functional items do, by name. An effect runs in the transaction that completes its delivery.

    It holds the delivery's lock, so it must take no lock under which somebody may be waiting for that.
    """
    _wiring.effects = dict(effects)


def keys() -> Keys:
    """What ``use_keys`` was given."""
    assert _wiring.keys is not None, "fulfilment.use_keys(…) comes before the first delivery"
    return _wiring.keys


def shop() -> Shop | None:
    """What ``use_shop`` was given."""
    return _wiring.shop


def effect(name: str) -> Effect | None:
    """The effect of this name, if there is one."""
    return _wiring.effects.get(name)
