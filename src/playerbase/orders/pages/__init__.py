"""What orders add to the console: orders, reviews, rules, sales, what of them needs a human; and the portal's shop."""

from datetime import datetime
from uuid import UUID

from playerbase import ledger
from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.kit.http import Happening, Line, Need, Page, Panel, Place, SettingGroup, Tile
from playerbase.orders import actions, store
from playerbase.orders.actions import OrderSeen
from playerbase.orders.model import Settings
from playerbase.orders.pages import figures, listing, mine, one, refunding, reviewing, ruling, sales, shop
from playerbase.orders.pages.showing import HERE, LAST, REVIEWS, RULES

PANEL_LINES = 6
PARTS_SHOWN = 100
HANDLERS = (sales, listing, reviewing, refunding, one, ruling, shop, mine)
STATES = {"review": ("in review", "warn"), "placed": ("", ""), "rejected": ("turned down", "bad")}


async def needs(db: Db) -> list[Need]:
    """Orders of which the ledger says something else, orders that wait, and bundles of which a part did not come."""
    found = []
    if wrong := await actions.findings(db, PARTS_SHOWN):
        title = "An order is not what the ledger says" if len(wrong) == 1 else f"{len(wrong)} orders are not as posted"
        why = "Paid once, its refunds taken off: the ledger has another sum. Look before anything is given back."
        found.append(
            Need(3, "ledger", title, why, "late", _since(wrong[0].noticed_at), "Look", f"{HERE}/differences",
                 len(wrong))
        )  # fmt: skip
    if (waiting := await actions.waiting(db)) is not None:
        _, settings = await actions.bounds(db)
        hours = (clock.now() - waiting.oldest_at).total_seconds() / 3_600
        title = "An order waits for a review" if waiting.count == 1 else f"{waiting.count} orders wait for a review"
        why = f"Their price is set aside. After {settings.review_hours} hours they are turned down by themselves."
        state = "late" if hours > settings.review_hours / 2 else "soon"
        found.append(
            Need(25, "eye", title, why, state, _since(waiting.oldest_at), "Review", REVIEWS, waiting.count)
        )  # fmt: skip
    if parts := await actions.undelivered(db):
        first = parts[0]
        title = f"A part of {first.line} was not delivered" if len(parts) == 1 else f"{len(parts)} parts did not come"
        why = "It came in a bundle and has no price of its own: give the bundle back, or keep what was paid."
        found.append(
            Need(22, "undo", title, why, "soon", _since(first.placed_at, "bought"), "Decide",
                 f"{HERE}/{first.order_id}", len(parts))
        )  # fmt: skip
    return found


async def about(db: Db, player_id: UUID) -> list[Tile]:
    """How many orders a player made."""
    count = await figures.counted(db, player_id)
    if not count.count:
        return []
    waits = f"{count.waiting} in review" if count.waiting else "none in review"
    return [Tile("Orders", f"{count.count:,}".replace(",", "\u202f"), foot=waits)]


async def panels(db: Db, player_id: UUID) -> list[Panel]:
    """The latest of what a player bought."""
    assets = await ledger.assets(db)
    seen = await actions.all_seen(db, await store.of_player(db, player_id, LAST, PANEL_LINES), assets)
    lines = [
        Line(
            bought(each), assets[each.currency].figure(each.total),
            f"{assets[each.currency].figure(each.refunded)} given back" if each.refunded else "",
            f"{HERE}/{each.order_id}", STATES[each.state][1], STATES[each.state][0],
        )
        for each in seen
    ]  # fmt: skip
    empty = "They have bought nothing yet with what is in their wallet."
    return [Panel("Orders", lines, empty, f"{HERE}?player={player_id}", "All of them")]


async def timeline(db: Db, player_id: UUID, before: datetime, count: int) -> list[Happening]:
    """What a player bought, what waited, and what was given back."""
    assets = await ledger.assets(db)
    found: list[Happening] = []
    seen = await actions.all_seen(db, await store.made_before(db, player_id, before, count), assets)
    for each in seen:
        said = {"placed": "Bought", "review": "Wants to buy", "rejected": "Was not sold"}[each.state]
        detail = {"review": "waits for a review", "rejected": each.reason}.get(each.state, "")
        tone = {"rejected": "bad"}.get(each.state, "")
        found.append(
            Happening(
                each.placed_at, "coin", "Orders", f"{said} {bought(each)}", detail,
                f"{assets[each.currency].figure(each.total)} {assets[each.currency].name.lower()}", tone,
                f"{HERE}/{each.order_id}",
            )
        )  # fmt: skip
    for back in await store.given_back_before(db, player_id, before, count):
        figure = f"{assets[back.currency].figure(back.amount)} {assets[back.currency].name.lower()}"
        path = f"{HERE}/{back.order_id}"
        found.append(Happening(back.at, "undo", "Orders", "An order was given back", back.reason, figure, path=path))
    return sorted(found, key=lambda each: each.at, reverse=True)[:count]


async def holds(db: Db, player_id: UUID) -> str:
    """Whether they bought something: orders stay with an account."""
    return "orders" if await store.of_player(db, player_id, LAST, 1) else ""


def bought(order: OrderSeen) -> str:
    """What an order holds, in a few words."""
    first = order.lines[0]
    times = f" \u00d7 {first.quantity}" if first.quantity > 1 else ""
    more = f" and {len(order.lines) - 1} more" if order.lines[1:] else ""
    return f"{first.name}{times}{more}"


def _since(moment: datetime, word: str = "since") -> str:
    return f"{word} {moment:%d %B, %H:%M} UTC"


SETTINGS = SettingGroup(
    "orders", "Orders", Settings, actions.settings, actions.change_settings, "orders.read", "orders.write"
)
PAGE = Page(
    settings=(SETTINGS,),
    places=(
        Place("Orders", HERE, "coin", "Economy", "orders.read"),
        Place("Reviews", REVIEWS, "eye", "Economy", "orders.read"),
        Place("Order rules", RULES, "flag", "Economy", "orders.read"),
    ),
    needs=needs, about=about, panels=panels, timeline=timeline, holds=holds,
)  # fmt: skip

__all__ = ["HANDLERS", "PAGE"]
