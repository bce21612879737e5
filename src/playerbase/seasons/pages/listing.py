"""The calendar of every game: drawn, and as a list."""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import games
from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, get, staff
from playerbase.seasons import actions
from playerbase.seasons.pages.drawing import drawn

HERE = "/console/seasons"
READ = staff("seasons.read")
ROWS = 50
GAMES_DRAWN_MAX = 20
Slug = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{1,31}$")]


@get(HERE, policy=READ, limit="console", page=True)
async def read_calendar(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, game: Slug | None = None,
    cursor: str = "",
) -> Answer:  # fmt: skip
    """Seasons of every game or of one, the latest first."""
    known = await games.games(db)
    names = {each.slug: each.name for each in known}
    wanted = [game] if game is not None else [each.slug for each in known][:GAMES_DRAWN_MAX]
    calendars = list((await actions.calendars(db, wanted)).values())
    scope = f"calendar {game or ''} {caller.subject}"
    at = cursors.read(cursor, tuple[datetime, UUID], scope=scope) if cursor else None
    found = await actions.page(db, game, None, at, ROWS + 1)
    shown, following = found[:ROWS], ""
    asked = {"game": game} if game else {}
    if found[ROWS:]:
        place = (shown[-1].starts_at, shown[-1].season_id)
        following = f"{HERE}?{urlencode(asked | {'cursor': cursors.make(place, scope=scope)})}"
    return rendering.page(
        request, "seasons/calendar.html", seasons=shown, following=following, games=known, game=game, names=names,
        drawing=drawn(calendars, names, clock.now(), HERE), first=f"{HERE}?{urlencode(asked)}" if cursor else "",
    )  # fmt: skip
