"""What friends add to the console and the portal."""

from datetime import timedelta
from uuid import UUID

from playerbase import profiles
from playerbase.friends import actions
from playerbase.friends.model import Settings
from playerbase.friends.pages import mine, players
from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.kit.http import Line, Page, Panel, SettingGroup

HANDLERS = (players, mine)
PANEL_LINES = 6


async def panels(db: Db, player_id: UUID) -> list[Panel]:
    """A player's latest friends, and the way to all of them."""
    found = await actions.friends_of(db, player_id, (clock.now() + timedelta(days=1), players.LAST), PANEL_LINES)
    names = await profiles.names(db, [each.player_id for each in found])
    lines = [
        Line(names.get(each.player_id, "Somebody"), f"{each.at:%d %b %Y}", path=f"/console/players/{each.player_id}")
        for each in found
    ]
    here = f"/console/players/{player_id}/friends"
    return [Panel("Friends", lines, "They have no friends here yet.", here, "All of them, requests and blocks")]


async def holds(db: Db, player_id: UUID) -> str:
    """Whether they have friends."""
    return "friends" if (await actions.tally(db, player_id)).friends else ""


SETTINGS = SettingGroup(
    "friends", "Friends", Settings, actions.settings, actions.decide, "operations.read", "operations.write"
)
PAGE = Page(settings=(SETTINGS,), panels=panels, holds=holds)

__all__ = ["HANDLERS", "PAGE"]
