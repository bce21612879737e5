"""What a refund would do, tried out and undone: what is taken back, what of it is there, and how it would end."""

from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID

import msgspec

from playerbase import catalog, inventory, ledger
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.errors import Refusal
from playerbase.kit.http import Request
from playerbase.orders import rules, store
from playerbase.orders.actions.refunding import Returned, Returning, refund
from playerbase.orders.actions.reviewing import contents
from playerbase.orders.model import NoSuchOrder, Order
from playerbase.orders.rules import Piece


class TakenBack(msgspec.Struct, frozen=True):
    """Something that a refund takes back: how much, and how much of it the player has; None where nobody can say."""

    name: str
    wanted: str
    has: str | None
    is_short: bool


class Rehearsal(msgspec.Struct, frozen=True):
    """What a refund would pay, what it would take back, and what it would be refused for."""

    amount: int
    taken: list[TakenBack]
    outcome: Returned | None
    refusal: Refusal | None


class _Undone(Exception):
    """Nothing of it is to stay."""


async def rehearse(
    pool: Pool, request: Request, order_id: UUID, wish: Returning, free: Mapping[str, int]
) -> Rehearsal:  # fmt: skip
    """Try a refund out and undo it; ``free`` is what the player has of each currency. Raises NoSuchOrder."""
    outcome: Returned | None = None
    refusal: Refusal | None = None
    pieces: list[Piece] = []
    taken: list[TakenBack] = []
    with suppress(_Undone):
        async with transaction(pool) as tx:
            found = await store.orders_by_id(tx, [order_id])
            if not found:
                raise NoSuchOrder
            await inventory.hold(tx, [found[0].player_id])
            wanted = None if wish.lines is None else [(each.line, each.quantity) for each in wish.lines]
            try:
                pieces = rules.pieces_of(await store.lines_of(tx, [order_id]), wanted)
                taken = await _taken(tx, found[0], pieces, free)
                outcome = await refund(tx, request, order_id, wish)
            except Refusal as refused:
                refusal = refused
            raise _Undone
    return Rehearsal(rules.amount_of(pieces), taken, outcome, refusal)


async def _taken(tx: Tx, order: Order, pieces: list[Piece], free: Mapping[str, int]) -> list[TakenBack]:
    items = await contents(tx, [piece.line for piece in pieces])
    assets = await ledger.assets(tx)
    counts: dict[UUID, int] = {}
    sums: dict[str, int] = {}
    for piece in pieces:
        for content in piece.line.contents:
            counts[content.item_id] = counts.get(content.item_id, 0) + content.quantity * piece.quantity
        for worth in piece.line.worths:
            sums[worth.asset] = sums.get(worth.asset, 0) + worth.amount * piece.quantity
    owned = (await inventory.owned(tx, {order.player_id: list(counts)})).get(order.player_id, {}) if counts else {}
    found = []
    for item_id, count in counts.items():
        item = items[item_id]
        is_here = item.delivery is catalog.Delivery.IN_GAME
        has = owned.get(item_id, 0)
        found.append(
            TakenBack(item.name, f"{count:,}", f"{has:,}" if is_here else None, is_short=is_here and has < count)
        )
    for code, amount in sums.items():
        asset, has = assets[code], free.get(code, 0)
        found.append(TakenBack(asset.name, asset.figure(amount), asset.figure(has), is_short=has < amount))
    return found
