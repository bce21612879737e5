"""The letter that tells a player that a purchase was taken back, and what they owe."""

from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from playerbase import access, accounts, ledger
from playerbase.commerce.actions import reading, wiring
from playerbase.commerce.model import Platform, Refund
from playerbase.commerce.store import refunds
from playerbase.kit import log
from playerbase.kit.db import Db, Pool
from playerbase.kit.db import reading as reading_db
from playerbase.kit.jobs import job
from playerbase.kit.outside import Mail, Undeliverable

FOLDER: Final = Path(__file__).parents[1] / "letters"
NAMES: Final = {
    Platform.STEAM: "Steam", Platform.EPIC: "Epic", Platform.APPLE: "The App Store", Platform.GOOGLE: "Google Play",
}  # fmt: skip

_log = log.get("commerce")


class OfRefund(msgspec.Struct, frozen=True):
    """Which refund of which order."""

    order_id: UUID
    refund_id: UUID


@job(lane="medium", attempts_max=5, seconds_max=60, pauses_seconds=(60, 600, 3_600))
async def write_of_refund(pool: Pool, args: OfRefund) -> None:
    """Write it. Sent twice it is the same letter; who has confirmed no address finds it in the list of refunds."""
    async with reading_db(pool) as db:
        composed = await _composed(db, args)
    if composed is None:
        return
    mail, refund = composed
    try:
        await accounts.postbox().send(mail, letter_id=refund.refund_id, at=refund.applied_at or refund.created_at)
    except Undeliverable as refusal:
        _log.warning("the relay refuses the letter of a refund", code=refusal.code)


async def _composed(db: Db, args: OfRefund) -> tuple[Mail, Refund] | None:
    order = await reading.order(db, args.order_id)
    box = await access.mailbox(db, wiring.keys(), order.player_id)
    if box is None or not box.is_verified:
        return None
    (refund,) = [each for each in await refunds.of_order(db, args.order_id) if each.refund_id == args.refund_id]
    owed = []
    for each in reading.taken(refund).sums:
        asset = await ledger.asset(db, each.asset) if each.owed else None
        owed += [f"{asset.display(each.owed)} {asset.name}"] if asset is not None else []
    values = {
        "item": order.item_name, "platform": NAMES[order.platform], "order": str(order.order_id),
        "owed": ", ".join(owed),
    }  # fmt: skip
    return accounts.write("refunded", box.email, values, folder=FOLDER), refund
