"""Home: who somebody is here, and how they stand."""

from playerbase import identity, profiles
from playerbase.kit.db import Db
from playerbase.kit.http import PLAYER, Answer, Caller, Rendering, Request, Site, get
from playerbase.portal.pages.naming import names
from playerbase.portal.pages.telling import lately

LINES = 3


@get("/portal", policy=PLAYER, limit="console", page=True)
async def read_home(db: Db, request: Request, site: Site, caller: Caller, rendering: Rendering) -> Answer:
    """One player's own front page."""
    assert caller.player_id is not None
    profile = (await profiles.Profiles(site.pool).fetch(db, [caller.player_id])).get(caller.player_id)
    tiles = [tile for page in site.pages if page.about is not None for tile in await page.about(db, caller.player_id)]
    lines, _ = await lately(db, caller.player_id, None, LINES, names(request))
    return rendering.page(
        request, "portal/home.html", profile=profile, tiles=tiles, lines=lines,
        ways=await identity.ways(db, caller.player_id),
    )  # fmt: skip
