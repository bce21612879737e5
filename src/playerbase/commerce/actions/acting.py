"""What follows from what platforms said: each statement by itself, so that one that fails holds up no other."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from playerbase.commerce.actions import believing, feeding, refunding, steam, verifying
from playerbase.commerce.model import (
    GIVEN,
    Order,
    Platform,
    PurchasePending,
    Receipt,
    RefundKind,
    Saying,
    Statement,
    Told,
)
from playerbase.commerce.rules import reading as rules
from playerbase.commerce.rules import steps
from playerbase.commerce.store import feeds, orders, receipts
from playerbase.kit import clock, log, metrics
from playerbase.kit.db import Pool, reading, transaction
from playerbase.kit.errors import Refusal
from playerbase.payments import PaymentRefused, configured_tills

BATCH: Final = 200
VOIDED_AROUND: Final = timedelta(days=1)  # A notification may name a moment a little off from that of the list.

_log = log.get("commerce")
_acted = metrics.Counter("purchase_statements_acted", "Statements of platforms acted upon.", ["platform", "outcome"])


async def act_on_due(pool: Pool) -> int:
    """Act on whatever was said and waits; answers on how many."""
    async with reading(pool) as db:
        due = await feeds.due(db, clock.now(), BATCH)
    for each in due:
        await act_on(pool, each)
    return len(due)


async def act_on(pool: Pool, said: Statement) -> str:
    """Act on one statement; answers what came of it in a word. What cannot be done now is done later."""
    try:
        outcome = await _acted_on(pool, said)
    except Exception as fault:
        why = fault.code if isinstance(fault, Refusal) else f"{type(fault).__name__}: {fault}"
        _log.warning("what a platform said cannot be acted upon", platform=said.platform, fault=why)
        _acted.labels(said.platform, "failed").inc()
        async with transaction(pool) as tx:
            await feeds.settle_later(tx, said.platform, said.key, steps.retry_at(said.tried, clock.now()), why[:500])
        return "failed"
    async with transaction(pool) as tx:
        await feeds.settle(tx, said.platform, said.key, outcome)
    _acted.labels(said.platform, outcome).inc()
    return outcome


async def _acted_on(pool: Pool, said: Statement) -> str:
    if said.platform is Platform.APPLE:
        return await _on_apple(pool, said)
    match said.kind:
        case Saying.SOLD:
            return await _sold(pool, said)
        case Saying.HINT:
            return await _look(pool, said)
        case Saying.REFUND | Saying.CHARGEBACK | Saying.REVOKED:
            return await _refund(pool, said, RefundKind(said.kind.value))
    return "nothing"


async def _refund(pool: Pool, said: Statement, kind: RefundKind) -> str:
    """A part is known by the statement, all of it by its kind: several feeds say it in several ways."""
    part = kind.value if said.quantity is None else f"part {said.quantity} {said.said_at}"
    if said.platform is Platform.STEAM and said.quantity is not None:
        part = f"part {said.quantity}"  # As it is known when we asked ourselves.
    told = Told(
        platform=said.platform, ref=said.ref, part=part, kind=kind, source=said.source, quantity=said.quantity,
        said_at=said.said_at,
    )  # fmt: skip
    async with transaction(pool) as tx:
        return await refunding.apply_refund(tx, told)


async def _sold(pool: Pool, said: Statement) -> str:
    order = await _order_of(pool, said)
    if order is None:
        return "not_ours"
    if order.state in GIVEN:
        return "known"
    if order.platform is Platform.STEAM:
        return (await steam.advance(pool, order, may_finalize=False)).state.value
    return "known"


async def _look(pool: Pool, said: Statement) -> str:
    """Google says that something happened to a purchase: it is asked how that stands."""
    google = configured_tills().google
    rows = []
    if said.said_at is not None:
        page = await google.voided(said.said_at - VOIDED_AROUND)
        rows = [feeding.of_google(row) for row in page.rows if row.token == said.ref]
    if rows:
        async with transaction(pool) as tx:
            await feeds.take_in(tx, rows, clock.now())
        return "given_back"
    try:
        evidence = await believing.of_purchase(Platform.GOOGLE, said.ref, said.sku, None) if said.sku else None
    except (PaymentRefused, PurchasePending) as refusal:
        return refusal.code
    player_id = None if evidence is None else rules.player_of(evidence.bound_to)
    if evidence is None or evidence.is_taken_back or player_id is None:
        return "nothing"
    return _named(await verifying.present(pool, evidence, player_id))


async def _on_apple(pool: Pool, said: Statement) -> str:
    """What Apple says of a purchase now counts, and not what it said when the notification was signed."""
    now = await configured_tills().apple.transaction(said.ref)
    if now.is_revoked:
        kind = RefundKind.REVOKED if now.revocation_reason is None else RefundKind.REFUND
        told = Told(
            platform=Platform.APPLE, ref=said.ref, part=kind.value, kind=kind, source=said.source,
            said_at=now.revoked_at, reason=f"revocation reason {now.revocation_reason}", is_current=True,
        )  # fmt: skip
        async with transaction(pool) as tx:
            return await refunding.apply_refund(tx, told)
    if said.kind in {Saying.REFUND, Saying.REVOKED, Saying.REVERSED}:
        async with transaction(pool) as tx:
            return await refunding.reverse_refunds(tx, Platform.APPLE, said.ref)
    evidence = believing.of_apple(now)
    player_id: UUID | None = rules.player_of(evidence.bound_to)
    return "nothing" if player_id is None else _named(await verifying.present(pool, evidence, player_id))


async def _order_of(pool: Pool, said: Statement) -> Order | None:
    async with reading(pool) as db:
        receipt = await receipts.find(db, said.platform, said.ref) if said.ref else None
        if receipt is not None:
            return await orders.find(db, receipt.order_id)
        return await orders.find_number(db, said.number) if said.number else None


def _named(outcome: Order | Receipt) -> str:
    return outcome.state.value if isinstance(outcome, Order) else "another_player"
