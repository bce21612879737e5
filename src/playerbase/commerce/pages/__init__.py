"""What purchases add to console and portal: lists, what does not agree, platforms, and what of it needs a human."""

from datetime import datetime
from uuid import UUID

from playerbase.commerce import actions
from playerbase.commerce.actions import overview
from playerbase.commerce.model import Settings, State
from playerbase.commerce.model.comparisons import Turn
from playerbase.commerce.pages import buying, differences, mine, platforms, purchases, showing
from playerbase.commerce.rules.wording import DISCORDS, PLATFORMS, STATES, sum_of
from playerbase.kit.db import Db
from playerbase.kit.http import Happening, Line, Need, Page, Panel, Place, SettingGroup, Tile

PANEL_LINES = 5
SAID = {
    "bought": ("Bought {0}", "coin", ""), "failed": ("Did not pay for {0}", "ban", ""),
    "abandoned": ("Did not finish buying {0}", "ban", ""), "refund": ("{0} was refunded", "undo", "bad"),
    "chargeback": ("{0} was charged back", "undo", "bad"), "revoked": ("{0} is no longer shared", "undo", "bad"),
}  # fmt: skip


async def needs(db: Db) -> list[Need]:
    """What does not agree, orders nobody knows the end of, and feeds that fail."""
    found = []
    tally = {kind: count for kind, count in (await actions.open_exceptions(db)).items() if count}
    oldest = await overview.oldest_exception(db)
    if tally and oldest is not None:
        count = sum(tally.values())
        title = "A purchase does not agree" if count == 1 else f"{count} purchases do not agree"
        named = ", ".join(f"{DISCORDS[kind][0].lower()}: {each}" for kind, each in tally.items())
        since = f"the oldest since {oldest:%d %B, %H:%M} UTC"
        found.append(
            Need(18, "coin", title, f"Platform, order and books differ ({named}). Each has what may be done about it.",
                 "late", since, "Reconcile", showing.DIFFERENCES, count)
        )  # fmt: skip
    late = await overview.late(db)
    if late.count and late.oldest_at is not None:
        title = (
            "Nobody knows the end of a purchase"
            if late.count == 1
            else f"Nobody knows the end of {late.count} purchases"
        )
        found.append(
            Need(25, "clock", title, "They may be paid, and nothing was granted. Ask the platform; see what it says.",
                 "late", f"the oldest since {late.oldest_at:%d %B, %H:%M} UTC", "See them",
                 f"{showing.PURCHASES}?state={State.UNKNOWN.value}", late.count)
        )  # fmt: skip
    for each in await overview.failing_feeds(db):
        title = f"{platforms.FEEDS[each.name][0] if each.name in platforms.FEEDS else each.name} cannot be read"
        since = f"read last {each.read_at:%d %B, %H:%M} UTC" if each.read_at else "never read"
        why = f"It met: {each.fault.replace('_', ' ')}. Until it is read, refunds are heard of late."
        found.append(Need(30, "pulse", title, why, "soon", since, "Look", showing.PLATFORMS))
    return found


async def about(db: Db, player_id: UUID) -> list[Tile]:
    """How much a player bought for money, and how much of it was taken back."""
    tally = await overview.tally_of(db, player_id)
    if not tally.bought:
        return []
    foot = f"{tally.taken_back} given back" if tally.taken_back else "none given back"
    return [Tile("Bought for money", f"{tally.bought}", foot=foot)]


async def panels(db: Db, player_id: UUID) -> list[Panel]:
    """The latest purchases of a player, and the way to all of them."""
    found = await actions.of_player(db, player_id, actions.LAST, PANEL_LINES)
    lines = [
        Line(
            each.item_name, sum_of(each.amount, each.currency), PLATFORMS[each.platform],
            f"{showing.PURCHASES}/{each.order_id}", STATES[each.state][1], STATES[each.state][0],
        )
        for each in found
    ]  # fmt: skip
    everything = f"{showing.PURCHASES}?player_id={player_id}"
    return [Panel("Purchases", lines, "Nothing bought for money.", everything if lines else "", "All of them")]


async def timeline(db: Db, player_id: UUID, before: datetime, count: int) -> list[Happening]:
    """What a player bought for money, and what was given back, latest first."""
    return [_happening(each) for each in await overview.turns(db, player_id, before, count)]


async def holds(db: Db, player_id: UUID) -> str:
    """Whether they bought something for money: purchases stay with an account."""
    return "purchases" if await actions.of_player(db, player_id, actions.LAST, 1) else ""


def _happening(turn: Turn) -> Happening:
    text, icon, tone = SAID[turn.kind]
    name = f"{turn.quantity} \u00d7 {turn.name}" if turn.quantity > 1 else turn.name
    return Happening(
        turn.at, icon, "Purchases", text.format(name), f"on {PLATFORMS[turn.platform]}", tone=tone,
        path=f"{showing.PURCHASES}/{turn.order_id}",
    )  # fmt: skip


SETTINGS = SettingGroup(
    "commerce",
    "Purchases for money",
    Settings,
    actions.settings,
    actions.set_settings,
    "commerce.read",
    "commerce.write",
)
PAGE = Page(
    settings=(SETTINGS,),
    places=(
        Place("Purchases", showing.PURCHASES, "coin", "Economy", "commerce.read"),
        Place("Reconciliation", showing.DIFFERENCES, "merge", "Economy", "commerce.read"),
        Place("Platforms", showing.PLATFORMS, "pulse", "Economy", "commerce.read"),
    ),
    needs=needs, timeline=timeline, about=about, panels=panels, holds=holds,
)  # fmt: skip
HANDLERS = (purchases, differences, platforms, buying, mine)

__all__ = ["HANDLERS", "PAGE"]
