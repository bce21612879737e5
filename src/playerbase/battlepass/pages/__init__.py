"""What the battle pass adds to the console and the portal: passes and their tiers, challenges, players, one's own."""

from playerbase.battlepass.pages import challenging, mine, passes, playing, tiering
from playerbase.battlepass.pages.playing import panels
from playerbase.battlepass.pages.showing import HERE
from playerbase.kit.http import Page, Place

HANDLERS = (passes, tiering, challenging, playing, mine)
PAGE = Page(places=(Place("Battle pass", HERE, "star", "Live", "battlepass.read"),), panels=panels)

__all__ = ["HANDLERS", "PAGE"]
