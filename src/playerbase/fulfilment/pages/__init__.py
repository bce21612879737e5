"""What fulfilment adds to the console: deliveries, voucher pools, and what of them needs a human."""

from datetime import datetime
from uuid import UUID

from playerbase.fulfilment import actions
from playerbase.fulfilment.model import Delivery, Settings, Tally
from playerbase.fulfilment.pages import deliveries, pools
from playerbase.fulfilment.store import vouchers
from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.kit.http import Happening, Need, Page, Place, SettingGroup

POOLS_SHOWN = 5
LATE_HOURS = 24
SAID = {
    "pending": "is yet to be delivered", "processing": "is being delivered", "completed": "was delivered",
    "failed": "could not be delivered", "cancelled": "will not be delivered",
}  # fmt: skip


async def needs(db: Db) -> list[Need]:
    """Deliveries every attempt at which failed, players without an address, and pools that run out."""
    tallies = await actions.tally(db)
    found = []
    if dead := [each for each in tallies if each.state == "failed"]:
        count = sum(each.count for each in dead)
        title = "A delivery failed for good" if count == 1 else f"{count} deliveries failed for good"
        why = "Somebody paid and got nothing. See what each attempt met; try again, or cancel and have it refunded."
        found.append(_need(20, "dead", title, why, dead, "See them", f"{deliveries.HERE}?state=failed"))
    if lost := [each for each in tallies if each.waits_for == "address"]:
        count = sum(each.count for each in lost)
        title = "A delivery has no address" if count == 1 else f"{count} deliveries have no address"
        why = "A code goes to a confirmed mailbox alone, a parcel to an address. Ask the player for one."
        found.append(_need(45, "mail", title, why, lost, "See them", f"{deliveries.HERE}?waits_for=address"))
    for pool in await vouchers.short_pools(db, POOLS_SHOWN):
        if not pool.waiting and not pool.low_at:
            continue
        waiting = f"{pool.waiting} deliveries wait for one. " if pool.waiting else ""
        title = f"The pool {pool.name} is {'empty' if not pool.free else 'nearly empty'}"
        found.append(
            Need(15 if pool.waiting else 35, "tag", title, f"{waiting}Add codes before it costs a sale.",
                 "late" if pool.waiting else "soon", f"{pool.free} codes are free", "Add codes",
                 f"{pools.HERE}/{pool.pool_id}", max(1, pool.waiting))
        )  # fmt: skip
    return found


async def timeline(db: Db, player_id: UUID, before: datetime, count: int) -> list[Happening]:
    """What was delivered to a player outside the game, latest first."""
    found = await actions.made_before(db, player_id, before, count)
    return [_happening(each) for each in found]


async def holds(db: Db, player_id: UUID) -> str:
    """Whether something was sold to them: deliveries stay with an account."""
    return "deliveries" if await actions.of_player(db, player_id, count=1) else ""


def _need(rank: int, icon: str, title: str, why: str, tallies: list[Tally], action: str, path: str) -> Need:
    oldest = min(each.oldest_at for each in tallies)
    is_late = (clock.now() - oldest).total_seconds() > LATE_HOURS * 3_600
    since = f"the oldest since {oldest:%d %B, %H:%M} UTC"
    return Need(
        rank, icon, title, why, "late" if is_late else "soon", since, action, path, sum(each.count for each in tallies)
    )


def _happening(delivery: Delivery) -> Happening:
    tone = {"completed": "good", "failed": "bad"}.get(delivery.state.value, "")
    return Happening(
        delivery.created_at, "tag", "Deliveries", f"{delivery.item_name} {SAID[delivery.state]}", delivery.fault,
        tone=tone, path=f"{deliveries.HERE}/{delivery.delivery_id}",
    )  # fmt: skip


SETTINGS = SettingGroup(
    "fulfilment", "Deliveries", Settings, actions.settings, actions.set_settings, "fulfilment.read", "fulfilment.write"
)
PAGE = Page(
    settings=(SETTINGS,),
    places=(
        Place("Deliveries", deliveries.HERE, "tag", "Economy", "fulfilment.read"),
        Place("Voucher pools", pools.HERE, "key", "Economy", "fulfilment.read"),
    ),
    needs=needs, timeline=timeline, holds=holds,
)  # fmt: skip
HANDLERS = (deliveries, pools)

__all__ = ["HANDLERS", "PAGE"]
