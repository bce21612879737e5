"""What ends by the clock: holds that are over, units that have expired. Each is posted under a key that names it."""

from datetime import datetime

from playerbase.kit import clock
from playerbase.kit.db import Pool, Tx, transaction
from playerbase.ledger import store
from playerbase.ledger.actions.posting import post
from playerbase.ledger.model import HOUSE, GiveFree, Leg, Posted, Posting, Purpose

SLICE = 200  # As many as share a commit elsewhere.
SCOPE = "ledger"


async def end_holds(pool: Pool) -> int:
    """Let go of what holds that are over still set aside; returns how many there were."""
    total = 0
    while True:
        async with transaction(pool) as tx:
            due = await store.due_holds(tx, clock.now(), SLICE)
            ended = [
                Posting(
                    scope=SCOPE, key=f"hold_expired|{hold.hold_id}", kind="hold_expired", rule="hold_expired",
                    hold=GiveFree(hold.hold_id, hold.owner_id, hold.asset, "expired"),
                )
                for hold in due
            ]  # fmt: skip
            done = await post(tx, ended) if ended else []
        total += len(done)
        # One that was captured or voided meanwhile is refused, and is not due the next time.
        if len(due) < SLICE:
            return total


async def expire_lots(pool: Pool) -> int:
    """Take away units that have expired, as far as they are not set aside; returns how many lots there were."""
    total = 0
    while True:
        now = clock.now()
        async with transaction(pool) as tx:
            accounts = await store.due_accounts(tx, now, SLICE)
            # Somebody may spend at this very moment: how much is due is asked with nobody else at these accounts, or
            # units that have not expired would go for those that were spent.
            await _lock(tx, accounts)
            due = await store.due_lots(tx, [each.account_id for each in accounts], now, SLICE) if accounts else []
            done = await post(tx, [_expiry(lot, now) for lot in due]) if due else []
        posted = sum(isinstance(outcome, Posted) for outcome in done)
        total += posted
        if max(len(accounts), len(due)) < SLICE or not posted:
            return total


async def _lock(tx: Tx, accounts: list[store.DueAccount]) -> None:
    """Lock them and where expired units go, in the one order in which postings lock balances."""
    assets = sorted({each.asset_id for each in accounts})
    houses = await store.accounts_of(tx, [HOUSE] * len(assets), assets, [Purpose.EXPIRED] * len(assets))
    await store.lock_balances(tx, sorted({each.account_id for each in accounts} | {each.account_id for each in houses}))


def _expiry(lot: store.DueLot, now: datetime) -> Posting:
    # The moment is part of the key: what was set aside the first time is taken when it comes free.
    return Posting(
        scope=SCOPE, key=f"expire|{lot.lot_id}|{lot.remaining}|{now.isoformat()}", kind="expire", rule="expire",
        ref=f"lot:{lot.lot_id}",
        legs=(
            Leg(lot.owner_id, lot.asset, -lot.remaining, up_to="less"),
            Leg(HOUSE, lot.asset, 0, Purpose.EXPIRED, balancing=True),
        ),
    )  # fmt: skip
