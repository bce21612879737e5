"""What saves add to the console and the portal."""

from datetime import datetime
from uuid import UUID

from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.kit.http import Happening, Line, Need, Page, Panel, Place
from playerbase.progression import actions
from playerbase.progression.pages import declaring, mine, players

HANDLERS = (players, declaring, mine)
PANEL_LINES = 6
KINDS = {"save": "Saved", "merge": "Merged two saves into", "restore": "Restored"}


async def needs(db: Db) -> list[Need]:
    """Saves that were flagged, and about which nobody has decided."""
    waiting = await actions.flags_open(db, None, 1)
    if not waiting:
        return []
    count = await actions.count_open(db)
    title = "A save was flagged" if count == 1 else f"{count} saves were flagged"
    why = "They broke rules that let pass and ask somebody to look: let them stand, or restore what was before."
    days = (clock.now() - waiting[0].at).days
    since = "today" if days < 1 else f"for {days} d"
    return [Need(30, "flag", title, why, "late" if days > 1 else "soon", since, "Look", declaring.HERE, count)]


async def panels(db: Db, player_id: UUID) -> list[Panel]:
    """Where a player's slots stand."""
    here = f"/console/players/{player_id}/saves"
    found = await actions.latest(db, player_id, clock.now(), PANEL_LINES)
    lines = [
        Line(
            f"{each.game}, {each.slot}", f"v{each.version}", each.device or each.saved_by,
            f"{here}/{each.game}/{each.slot}",
        )
        for each in found
    ]  # fmt: skip
    return [Panel("Saves", lines, "They have saved nothing yet.", here, "All slots, their history and flags")]


async def timeline(db: Db, player_id: UUID, before: datetime, count: int) -> list[Happening]:
    """When each slot was last saved: a line for every save would drown all else."""
    found = await actions.latest(db, player_id, before, count)
    return [
        Happening(
            each.saved_at, "down", "Saves", f"{KINDS[each.kind]} {each.slot} in {each.game}", each.device,
            f"v{each.version}", path=f"/console/players/{player_id}/saves/{each.game}/{each.slot}",
        )
        for each in found
    ]  # fmt: skip


async def holds(db: Db, player_id: UUID) -> str:
    """Whether they have saved anything."""
    return "saves" if await actions.latest(db, player_id, clock.now(), 1) else ""


PAGE = Page(
    places=(Place("Saves", declaring.HERE, "down", "Live", "progression.read"),), needs=needs, panels=panels,
    timeline=timeline, holds=holds,
)  # fmt: skip

__all__ = ["HANDLERS", "PAGE"]
