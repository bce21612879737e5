"""Giving back: lines of an order, or all of it; what was granted is taken back first, what is on its way is stopped."""

from collections.abc import Sequence
from typing import Annotated, Protocol
from uuid import UUID

import msgspec

from playerbase import audit, catalog, fulfilment, inventory, ledger
from playerbase.kit import clock, ids
from playerbase.kit.db import Kept, Key, Pool, Tx, after_commit
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Request
from playerbase.kit.metrics import Counter
from playerbase.kit.outbox import emit
from playerbase.orders import rules, store
from playerbase.orders.actions.placing import part
from playerbase.orders.actions.postings import OnShortfall, is_in_game, pieces_stacks, returned
from playerbase.orders.actions.reviewing import contents
from playerbase.orders.events import OrderRefunded
from playerbase.orders.model import (
    NoSuchOrder,
    NotPaid,
    NotReturnable,
    Order,
    Refund,
    State,
    Thing,
    ThingState,
)
from playerbase.orders.rules import Piece

Why = Annotated[
    str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")
]

_refunded = Counter("order_refunds", "Refunds of orders, by who asked.", ["by"])


class LineWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of an order, and how many of it; all that is left if it is not said."""

    line: Annotated[int, msgspec.Meta(ge=1, le=50)]
    quantity: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None


class Returning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is given back, why, and what becomes of what is gone already: refused, owed, or let go."""

    reason: Why
    lines: Annotated[list[LineWanted], msgspec.Meta(min_length=1, max_length=50)] | None = None
    on_shortfall: OnShortfall = "refuse"


class Waiting(msgspec.Struct, frozen=True):
    """A delivery that was asked to stop: it says itself whether it could, and its line is given back then."""

    line: int
    kind: str


class Elsewhere(Protocol):
    """Gives back an order that is not of the store; what a platform sold, for instance."""

    async def __call__(
        self, pool: Pool, request: Request, key: Key, order_id: UUID, wish: Returning
    ) -> "Returned | Kept":
        """What was given back; raises NoSuchOrder where nobody knows it."""


_elsewhere: list[Elsewhere] = []


def use_elsewhere(other: Elsewhere) -> None:
    """Have orders that are not of the store given back by this."""
    _elsewhere[:] = [other]


def elsewhere() -> Elsewhere | None:
    """Who gives back what is not of the store, if there is anybody."""
    return _elsewhere[0] if _elsewhere else None


class Returned(msgspec.Struct, frozen=True):
    """What was given back, and what will be once its delivery has stopped."""

    order_id: UUID
    refund_id: UUID | None
    currency: str
    amount: int
    display: str
    waiting: list[Waiting]


async def refund(tx: Tx, request: Request, order_id: UUID, wish: Returning) -> Returned:
    """Give lines of an order back, by somebody who answers for it.

    Raises NoSuchOrder, NotPaid, NoSuchLine, RefundedAlready, NotReturnable, ReauthRequired.
    """
    order = await _paid(tx, order_id)
    wanted = None if wish.lines is None else [(each.line, each.quantity) for each in wish.lines]
    pieces = rules.pieces_of(await store.lines_of(tx, [order_id]), wanted)
    asset = (await ledger.assets(tx))[order.currency]
    await ledger.check_proof(tx, request.caller, order.currency, rules.amount_of(pieces))
    pieces, waiting = await _stop(tx, order, pieces, wish)
    by = f"staff:{request.caller.player_id or request.caller.subject}"
    made = None
    if pieces:
        made = await give_back(tx, order, pieces, wish.reason, by, wish.on_shortfall, f"{request.request_id}")
    amount = 0 if made is None else made.amount
    await audit.record(
        tx,
        audit.deed(
            request, "order_refunded", "order", order_id, player_id=order.player_id, reason=wish.reason,
            before={"refunded": order.refunded},
            after={
                "refunded": order.refunded + amount, "on_shortfall": wish.on_shortfall,
                "lines": [[piece.line.number, piece.quantity] for piece in pieces],
                "waiting": [each.line for each in waiting],
            },
        ),
    )  # fmt: skip
    return Returned(
        order_id, None if made is None else made.refund_id, order.currency, amount, asset.display(amount), waiting
    )


async def return_lines(
    tx: Tx, order_id: UUID, wanted: Sequence[tuple[int, int | None]], reason: str, by: str
) -> Refund:  # fmt: skip
    """Give lines of an order back that are in the inventory, by a part of the house and nobody at a desk.

    Raises NoSuchOrder, NotPaid, NoSuchLine, RefundedAlready, NotReturnable.
    """
    order = await _paid(tx, order_id)
    pieces = rules.pieces_of(await store.lines_of(tx, [order_id]), wanted)
    numbers = {piece.line.number for piece in pieces}
    if any(thing.number in numbers for thing in await store.things_of(tx, [order_id])):
        raise NotReturnable("What is delivered is given back by whoever stops it.")
    return await give_back(tx, order, pieces, reason, by, "refuse", "")


async def give_back(
    tx: Tx, order: Order, pieces: Sequence[Piece], reason: str, by: str, on_shortfall: OnShortfall, request_id: str
) -> Refund:
    """Take back what these pieces granted, pay what they cost, and tell it; the order and its player are held.

    Raises NotReturnable where something is gone and that is to be refused.
    """
    items = await contents(tx, [piece.line for piece in pieces])
    drawn = rules.drawn_by(pieces)
    if drawn:
        await catalog.lock_stock(tx, drawn)
    await _take_back(tx, order, pieces, items, reason, on_shortfall)
    amount = rules.amount_of(pieces)
    refund_id = ids.uuid7()
    posting = ledger.Posting(
        scope="order refund", key=str(refund_id), kind="refund",
        legs=returned(order.player_id, order.currency, amount, pieces_stacks(pieces, items), on_shortfall),
        reason=reason, ref=f"order:{order.order_id}", rule="refund", actor=by, request_id=request_id,
        group_id=order.order_id,
    )  # fmt: skip
    (posted,) = await ledger.post(tx, [posting])
    if isinstance(posted, ledger.InsufficientFunds):
        raise NotReturnable(**posted.members)
    if isinstance(posted, Refusal):
        raise posted
    if drawn:
        await catalog.give_back_stock(tx, drawn)
    lines = msgspec.json.encode([[piece.line.number, piece.quantity] for piece in pieces]).decode()
    made = Refund(
        refund_id, order.order_id, order.player_id, amount, lines, reason, by, posted.transaction_id, clock.now()
    )
    await store.add_refunds(tx, [made])
    await store.return_lines(
        tx, [order.order_id] * len(pieces), [piece.line.number for piece in pieces],
        [piece.quantity for piece in pieces],
    )  # fmt: skip
    await store.return_amount(tx, [order.order_id], [amount])
    await catalog.note_sales(tx, _unsold(pieces))
    await emit(
        tx,
        OrderRefunded(
            order_id=order.order_id, player_id=order.player_id, refund_id=refund_id, currency=order.currency,
            amount=amount, reason=reason,
        ),
    )  # fmt: skip
    after_commit(tx, _refunded.labels(by.split(":", maxsplit=1)[0]).inc)
    return made


async def _take_back(
    tx: Tx, order: Order, pieces: Sequence[Piece], items: dict[UUID, catalog.Item], reason: str,
    on_shortfall: OnShortfall,
) -> None:  # fmt: skip
    """Revoke what is durable or one of its kind; what is counted is the ledger's to take."""
    for piece in pieces:
        for content in piece.line.contents:
            item = items[content.item_id]
            if item.is_stackable or not is_in_game(content, item):
                continue
            wanted = content.quantity * piece.quantity
            gone = await inventory.revoke(
                tx,
                [
                    inventory.Revocation(
                        player_id=order.player_id, reason=reason, source=inventory.Source.ORDER,
                        source_ref=part(piece.line), item_id=item.item_id, quantity=wanted,
                    )
                ],
            )  # fmt: skip
            if sum(each.quantity for each in gone) < wanted and on_shortfall != "forgive":
                raise NotReturnable(item=item.code, wanted=wanted, left=sum(each.quantity for each in gone))


async def _stop(
    tx: Tx, order: Order, pieces: list[Piece], wish: Returning
) -> tuple[list[Piece], list[Waiting]]:  # fmt: skip
    """Stop what is on its way; the pieces that can be given back now, and what was asked to stop.

    Deliveries are of whole lines: a part of one is given back only where nothing of it is delivered elsewhere.
    """
    by_line: dict[int, list[Thing]] = {}
    for thing in await store.things_of(tx, [order.order_id]):
        if thing.state is not ThingState.CANCELLED:
            by_line.setdefault(thing.number, []).append(thing)
    now: list[Piece] = []
    waiting: list[Waiting] = []
    for piece in pieces:
        things = by_line.get(piece.line.number, [])
        if things and piece.quantity < piece.line.quantity:
            raise NotReturnable("What is delivered is given back as a whole line.", line=piece.line.number)
        outcomes = {thing.thing_id: await fulfilment.cancel(tx, thing.thing_id, wish.reason) for thing in things}
        if fulfilment.Stopped.TOO_LATE in outcomes.values() and wish.on_shortfall != "forgive":
            raise NotReturnable("This was delivered.", line=piece.line.number)
        asked = [thing for thing in things if outcomes[thing.thing_id] is fulfilment.Stopped.ASKED]
        stopped = [thing.thing_id for thing in things if outcomes[thing.thing_id] is fulfilment.Stopped.STOPPED]
        if stopped:
            await store.lock_things(tx, stopped)  # In one order, as whoever hears how deliveries ended.
            await store.put_things(tx, stopped, [ThingState.CANCELLED] * len(stopped))
        if asked and wish.on_shortfall != "forgive":
            waiting += [Waiting(thing.number, thing.kind) for thing in asked]
        else:
            now.append(piece)
    return now, waiting


async def _paid(tx: Tx, order_id: UUID) -> Order:
    found = await store.orders_by_id(tx, [order_id])
    if not found:
        raise NoSuchOrder
    await inventory.hold(tx, [found[0].player_id])
    order = await store.lock_order(tx, order_id)
    assert order is not None, "orders are never removed"
    if order.state is not State.PLACED:
        raise NotPaid(state=order.state.value)
    return order


def _unsold(pieces: Sequence[Piece]) -> dict[UUID, int]:
    sums: dict[UUID, int] = {}
    for piece in pieces:
        sums[piece.line.item_id] = sums.get(piece.line.item_id, 0) - piece.quantity
    return sums
