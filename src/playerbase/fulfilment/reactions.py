"""What fulfilment does when others speak, and on the clock."""

from datetime import timedelta
from typing import Final

from playerbase import accounts
from playerbase.fulfilment import actions
from playerbase.fulfilment.actions import apply_effect, deliver_letter, deliver_parcel, resend_letter
from playerbase.fulfilment.store import inbox
from playerbase.kit import clock
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.kit.jobs import every
from playerbase.kit.outbox import on

__all__ = ["apply_effect", "deliver_letter", "deliver_parcel", "resend_letter"]

# A shop repeats itself for four hours, and what is older is refused by its age; a month is for whoever asks.
HEARD_KEPT: Final = timedelta(days=30)
SLICE: Final = 1_000


@on(accounts.EmailVerified)
async def deliver_to_confirmed_address(tx: Tx, told: list[accounts.EmailVerified]) -> None:
    """Whoever waited for an address has shown one to be theirs."""
    await actions.wake_players(tx, sorted({each.player_id for each in told}))


@on(accounts.EmailChanged)
async def deliver_to_new_address(tx: Tx, told: list[accounts.EmailChanged]) -> None:
    """Whoever waited for an address has another one now."""
    await actions.wake_players(tx, sorted({each.player_id for each in told}))


@every(timedelta(minutes=1), lane="medium")
async def resume_deliveries(pool: Pool) -> None:
    """Go on with what is due: second attempts, what a dead worker held, pools that were filled."""
    await actions.resume(pool)


@every(timedelta(hours=1))
async def look_for_addresses(pool: Pool) -> None:
    """Look anew for the addresses of all who wait for one."""
    await actions.wake_addressed(pool)


@every(timedelta(days=1))
async def forget_heard(pool: Pool) -> None:
    """What was heard a month ago is known by its effect."""
    while True:
        async with transaction(pool) as tx:
            gone = await inbox.forget_heard(tx, clock.now() - HEARD_KEPT, SLICE)
        if len(gone) < SLICE:
            return
