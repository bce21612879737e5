"""What a player was given, for the player."""

from urllib.parse import urlencode
from uuid import UUID

from playerbase.kit.db import Db
from playerbase.kit.http import PLAYER, Answer, Caller, Cursors, Rendering, Request, get
from playerbase.rewards import actions

HERE = "/portal/rewards"
ROWS = 24


@get(HERE, policy=PLAYER, limit="console", page=True)
async def my_rewards(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, cursor: str = ""
) -> Answer:
    """What you were given, the latest first."""
    assert caller.player_id is not None
    scope = f"my rewards {caller.player_id}"
    (before,) = cursors.read(cursor, tuple[UUID], scope=scope) if cursor else (None,)
    found = await actions.gifts(db, player_id=caller.player_id, before=before, count=ROWS + 1)
    following = ""
    if found[ROWS:]:
        following = f"{HERE}?{urlencode({'cursor': cursors.make((found[ROWS - 1].gift_id,), scope=scope)})}"
    return rendering.page(
        request, "rewards/mine.html", gifts=[(each, await actions.shown(db, each.parts)) for each in found[:ROWS]],
        titles=await actions.titles_of(db, caller.player_id), following=following, first=HERE if cursor else "",
    )  # fmt: skip
