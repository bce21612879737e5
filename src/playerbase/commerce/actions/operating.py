"""What staff does with a purchase: gives its money back, asks about it, gives it."""

from uuid import UUID

import msgspec

from playerbase import access, audit
from playerbase.commerce.actions import confirming, reading, refunding, steam, sweeping, wiring
from playerbase.commerce.actions.settings import settings
from playerbase.commerce.model import (
    NothingLeft,
    Order,
    Platform,
    RefundElsewhere,
    RefundKind,
    State,
    Told,
)
from playerbase.commerce.rules import steps
from playerbase.commerce.store import orders, receipts
from playerbase.kit import clock
from playerbase.kit.db import Pool, transaction
from playerbase.kit.db import reading as reading_db
from playerbase.kit.http import Request
from playerbase.payments import PaymentRefused, PaymentUnknownOutcome, configured_tills

OPERATOR = "operator"


async def is_purchase(pool: Pool, order_id: UUID) -> bool:
    """Whether this is an order paid on a platform, for who knows several kinds of orders."""
    async with reading_db(pool) as db:
        return await orders.find(db, order_id) is not None


async def refund(pool: Pool, request: Request, order_id: UUID, reason: str) -> Order:
    """Have a platform give an order's money back, and take back what was bought; asked twice it is done once.

    All of it: no platform that does so by our word gives back a part. Raises NoSuchPurchase, NothingLeft,
    RefundElsewhere, ReauthRequired, WrongEnvironment, PaymentRefused, ProviderAway, PaymentUnknownOutcome.
    """
    async with reading_db(pool) as db:
        await access.check_fresh(db, request.caller)
        order = await reading.order(db, order_id)
        held = await settings(db)
    if order.state in {State.REFUNDED, State.CHARGED_BACK} or (order.state is State.GRANTED and not order.left):
        raise NothingLeft
    if order.platform is not Platform.STEAM:
        raise RefundElsewhere(platform=order.platform)
    wiring.check_environment(order.platform, order.environment)
    if order.state is not State.GRANTED:
        raise NothingLeft
    # That it is about to be asked is written down first, with who wants it: a worker finds out what became of it.
    async with transaction(pool) as tx:
        locked = await orders.lock(tx, order_id)
        assert locked is not None
        if locked.state is not State.GRANTED:
            raise NothingLeft
        look_at = steps.look_again(locked, held, clock.now())
        await orders.put(
            tx, msgspec.structs.replace(locked, step="refund", look_at=look_at), is_named=True, now=clock.now()
        )
        await audit.record(tx, _deed(request, order, "purchase_refund_asked", reason))
    try:
        await _asked_back(order)
    except PaymentRefused:
        await _settle_step(pool, order_id)
        raise
    async with transaction(pool) as tx:
        assert order.ref is not None
        told = Told(
            platform=order.platform, ref=order.ref, part=RefundKind.REFUND.value, kind=RefundKind.REFUND,
            source=OPERATOR, said_at=clock.now(), reason=reason,
        )  # fmt: skip
        if await refunding.apply_refund(tx, told) == "applied":
            await audit.record(tx, _deed(request, order, "purchase_refunded", reason))
    return await _settle_step(pool, order_id)


async def _settle_step(pool: Pool, order_id: UUID) -> Order:
    """What was asked has an answer."""
    async with transaction(pool) as tx:
        found = await orders.lock(tx, order_id)
        assert found is not None
        if found.step == "refund":
            found = msgspec.structs.replace(found, step="", look_at=None)
            await orders.put(tx, found, is_named=True, now=clock.now())
        return found


async def ask(pool: Pool, order: Order) -> Order:
    """Ask a platform how an order stands, and act upon it; raises ProviderAway."""
    await sweeping.look_into(pool, order)
    async with transaction(pool) as tx:
        receipt = await receipts.of_order(tx, order.order_id)
        if receipt is not None:
            await confirming.ask_again(tx, receipt)
        return await reading.order(tx, order.order_id)


async def ask_by_staff(pool: Pool, request: Request, order_id: UUID, reason: str) -> Order:
    """Ask a platform how an order stands because somebody wants to know, which the audit keeps; raises NoSuchPurchase.

    What the platform cannot say now is asked again by itself; the order then says why.
    """
    async with transaction(pool) as tx:
        order = await reading.order(tx, order_id)
        await audit.record(tx, _deed(request, order, "purchase_asked", reason))
    return await ask(pool, order)


def _deed(request: Request, order: Order, action: str, reason: str) -> audit.Deed:
    return audit.deed(
        request, action, "order", order.order_id, player_id=order.player_id, reason=reason,
        before={"state": order.state.value}, after={"platform": order.platform.value, "quantity": order.left},
    )  # fmt: skip


async def _asked_back(order: Order) -> None:
    """Raises as the till does, unless the money went back after all."""
    till = configured_tills().steam
    try:
        await till.refund(order.number)
    except (PaymentRefused, PaymentUnknownOutcome):
        # It may have gone back before, or just now without our hearing of it: the order itself tells.
        if not steam.is_taken_back(await till.query(order_id=order.number)):
            raise
