"""Receipts that players present: the platform is asked, everything is compared, and what was bought is given once."""

from uuid import UUID

from playerbase import audit
from playerbase.commerce.actions import believing, drafting, giving, granting, noticing, steam, wiring
from playerbase.commerce.actions.settings import settings
from playerbase.commerce.model import (
    Evidence,
    NoSuchPurchase,
    NotSoldHere,
    Order,
    Platform,
    Receipt,
    ReceiptTaken,
    State,
)
from playerbase.commerce.rules import steps
from playerbase.commerce.store import orders, receipts
from playerbase.kit import clock, metrics
from playerbase.kit.db import Pool, reading, transaction
from playerbase.kit.http import Request

_verified = metrics.Counter("receipts_verified", "Receipts presented, and what came of it.", ["platform", "outcome"])


async def verify(pool: Pool, request: Request, platform: Platform, receipt: str) -> Order:
    """The order of what a player presents, given now or before.

    Raises ReceiptTaken, PurchaseOfAnother and its like, SkuUnknown, and as the platform's doors do.
    """
    player_id = request.caller.player_id
    assert player_id is not None
    if platform is Platform.STEAM:
        # Steam hands a game the number of its order and nothing else.
        return await of_number(pool, player_id, receipt)
    evidence = await believing.of_receipt(platform, receipt)
    outcome = await present(pool, evidence, player_id)
    if isinstance(outcome, Receipt):
        _verified.labels(platform, "taken").inc()
        async with transaction(pool) as tx:
            deed = audit.deed(
                request, "receipt_presented", "order", outcome.order_id, player_id=player_id, outcome="refused",
                reason="receipt_taken", after={"platform": platform.value, "owner_id": str(outcome.player_id)},
            )  # fmt: skip
            await audit.record(tx, deed)
            await noticing.note_taken(tx, outcome, player_id)
        raise ReceiptTaken(platform=platform).noted()
    _verified.labels(platform, "ok").inc()
    return outcome


async def present(pool: Pool, evidence: Evidence, player_id: UUID) -> Order | Receipt:
    """The order of a purchase that a platform stands for; its receipt, if that is another player's.

    Raises PurchaseOfAnother, PurchaseUnbound, PlatformNotLinked, WrongEnvironment, SkuUnknown.
    """
    async with reading(pool) as db:
        known = await receipts.find(db, evidence.platform, evidence.ref)
        if known is not None and known.player_id != player_id:
            return known
        await believing.check_owner(db, evidence, player_id, await settings(db))
        item, evidence = await believing.sold(db, evidence)
        wanted = await drafting.of_evidence(db, item, evidence, player_id)
    try:
        async with transaction(pool) as tx:
            return await granting.grant_new(tx, evidence, wanted)
    except giving.LedgerRefuses as fault:
        async with transaction(pool) as tx:
            look_at = steps.retry_at(0, clock.now())
            kept = await granting.keep_claim(tx, evidence, wanted, str(fault), look_at)
        if kept is None:
            raise fault.refusal from None
        return kept


async def verify_order(pool: Pool, player_id: UUID, order_id: UUID) -> Order:
    """One of a player's own orders, asked about if it is not settled; raises NoSuchPurchase, ProviderAway."""
    order = await own(pool, player_id, order_id)
    async with reading(pool) as db:
        receipt = await receipts.of_order(db, order_id)
        sealed = await orders.account_of(db, order_id)
    if order.platform is Platform.STEAM:
        return await steam.advance(pool, order, may_finalize=True)
    if order.state is not State.UNKNOWN or receipt is None:
        return order
    return await look_into(pool, order, receipt, sealed)


async def look_into(pool: Pool, order: Order, receipt: Receipt, sealed: bytes | None) -> Order:
    """Ask anew about a purchase whose receipt is kept and that could not be given; raises as `verify`."""
    account = None
    if sealed is not None:
        account = wiring.open_account(wiring.keys(), order.order_id, sealed)
    evidence = await believing.of_purchase(order.platform, receipt.ref, order.sku, account)
    async with reading(pool) as db:
        _, evidence = await believing.sold(db, evidence)
    async with transaction(pool) as tx:
        return await granting.grant_known(tx, evidence, order)


async def of_number(pool: Pool, player_id: UUID, text: str) -> Order:
    """A player's order at Steam by the number Steam knows it by, finalized if that is due; raises NoSuchPurchase."""
    if not text.isascii() or not text.isdecimal() or len(text) > 19:  # noqa: PLR2004 - digits of a 64-bit number
        raise NotSoldHere(platform=Platform.STEAM)
    async with reading(pool) as db:
        order = await orders.find_number(db, min(int(text), 2**63 - 1))
    if order is None or order.player_id != player_id:
        raise NoSuchPurchase
    return await steam.advance(pool, order, may_finalize=True)


async def own(pool: Pool, player_id: UUID, order_id: UUID) -> Order:
    """One of a player's own orders; raises NoSuchPurchase."""
    async with reading(pool) as db:
        order = await orders.find(db, order_id)
    if order is None or order.player_id != player_id:
        raise NoSuchPurchase
    return order
