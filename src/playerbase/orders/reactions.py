"""What the store does when deliveries end, and on the clock."""

from datetime import timedelta
from typing import Final

from playerbase import fulfilment
from playerbase.kit import clock
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.jobs import every
from playerbase.kit.outbox import on
from playerbase.orders import actions, store
from playerbase.orders.actions import pay_back
from playerbase.orders.model import ThingState

__all__ = ["pay_back"]

REFUSALS_KEPT: Final = timedelta(days=7)  # As long as an Idempotency-Key is kept anywhere.
ADDRESSES_KEPT: Final = timedelta(days=30)  # The longest time that a rule may look back.
SLICE: Final = 1_000


@on(fulfilment.DeliveryCompleted)
async def note_delivered(tx: Tx, told: list[fulfilment.DeliveryCompleted]) -> None:
    """Write down what of orders was delivered."""
    await actions.note(tx, [each.line_id for each in told], ThingState.DELIVERED)


@on(fulfilment.DeliveryFailed)
async def note_failed(tx: Tx, told: list[fulfilment.DeliveryFailed]) -> None:
    """Write down what of orders waits for a person; one that was delivered in the end stays delivered."""
    await actions.note(tx, [each.line_id for each in told], ThingState.FAILED)


@on(fulfilment.DeliveryCancelled)
async def refund_cancelled(tx: Tx, told: list[fulfilment.DeliveryCancelled]) -> None:
    """Have what was not delivered paid back."""
    await actions.note_cancelled(tx, told)


@every(timedelta(minutes=10), seconds_max=300)
async def give_up_reviews(pool: Pool) -> None:
    """Turn down what has waited for a person for too long."""
    while await actions.give_up(pool):
        pass


@every(timedelta(minutes=10), seconds_max=300)
async def compare_with_ledger(pool: Pool) -> None:
    """See whether the ledger says of the orders of the last day what they say."""
    await actions.compare_lately(pool)


@every(timedelta(minutes=5), seconds_max=240)
async def watch_earnings(pool: Pool) -> None:
    """Look for who earns as nobody earns who plays."""
    await actions.watch_earnings(pool)


@every(timedelta(days=1))
async def forget(pool: Pool) -> None:
    """Forget refusals that nobody repeats any more, and addresses that no rule looks at."""
    now = clock.now()
    for forgotten, kept in ((store.forget_refusals, REFUSALS_KEPT), (store.forget_addresses, ADDRESSES_KEPT)):
        while True:
            async with transaction(pool) as tx:
                gone = await forgotten(tx, now - kept, SLICE)
            if len(gone) < SLICE:
                break
