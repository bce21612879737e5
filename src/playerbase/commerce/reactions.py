"""What commerce does when others speak, and on the clock."""

from datetime import timedelta

from playerbase import fulfilment
from playerbase.commerce import actions
from playerbase.commerce.actions import OfRefund, act_on_heard, compare, confirm_receipt, write_of_refund
from playerbase.commerce.events import PurchaseRefunded
from playerbase.commerce.model import NoSuchPurchase
from playerbase.kit.db import Pool, Tx
from playerbase.kit.jobs import enqueue, every
from playerbase.kit.outbox import on

__all__ = ["act_on_heard", "compare", "confirm_receipt", "write_of_refund"]


@on(fulfilment.DeliveryCancelled)
async def note_undelivered(tx: Tx, told: list[fulfilment.DeliveryCancelled]) -> None:
    """What was paid on a platform and will not be delivered waits for somebody: only the platform has the money."""
    found = []
    for each in told:
        try:
            order = await actions.order(tx, each.order_id)
        except NoSuchPurchase:
            continue  # An order of the store, which sees to it itself.
        if order.left:
            found.append((order, each.item_code, each.reason))
    await actions.note_undelivered(tx, found)


@on(PurchaseRefunded)
async def write_of_refunds(tx: Tx, told: list[PurchaseRefunded]) -> None:
    """Whoever had something taken back gets a letter, besides hearing it live."""
    for each in told:
        # A refund that a platform took back and said again is a letter of its own.
        name = f"{each.refund_id} {each.quantity} {sorted(each.owed.items())}"
        await enqueue(tx, write_of_refund, OfRefund(each.order_id, each.refund_id), once=name)


@every(timedelta(minutes=1), lane="medium", seconds_max=300)
async def look_into_orders(pool: Pool) -> None:
    """Ask about orders nobody knows the end of, and abandon those that nobody finished."""
    await actions.look_into_due(pool)


@every(timedelta(minutes=1), lane="medium", seconds_max=300)
async def act_on_statements(pool: Pool) -> None:
    """Act on what platforms said and could not be acted upon at once."""
    await actions.act_on_due(pool)


@every(timedelta(minutes=1), lane="medium", seconds_max=300)
async def read_steam_report(pool: Pool) -> None:
    """Read what Steam sold and gave back."""
    await actions.read_feed(pool, actions.STEAM_REPORT)


@every(timedelta(minutes=1), lane="medium", seconds_max=300)
async def read_epic_clawbacks(pool: Pool) -> None:
    """Read what Epic took back."""
    await actions.read_feed(pool, actions.EPIC_CLAWBACKS)


@every(timedelta(minutes=1), lane="medium", seconds_max=300)
async def read_google_voided(pool: Pool) -> None:
    """Read what Google took back."""
    await actions.read_feed(pool, actions.GOOGLE_VOIDED)


@every(timedelta(hours=1), seconds_max=300)
async def ask_apple_again(pool: Pool) -> None:
    """Ask how purchases at Apple stand, whose notifications may be lost."""
    await actions.ask_apple_again(pool)


@every(timedelta(minutes=5))
async def confirm_again(pool: Pool) -> None:
    """Tell platforms again what they did not hear."""
    await actions.confirm_due(pool)


@every(timedelta(days=1), seconds_max=600)
async def reconcile_purchases(pool: Pool) -> None:
    """Compare platforms, orders and books."""
    await actions.reconcile(pool)
