"""Orders that wait for a worker: those nobody knows the end of or finished, and Apple's that may be given back."""

from datetime import timedelta
from typing import Final

import msgspec

from playerbase.commerce.actions import believing, steam, verifying
from playerbase.commerce.model import NewStatement, Order, Platform, Saying
from playerbase.commerce.rules import steps
from playerbase.commerce.store import feeds, orders, receipts
from playerbase.kit import clock, log
from playerbase.kit.db import Pool, reading, transaction
from playerbase.kit.errors import Refusal
from playerbase.payments import PaymentRefused, PlatformUnknown, configured_tills

BATCH: Final = 200
ASKED_EACH: Final = timedelta(days=1)
ASKED_FOR: Final = timedelta(days=90)  # Apple's buyers ask for their money within these.

_log = log.get("commerce")


async def look_into_due(pool: Pool) -> int:
    """Look into every order whose time has come; answers into how many."""
    async with reading(pool) as db:
        due = await orders.due(db, clock.now(), BATCH)
    for each in due:
        await look_into(pool, each)
    return len(due)


async def look_into(pool: Pool, order: Order) -> None:
    """Ask a platform about an order; what cannot be asked now is asked later."""
    try:
        if order.platform is Platform.STEAM:
            await steam.advance(pool, order, may_finalize=False)
            return
        async with reading(pool) as db:
            receipt = await receipts.of_order(db, order.order_id)
            sealed = await orders.account_of(db, order.order_id)
        assert receipt is not None, "what was bought without us has a receipt"
        await verifying.look_into(pool, order, receipt, sealed)
    except Exception as fault:
        why = fault.code if isinstance(fault, Refusal) else f"{type(fault).__name__}: {fault}"
        _log.warning("an order cannot be looked into", order_id=str(order.order_id), fault=why)
        await _later(pool, order, why)


async def ask_apple_again(pool: Pool) -> int:
    """Ask how a quarter's purchases at Apple stand, each once a day, as notifications may be lost; answers how many."""
    try:
        apple = configured_tills().apple
    except PlatformUnknown:
        return 0
    now = clock.now()
    async with reading(pool) as db:
        due = await receipts.asked_before(db, Platform.APPLE, now - ASKED_EACH, now - ASKED_FOR, BATCH)
    for each in due:
        try:
            evidence = believing.of_apple(await apple.transaction(each.ref))
        except PaymentRefused:
            evidence = None
        except Refusal:
            return 0  # It cannot be asked now; nothing was marked as asked.
        async with transaction(pool) as tx:
            await receipts.note_asked(tx, each.platform, each.ref, clock.now())
            order = await orders.find(tx, each.order_id)
            if evidence is not None and order is not None and evidence.is_taken_back is not (order.refunded > 0):
                said = NewStatement(
                    platform=Platform.APPLE, key=f"asked {each.ref} {now}", source="asking", ref=each.ref, said_at=now,
                    kind=Saying.REFUND if evidence.is_taken_back else Saying.REVERSED,
                )  # fmt: skip
                await feeds.take_in(tx, [said], clock.now())
    return len(due)


async def _later(pool: Pool, order: Order, why: str) -> None:
    async with transaction(pool) as tx:
        locked = await orders.lock(tx, order.order_id)
        if locked is None or locked.look_at is None:
            return
        after = msgspec.structs.replace(
            locked, fault=why[:500], tried=locked.tried + 1, look_at=steps.retry_at(locked.tried, clock.now())
        )
        await orders.put(tx, after, is_named=True, now=clock.now())
