"""Deciding over orders that wait: approved, they are paid with what was set aside; rejected, all is free again."""

from datetime import timedelta
from uuid import UUID

from playerbase import audit, catalog, inventory, ledger
from playerbase.kit import clock
from playerbase.kit.db import Db, Pool, Tx, after_commit, reading, transaction
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Request
from playerbase.kit.metrics import Counter
from playerbase.kit.outbox import emit
from playerbase.orders import store
from playerbase.orders.actions import counting
from playerbase.orders.actions.placing import hand_out, told
from playerbase.orders.actions.postings import goods_legs, pieces_stacks, price_legs
from playerbase.orders.events import OrderRejected
from playerbase.orders.model import Line, NoSuchOrder, NotInReview, Order, State, Thing, ThingState
from playerbase.orders.rules import Piece, drawn_by

SLICE = 100
UNANSWERED = "Nobody has decided in time."

_reviewed = Counter("order_reviews", "Orders that waited, by how that ended.", ["outcome"])


async def approve(tx: Tx, request: Request, order_id: UUID, reason: str) -> None:
    """Let an order be: it is paid and handed out as it was bought. Raises NoSuchOrder, NotInReview, Refusal."""
    order = await _held(tx, order_id)
    lines, things = await store.lines_of(tx, [order_id]), await store.things_of(tx, [order_id])
    items = await contents(tx, lines)
    standing = await _end(
        tx, order, "captured",
        price_legs(order.player_id, order.currency, order.total)
        + goods_legs(order.player_id, pieces_stacks([Piece(line, line.quantity) for line in lines], items)),
        request, reason,
    )  # fmt: skip
    if isinstance(standing, Refusal):
        raise standing
    by = str(request.caller.player_id or request.caller.subject)
    await store.settle(
        tx, order_id, State.PLACED.value, standing.transaction_id, _balance(standing, order), by, reason, clock.now()
    )
    await _release(tx, things)
    await hand_out(tx, {order_id: (lines, things)}, items)
    await emit(tx, *told(order, lines, items))
    await audit.record(tx, _deed(request, "order_approved", order, reason))
    after_commit(tx, _reviewed.labels("approved").inc)


async def reject(tx: Tx, request: Request, order_id: UUID, reason: str) -> None:
    """Turn an order down. Raises NoSuchOrder, NotInReview."""
    order = await _held(tx, order_id)
    await _turn_down(tx, order, reason, str(request.caller.player_id or request.caller.subject), request)
    await audit.record(tx, _deed(request, "order_rejected", order, reason))
    after_commit(tx, _reviewed.labels("rejected").inc)


async def give_up(pool: Pool) -> int:
    """Turn down what has waited for longer than anybody should; answers how many that were."""
    async with reading(pool) as db:
        _, settings = await counting.bounds(db)
        before = clock.now() - timedelta(hours=settings.review_hours)
        late = [order for order in await store.waiting(db, UUID(int=0), SLICE) if order.placed_at < before]
    for each in late:
        async with transaction(pool) as tx:
            try:
                order = await _held(tx, each.order_id)
            except NotInReview:  # Somebody has decided while this one was waited for.
                continue
            await _turn_down(tx, order, UNANSWERED, "system", None)
            await audit.record(
                tx,
                audit.Deed(
                    actor_kind="system", actor_id="orders", action="order_rejected", target_kind="order",
                    target_id=order.order_id, player_id=order.player_id, reason=UNANSWERED,
                ),
            )  # fmt: skip
            after_commit(tx, _reviewed.labels("unanswered").inc)
    return len(late)


async def contents(db: Db, lines: list[Line]) -> dict[UUID, catalog.Item]:
    """The items of these lines, and all that is in them."""
    wanted = {line.item_id for line in lines} | {each.item_id for line in lines for each in line.contents}
    return await catalog.items_by_id(db, wanted)


async def _held(tx: Tx, order_id: UUID) -> Order:
    """An order that waits, under its lock and its player's: the player first, as whoever buys."""
    found = await store.orders_by_id(tx, [order_id])
    if not found:
        raise NoSuchOrder
    await inventory.hold(tx, [found[0].player_id])
    order = await store.lock_order(tx, order_id)
    assert order is not None, "orders are never removed"
    if order.state is not State.REVIEW:
        raise NotInReview(state=order.state.value)
    return order


async def _turn_down(tx: Tx, order: Order, reason: str, by: str, request: Request | None) -> None:
    lines, things = await store.lines_of(tx, [order.order_id]), await store.things_of(tx, [order.order_id])
    drawn = drawn_by([Piece(line, line.quantity) for line in lines])
    if drawn:
        await catalog.lock_stock(tx, drawn)
    outcome = await _end(tx, order, "voided", (), request, reason)
    # What ended by its clock, because nobody looked for longer than a review may take, is free already.
    if isinstance(outcome, Refusal) and not isinstance(outcome, ledger.HoldExpired):
        raise outcome
    if drawn:
        await catalog.give_back_stock(tx, drawn)
    now = clock.now()
    await store.settle(tx, order.order_id, State.REJECTED.value, None, order.balance_after, by, reason, now)
    await store.give_up_lines(tx, order.order_id)
    if things:
        await store.put_things(tx, [thing.thing_id for thing in things], [ThingState.CANCELLED] * len(things))
    await emit(tx, OrderRejected(order_id=order.order_id, player_id=order.player_id, reason=reason))


async def _end(
    tx: Tx, order: Order, ending: str, legs: tuple[ledger.Leg, ...], request: Request | None, reason: str
) -> ledger.Posted | Refusal:
    assert order.hold_id is not None
    assert ending in {"captured", "voided"}
    posting = ledger.Posting(
        scope="order review", key=f"{order.order_id}", kind="purchase" if legs else "void", legs=legs,
        hold=ledger.GiveFree(order.hold_id, order.player_id, order.currency, ending),  # type: ignore[arg-type]
        reason=reason, ref=f"order:{order.order_id}", rule="review",
        actor=f"staff:{request.caller.player_id}" if request is not None else "system",
        request_id=request.request_id if request is not None else "", group_id=order.order_id,
    )  # fmt: skip
    (outcome,) = await ledger.post(tx, [posting])
    return outcome


async def _release(tx: Tx, things: list[Thing]) -> None:
    """What was kept for the order goes into the inventory, or on its way."""
    kept = [thing.thing_id for thing in things if thing.kind == "in_game"]
    sent = [thing.thing_id for thing in things if thing.kind != "in_game"]
    if kept:
        await store.drop_things(tx, kept)
    if sent:
        await store.put_things(tx, sent, [ThingState.UNDER_WAY] * len(sent))


def _balance(posted: ledger.Posted, order: Order) -> int:
    return next(each.balance for each in posted.standings if each.asset == order.currency)


def _deed(request: Request, action: str, order: Order, reason: str) -> audit.Deed:
    return audit.deed(
        request, action, "order", order.order_id, player_id=order.player_id, reason=reason,
        before={"state": order.state.value, "flags": order.flags},
        after={"currency": order.currency, "total": order.total},
    )  # fmt: skip
