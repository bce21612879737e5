"""A player's own rank and statistics."""

from typing import Annotated

import msgspec

from playerbase import games
from playerbase.kit.db import Db
from playerbase.kit.http import PLAYER, Answer, Caller, Rendering, Request, get
from playerbase.statistics.pages.sheet import sheet

HERE = "/portal/statistics"
Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$")]


@get(HERE, policy=PLAYER, limit="console", page=True)
async def my_statistics(
    db: Db, request: Request, caller: Caller, rendering: Rendering, game: Slug | None = None
) -> Answer:
    """Your rank and tier, how your rating moved, and what you did."""
    assert caller.player_id is not None
    known = await games.games(db)
    chosen = game if game in {each.slug for each in known} else known[0].slug if known else "demo"
    return rendering.page(
        request, "statistics/mine.html", games=known, game=chosen, here=HERE,
        **await sheet(db, caller.player_id, chosen),
    )  # fmt: skip
