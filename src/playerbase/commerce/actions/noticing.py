"""What does not agree, noted the moment somebody meets it; the rest is found by reconciliation."""

from collections.abc import Sequence
from uuid import UUID

from playerbase.commerce.model import Discord, Found, Order, Receipt
from playerbase.commerce.store import exceptions
from playerbase.kit import clock, ids
from playerbase.kit.db import Tx


async def note(tx: Tx, found: Sequence[Found]) -> None:
    """Keep these, each once."""
    if found:
        await exceptions.note(tx, ids.uuid7s(len(found)), list(found), clock.now())


async def note_taken(tx: Tx, receipt: Receipt, presented_by: UUID) -> None:
    """Somebody presented what is another player's."""
    detail = f"Player {presented_by} presented it too"
    await note(
        tx,
        [
            Found(
                Discord.RECEIPT_OF_ANOTHER, receipt.platform, f"{receipt.ref[:500]} {presented_by}", receipt.order_id,
                receipt.player_id, detail,
            )
        ],
    )  # fmt: skip


async def note_undelivered(tx: Tx, orders: Sequence[tuple[Order, str, str]]) -> None:
    """Something of a paid order will not be delivered: which, and why."""
    await note(
        tx,
        [
            Found(
                Discord.NOT_DELIVERED, order.platform, f"{order.order_id} {item}", order.order_id, order.player_id,
                f"{item} was paid and will not be delivered: {reason}",
            )
            for order, item, reason in orders
        ],
    )  # fmt: skip
