"""Orders at Steam: begun, finalized, and asked about whenever nobody knows what became of what was asked."""

from datetime import datetime
from uuid import UUID

import msgspec

from playerbase.commerce import events
from playerbase.commerce.actions import giving, granting, refunding, wiring
from playerbase.commerce.actions.settings import settings
from playerbase.commerce.model import (
    GIVEN,
    Evidence,
    Order,
    Platform,
    PurchaseEnded,
    RefundKind,
    Settings,
    State,
    Told,
)
from playerbase.commerce.rules import steps
from playerbase.commerce.rules.steps import Next, Standing, Step
from playerbase.commerce.store import orders
from playerbase.kit import clock, log, metrics
from playerbase.kit.db import Pool, Tx, reading, transaction
from playerbase.kit.outbox import emit
from playerbase.payments import (
    PaymentRefused,
    PaymentUnknownOutcome,
    SteamLine,
    SteamOrder,
    SteamState,
    configured_tills,
    steam_differs,
)

STANDINGS = {
    SteamState.INIT: Standing.BEGUN,
    SteamState.APPROVED: Standing.APPROVED,
    SteamState.SUCCEEDED: Standing.PAID,
    SteamState.FAILED: Standing.FAILED,
    SteamState.REFUNDED: Standing.TAKEN_BACK,
    SteamState.CHARGED_BACK: Standing.TAKEN_BACK,
    SteamState.REFUNDED_AS_FRAUD: Standing.TAKEN_BACK,
    SteamState.REFUNDED_AS_FRIENDLY_FRAUD: Standing.TAKEN_BACK,
    SteamState.PARTLY_REFUNDED: Standing.TAKEN_BACK,
}
NO_SUCH_ORDER = "invalid"  # What Steam says of a number it does not know.
DESCRIPTION_MAX = 128

_log = log.get("commerce")
_steps = metrics.Counter("purchase_steps", "What followed from asking Steam about an order.", ["step"])


def is_taken_back(said: SteamOrder) -> bool:
    """Whether an order's money went back."""
    return STANDINGS.get(said.state) is Standing.TAKEN_BACK


def line_of(order: Order) -> SteamLine:
    """What Steam sells."""
    assert order.amount is not None
    return SteamLine(
        item_id=int(order.sku), qty=order.quantity, amount=order.amount, description=order.item_name[:DESCRIPTION_MAX]
    )


async def advance(pool: Pool, order: Order, *, may_finalize: bool) -> Order:
    """The order one step further, as Steam's own word allows; ``may_finalize``: its buyer is here and wants it.

    Raises ProviderAway; with a buyer PaymentRefused and PurchaseEnded, which say why nothing came of it.
    """
    if order.state in GIVEN and not order.step:
        return order
    if order.environment is not wiring.environment(Platform.STEAM):
        return await _put_off(pool, order, "another_environment")
    async with reading(pool) as db:
        held = await settings(db)
        sealed = await orders.account_of(db, order.order_id)
    assert sealed is not None
    account = wiring.open_account(wiring.keys(), order.order_id, sealed)
    said, standing = await _asked(order)
    differs = None
    if said is not None and order.currency is not None:
        differs = steam_differs(said, steam_id=account, currency=order.currency, lines=[line_of(order)])
    if order.state in GIVEN and standing is not Standing.TAKEN_BACK:
        return await _settled(pool, order.order_id)  # Steam was asked to refund it, and did not.
    step = steps.after(
        order, standing, differs, may_finalize=may_finalize, now=clock.now(), settings=held
    )  # fmt: skip
    _steps.labels(step.next).inc()
    after = await _taken(pool, order, said, step, held)
    if may_finalize and after.state in {State.FAILED, State.ABANDONED}:
        raise _why_not(after)
    if may_finalize and step.next is Next.WAIT and after.state is State.STARTED:
        raise PaymentRefused.because("not_approved", provider=Platform.STEAM)
    return after


async def _asked(order: Order) -> tuple[SteamOrder | None, Standing]:
    try:
        said = await configured_tills().steam.query(order_id=order.number)
    except PaymentRefused as refusal:
        if refusal.reason != NO_SUCH_ORDER:
            raise
        return None, Standing.NOWHERE
    return said, STANDINGS.get(said.state, Standing.STRANGE)


async def _taken(pool: Pool, order: Order, said: SteamOrder | None, step: Step, held: Settings) -> Order:
    if step.next is Next.FINALIZE:
        return await _finalize(pool, order, held)
    if step.next is Next.GRANT and said is not None:
        return await _grant(pool, order, said.trans_id)
    if step.next is Next.TAKE_BACK and said is not None:
        return await _take_back(pool, order, said)
    ended = {Next.FAIL: State.FAILED, Next.ABANDON: State.ABANDONED}
    if step.next in ended:
        return await end(pool, order.order_id, ended[step.next], step.reason)
    return await _put_off(pool, order, step.reason)


async def _finalize(pool: Pool, order: Order, held: Settings) -> Order:
    """Have Steam take the money; that we are about to is written down first."""
    now = clock.now()
    async with transaction(pool) as tx:
        locked = await _locked(tx, order.order_id)
        if locked.state in GIVEN:
            return locked
        look_at = steps.look_again(locked, held, now)
        order = msgspec.structs.replace(locked, state=State.APPROVED, step="finalize", look_at=look_at, fault="")
        await orders.put(tx, order, is_named=True, now=now)
    try:
        trans_id = (await configured_tills().steam.finalize(order.number)).trans_id
    except PaymentUnknownOutcome as doubt:
        said, standing = await _asked(order) if doubt.reason == "already_committed" else (None, None)
        if said is None or standing is not Standing.PAID:
            return await _doubt(pool, order, doubt.reason, held)
        trans_id = said.trans_id
    except PaymentRefused as refusal:
        if refusal.reason == "not_approved":
            return await _put_off(pool, order, refusal.reason)
        return await end(pool, order.order_id, State.FAILED, refusal.reason)
    return await _grant(pool, order, trans_id)


async def _grant(pool: Pool, order: Order, trans_id: str) -> Order:
    evidence = Evidence(
        platform=Platform.STEAM, ref=trans_id, sku=order.sku, quantity=order.quantity, environment=order.environment,
        amount=order.amount, currency=order.currency,
    )  # fmt: skip
    try:
        async with transaction(pool) as tx:
            return await granting.grant_known(tx, evidence, order)
    except giving.LedgerRefuses as fault:
        _log.error("what was paid cannot be given", order_id=str(order.order_id), fault=str(fault))
        return await _put_off(pool, order, str(fault), state=State.UNKNOWN)


async def _take_back(pool: Pool, order: Order, said: SteamOrder) -> Order:
    """Its money went back already: kept as a refund, so that giving it and taking it back are one thing."""
    reversed_ = said.reversed_lines
    quantity = sum(each.qty for each in reversed_)
    async with transaction(pool) as tx:
        await refunding.apply_refund(tx, told_of(said, "query"))
    if order.state in GIVEN:
        return await _settled(pool, order.order_id)
    assert quantity, "what was taken back has lines that were"
    return await _grant(pool, order, said.trans_id)


async def _settled(pool: Pool, order_id: UUID) -> Order:
    """What was asked about an order that was given has an answer."""
    async with transaction(pool) as tx:
        locked = await _locked(tx, order_id)
        if locked.step:
            locked = msgspec.structs.replace(locked, step="", look_at=None)
            await orders.put(tx, locked, is_named=True, now=clock.now())
        return locked


def told_of(said: SteamOrder, source: str) -> Told:
    """What Steam says of money that went back; of a part, how many of the one line an order of ours has."""
    is_whole = said.state is not SteamState.PARTLY_REFUNDED
    kind = RefundKind.CHARGEBACK if said.state is SteamState.CHARGED_BACK else RefundKind.REFUND
    quantity = None if is_whole else sum(each.qty for each in said.reversed_lines) or None
    return Told(
        platform=Platform.STEAM, ref=said.trans_id, part=kind.value if is_whole else f"part {quantity}", kind=kind,
        source=source, quantity=quantity, said_at=said.at, reason=said.state.value,
    )  # fmt: skip


async def end(pool: Pool, order_id: UUID, state: State, reason: str) -> Order:
    """Nothing came of an order."""
    async with transaction(pool) as tx:
        locked = await _locked(tx, order_id)
        if locked.state in GIVEN or locked.state is state:
            return locked
        now = clock.now()
        after = msgspec.structs.replace(locked, state=state, step="", fault=reason, look_at=None, ended_at=now)
        # Its name is free again: who comes back with it begins a new order, under a new number.
        await orders.put(tx, after, is_named=state is State.FAILED, now=now)
        await emit(tx, events.failed(after, reason))
        return after


async def _doubt(pool: Pool, order: Order, reason: str, held: Settings) -> Order:
    order = msgspec.structs.replace(order, state=State.UNKNOWN)
    return await _put(pool, order, reason, steps.look_again(order, held, clock.now()))


async def _put_off(pool: Pool, order: Order, reason: str, state: State | None = None) -> Order:
    """Look again later; each time later than before."""
    async with reading(pool) as db:
        held = await settings(db)
    order = msgspec.structs.replace(order, state=state or order.state)
    return await _put(pool, order, reason, steps.look_again(order, held, clock.now()))


async def _put(pool: Pool, order: Order, reason: str, look_at: datetime) -> Order:
    async with transaction(pool) as tx:
        locked = await _locked(tx, order.order_id)
        if locked.state in GIVEN or locked.state in {State.FAILED, State.ABANDONED}:
            return locked  # Somebody else was faster, and knows more.
        after = msgspec.structs.replace(
            locked, state=order.state, fault=reason, look_at=look_at, tried=locked.tried + 1
        )
        await orders.put(tx, after, is_named=True, now=clock.now())
        return after


async def _locked(tx: Tx, order_id: UUID) -> Order:
    found = await orders.lock(tx, order_id)
    assert found is not None
    return found


def _why_not(order: Order) -> Exception:
    if order.state is State.FAILED:
        return PaymentRefused.because(order.fault, provider=Platform.STEAM)
    return PurchaseEnded(reason=order.fault)
