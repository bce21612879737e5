"""Checkout at Steam: the order is written down, then Steam hears of it, then the buyer approves."""

from datetime import timedelta
from uuid import UUID

import msgspec

from playerbase import catalog, inventory
from playerbase.commerce.actions import believing, drafting, steam
from playerbase.commerce.actions.settings import settings
from playerbase.commerce.model import (
    NotSoldHere,
    Order,
    Platform,
    Settings,
    State,
    TooManyMeant,
    TooManyOpen,
)
from playerbase.commerce.store import orders
from playerbase.kit import clock
from playerbase.kit.db import KeyReused, Pool, Tx, reading, transaction
from playerbase.payments import PaymentRefused, PaymentUnknownOutcome, ProviderAway, configured_tills


class Checkout(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to buy at Steam: in the game, or with an address in a browser.

    ``{order_id}`` in the address to come back to becomes the order's.
    """

    player_id: UUID
    sku: str
    quantity: int
    key: str | None
    language: str
    ip_address: str | None
    return_url: str | None


async def check_out(pool: Pool, wish: Checkout) -> tuple[Order, bool]:
    """The order of a checkout, and whether it was begun now; the same key is the same order.

    Raises PlatformNotLinked, SkuUnknown, NotSoldHere, ItemNotForSale, SoldOut, TooManyMeant, TooManyOpen, KeyReused,
    and as the till does: PaymentRefused, ProviderAway, PaymentUnknownOutcome.
    """
    till = configured_tills().steam  # Raises PlatformUnknown before anything is written.
    async with reading(pool) as db:
        account = await believing.linked_account(db, wish.player_id, Platform.STEAM)
        item, sku = await catalog.sku(db, Platform.STEAM.value, wish.sku)
        held = await settings(db)
        if not sku.sku.isdecimal():
            raise NotSoldHere(platform=Platform.STEAM, sku=sku.sku)  # Steam knows things by numbers.
        unavailable = catalog.available(item, clock.now())
        if unavailable is not None:
            raise unavailable
        wanted = await drafting.of_checkout(db, item, sku, wish.quantity, wish.player_id, account, wish.key)
    # Until Steam has answered it waits for a job, which asks what became of it.
    wanted = msgspec.structs.replace(wanted, look_at=clock.now() + timedelta(seconds=held.look_seconds))
    async with transaction(pool) as tx:
        known = await _begun(tx, wanted.player_id, wish, item, held)
        if known is None:
            await orders.add(tx, wanted, clock.now())
    async with reading(pool) as db:
        order = await orders.find(db, wanted.order_id if known is None else known)
    assert order is not None
    if known is not None:
        if order.state is State.FAILED:
            raise PaymentRefused.because(order.fault, provider=Platform.STEAM)
        return order, False
    try:
        begun = await till.init(
            order.number, account, language=wish.language, currency=sku.currency, lines=[steam.line_of(order)],
            ip_address=wish.ip_address,
            return_url=wish.return_url and wish.return_url.replace("{order_id}", str(order.order_id)),
        )  # fmt: skip
    except PaymentRefused as refusal:
        await steam.end(pool, order.order_id, State.FAILED, refusal.reason)
        raise
    except ProviderAway:
        await steam.end(pool, order.order_id, State.ABANDONED, "provider_away")
        raise
    except PaymentUnknownOutcome:
        await _doubt(pool, order.order_id)
        raise
    return await _heard(pool, order.order_id, begun.steam_url or "", held), True


async def _begun(tx: Tx, player_id: UUID, wish: Checkout, item: catalog.Item, held: Settings) -> UUID | None:
    """The order that was begun under this key; None if a new one may be. One checkout of a player at a time."""
    await inventory.hold(tx, [player_id])
    if wish.key is not None and (known := await orders.keyed(tx, player_id, wish.key)) is not None:
        if known.fingerprint != drafting.fingerprint(wish.sku, wish.quantity):
            raise KeyReused
        return known.order_id
    since = clock.now() - timedelta(seconds=held.abandon_seconds)
    if await orders.count_open(tx, player_id, since) >= held.open_orders_max:
        raise TooManyOpen(retry_after=60)
    if item.max_per_player is not None:
        owned = (await inventory.owned(tx, {player_id: [item.item_id]}))[player_id][item.item_id]
        if owned + wish.quantity > item.max_per_player:
            raise TooManyMeant(item=item.code, owned=owned, max_per_player=item.max_per_player)
    return None


async def _heard(pool: Pool, order_id: UUID, approve_url: str, held: Settings) -> Order:
    async with transaction(pool) as tx:
        order = await orders.lock(tx, order_id)
        assert order is not None
        now = clock.now()
        if order.state is State.STARTED:
            old_at = order.created_at + timedelta(seconds=held.abandon_seconds)
            order = msgspec.structs.replace(order, step="", approve_url=approve_url, look_at=old_at)
            await orders.put(tx, order, is_named=True, now=now)
        return order


async def _doubt(pool: Pool, order_id: UUID) -> None:
    """Nobody knows whether Steam heard of it. It is abandoned once Steam was asked; its name is free at once."""
    async with transaction(pool) as tx:
        order = await orders.lock(tx, order_id)
        assert order is not None
        if order.state is State.STARTED:
            order = msgspec.structs.replace(order, state=State.UNKNOWN, fault="no_answer", look_at=clock.now())
            await orders.put(tx, order, is_named=False, now=clock.now())
