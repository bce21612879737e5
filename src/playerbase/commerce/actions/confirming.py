"""Telling a platform that what was bought was given, until it is heard: Google gives the money back otherwise."""

from datetime import timedelta
from typing import Final

import msgspec

from playerbase.commerce.actions import wiring
from playerbase.commerce.model import Confirm, Order, Platform, Receipt
from playerbase.commerce.rules import steps
from playerbase.commerce.store import orders, receipts
from playerbase.kit import clock, log, metrics
from playerbase.kit.db import Pool, Tx, reading, transaction
from playerbase.kit.errors import Refusal
from playerbase.kit.jobs import enqueue, job
from playerbase.payments import PaymentRefused, configured_tills

BATCH: Final = 100
GIVE_UP: Final = timedelta(days=4)  # Google has given the money back after three.

_log = log.get("commerce")
_confirmed = metrics.Counter(
    "purchases_confirmed", "Platforms told that a purchase was given, and what came of it.", ["platform", "outcome"]
)


class ConfirmReceipt(msgspec.Struct, frozen=True):
    """Which receipt."""

    platform: str
    ref: str


@job(lane="medium", seconds_max=60)
async def confirm_receipt(pool: Pool, args: ConfirmReceipt) -> None:
    """Say it once; what is not heard is said again by `confirm_due`."""
    await confirm(pool, args.platform, args.ref)


async def confirm(pool: Pool, platform: str, ref: str) -> bool:
    """Tell a platform that a purchase was given, if it has not heard so; answers whether it has now."""
    async with reading(pool) as db:
        receipt = await receipts.find(db, platform, ref)
        order = None if receipt is None else await orders.find(db, receipt.order_id)
        sealed = None if receipt is None else await orders.account_of(db, receipt.order_id)
    if receipt is None or order is None or receipt.confirm is Confirm.NOTHING or receipt.confirmed_at is not None:
        return True
    account = None if sealed is None else wiring.open_account(wiring.keys(), order.order_id, sealed)
    try:
        # Each may be said again, so whoever does not know whether it was heard says it once more.
        await _say(receipt, order, account)
    except PaymentRefused as refusal:
        _confirmed.labels(platform, "refused").inc()
        is_late = clock.now() - receipt.made_at > GIVE_UP
        await _later(pool, receipt, f"It refuses: {refusal.reason}", gives_up=is_late)
        return False
    except Refusal as away:
        _confirmed.labels(platform, "away").inc()
        await _later(pool, receipt, away.code, gives_up=False)
        return False
    async with transaction(pool) as tx:
        await receipts.confirmed(tx, platform, ref, clock.now())
    _confirmed.labels(platform, "heard").inc()
    return True


async def confirm_due(pool: Pool) -> int:
    """Say again what was not heard; answers to how many."""
    async with transaction(pool) as tx:
        due = await receipts.due(tx, clock.now(), BATCH)
        for each in due:
            await enqueue(tx, confirm_receipt, ConfirmReceipt(each.platform, each.ref), once=_name(each))
    return len(due)


async def ask_again(tx: Tx, receipt: Receipt) -> None:
    """Have it said at once, also if that was given up."""
    if receipt.confirm is not Confirm.NOTHING and receipt.confirmed_at is None:
        await receipts.want_confirmed(tx, receipt.order_id, receipt.confirm, clock.now())
        await enqueue(tx, confirm_receipt, ConfirmReceipt(receipt.platform, receipt.ref))


async def _say(receipt: Receipt, order: Order, account: str | None) -> None:
    tills = configured_tills()
    if receipt.confirm is Confirm.REDEEM:
        assert account is not None, "an entitlement at Epic has an account"
        await tills.epic.redeem(account, [receipt.ref])
    elif receipt.platform is Platform.GOOGLE:
        said = await tills.google.purchase(order.sku, receipt.ref)
        if said.is_consumed or (receipt.confirm is Confirm.ACKNOWLEDGE and said.is_acknowledged):
            return
        tell = tills.google.consume if receipt.confirm is Confirm.CONSUME else tills.google.acknowledge
        await tell(order.sku, receipt.ref)


async def _later(pool: Pool, receipt: Receipt, fault: str, *, gives_up: bool) -> None:
    _log.warning("a platform did not hear that a purchase was given", platform=receipt.platform, fault=fault)
    at = None if gives_up else steps.retry_at(receipt.tried, clock.now())
    async with transaction(pool) as tx:
        await receipts.confirm_later(tx, receipt.platform, receipt.ref, at, fault)


def _name(receipt: Receipt) -> str:
    return f"{receipt.platform} {receipt.ref[:200]} {receipt.tried}"
