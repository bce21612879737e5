"""The pages of the inventory: what a player has, giving and taking it, what slots take; and a player's own things."""

from datetime import datetime
from uuid import UUID

from playerbase import catalog
from playerbase.inventory import actions, store
from playerbase.inventory.model import Search, Settings
from playerbase.inventory.pages import mine, players, slots
from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.kit.http import Happening, Line, Page, Panel, Place, SettingGroup, Tile

PANEL_LINES = 6
HANDLERS = (players, slots, mine)
WORDS = {
    "order": "by an order", "battle_pass": "in the battle pass", "drop": "as a drop", "grant": "by staff",
    "platform": "on a platform",
}  # fmt: skip


async def about(db: Db, player_id: UUID) -> list[Tile]:
    """How many things a player has, and how many of them they wear."""
    count = await store.tally(db, player_id, clock.now())
    if not count.things:
        return []
    worn = f"{count.worn} worn" if count.worn else "none worn"
    return [Tile("Things", f"{count.things}", foot=worn)]


async def panels(db: Db, player_id: UUID) -> list[Panel]:
    """The latest of what a player has, and the way to all of it."""
    here = f"/console/players/{player_id}/inventory"
    found, _ = await actions.owned_page(db, player_id, Search(), None, PANEL_LINES)
    lines = [
        Line(
            each.name, f"{each.quantity}", WORDS[each.source], state="worn" if each.equipped else "",
            tone="good" if each.equipped else "",
        )
        for each in found
    ]  # fmt: skip
    acts = [("Give an item…", f"{here}/give", "inventory.write")]
    return [Panel("Things", lines, "They have nothing yet.", here, "All of them, and what is worn", acts)]


async def timeline(db: Db, player_id: UUID, before: datetime, count: int) -> list[Happening]:
    """What a player got, lost and used up."""
    rows = await store.happenings(db, player_id, before, count)
    items = await catalog.items_by_id(db, {row.item_id for row in rows})
    here = f"/console/players/{player_id}/inventory"
    return [_line(row, items[row.item_id].name, here) for row in rows]


def _line(row: store.HappeningRow, name: str, path: str) -> Happening:
    times = f" \u00d7 {row.quantity}" if row.quantity > 1 else ""
    if row.kind == "granted":
        return Happening(row.at, "plus", "Things", f"Got {name}{times}", WORDS[row.detail], path=path)
    if row.kind == "consumed":
        return Happening(row.at, "check", "Things", f"Used up {name}{times}", row.detail, path=path)
    if row.kind == "expired":
        return Happening(row.at, "clock", "Things", f"{name}{times} expired", path=path)
    return Happening(row.at, "undo", "Things", f"{name}{times} was taken back", row.detail, tone="bad", path=path)


SETTINGS = SettingGroup(
    "inventory", "Inventory", Settings, actions.settings, actions.decide, "inventory.read", "inventory.write"
)
PAGE = Page(
    settings=(SETTINGS,),
    places=(Place("Slots", "/console/slots", "tag", "Economy", "inventory.read"),), about=about, panels=panels,
    timeline=timeline,
)  # fmt: skip

__all__ = ["HANDLERS", "PAGE"]
