"""What is left to give back of an order. Pure."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from playerbase.orders.model import Line, NoSuchLine, RefundedAlready


class Piece(msgspec.Struct, frozen=True):
    """So many units of a line."""

    line: Line
    quantity: int


def pieces_of(lines: Sequence[Line], wanted: Sequence[tuple[int, int | None]] | None) -> list[Piece]:
    """What is to be given back: these lines, each so often (or as often as is left); all that is left if none is said.

    Raises NoSuchLine, and RefundedAlready where more is wanted than was paid and not given back yet.
    """
    by_number = {line.number: line for line in lines}
    if wanted is None:
        found = [Piece(line, line.quantity - line.refunded) for line in lines if line.refunded < line.quantity]
        if not found:
            raise RefundedAlready
        return found
    sums: dict[int, int] = {}
    for number, quantity in wanted:
        line = by_number.get(number)
        if line is None:
            raise NoSuchLine(line=number)
        left = line.quantity - line.refunded - sums.get(number, 0)
        if left < (quantity or 1):
            raise RefundedAlready(line=number, left=max(left, 0))
        sums[number] = sums.get(number, 0) + (left if quantity is None else quantity)
    # In one order, whatever was said: deliveries and things are locked in that of the lines.
    return [Piece(by_number[number], quantity) for number, quantity in sorted(sums.items())]


def drawn_by(pieces: Sequence[Piece]) -> dict[UUID, int]:
    """How many of which stocks these took, as they were bought."""
    sums: dict[UUID, int] = {}
    for piece in pieces:
        for drawn in piece.line.drawn:
            sums[drawn.item_id] = sums.get(drawn.item_id, 0) + drawn.quantity * piece.quantity
    return sums


def amount_of(pieces: Sequence[Piece]) -> int:
    """What was paid for these."""
    return sum(piece.quantity * piece.line.unit_price for piece in pieces)
