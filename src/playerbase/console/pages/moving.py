"""The test clock, outside production: let time pass, or go straight to where a season begins or ends."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import audit, games, platform, seasons
from playerbase.kit import clock
from playerbase.kit.db import Db, Tx, after_commit, set_ahead
from playerbase.kit.http import Answer, Rendering, Request, get, post, redirect, staff

HERE = "/console/clock"
READ, WRITE = staff("operations.read"), staff("operations.write")
AHEAD_SECONDS_MAX = 5 * 365 * 86_400  # As far as the route of the API lets it stand.
STEPS = ((60, "1 minute"), (3_600, "1 hour"), (86_400, "1 day"), (7 * 86_400, "1 week"))
TOLD = {"moved": "Every process follows within a second.", "reset": "The clock is the machine's again."}


class Goal(msgspec.Struct, frozen=True):
    """Where a season takes the clock: to its beginning, or to where its close begins."""

    season: seasons.Season
    game: str
    at: datetime

    @property
    def verb(self) -> str:
        """What happens there."""
        return "opens" if self.season.state is seasons.State.PLANNED else "closes"


class Asked(msgspec.Struct, frozen=True):
    """By how many seconds, or to which season; neither puts it back."""

    seconds: Annotated[int, msgspec.Meta(ge=1, le=AHEAD_SECONDS_MAX)] | None = None
    season_id: UUID | None = None


@get(HERE, policy=READ, limit="console", page=True)
async def read_clock(db: Db, request: Request, rendering: Rendering, told: str = "") -> Answer:
    """Where the clock stands, and where it may go."""
    known = {each.slug: each.name for each in await games.games(db)}
    calendars = await seasons.calendars(db, list(known))
    goals = [goal for each in calendars.values() if (goal := _next(each, known[each.game])) is not None]
    return rendering.page(
        request, "console/clock.html", goals=goals, ahead=clock.offset(), is_real=request.site.in_production,
        steps=STEPS, told=TOLD.get(told, ""),
    )  # fmt: skip


@post(HERE, policy=WRITE, limit="console", page=True)
async def move(tx: Tx, request: Request, form: Asked) -> Answer:
    """Let the clock of every process stand further ahead, or where a season opens or closes, or nowhere ahead."""
    if request.site.in_production:
        raise platform.ClockIsReal
    before, ahead, path = clock.offset(), timedelta(), f"{HERE}?told=reset"
    if form.season_id is not None:
        season = await seasons.season(tx, form.season_id)
        goal = _goal(season, "")
        # A second more, so that no process whose clock is read a little earlier finds it is not time yet.
        ahead = before + max(goal.at - clock.now() + timedelta(seconds=1), timedelta())
        path = f"/console/seasons/{season.season_id}"
    elif form.seconds is not None:
        ahead, path = before + timedelta(seconds=form.seconds), f"{HERE}?told=moved"
    ahead = min(ahead, timedelta(seconds=AHEAD_SECONDS_MAX))
    await set_ahead(tx, ahead)
    deed = audit.deed(
        request, "clock_moved", "clock", "clock", before={"ahead": int(before.total_seconds())},
        after={"ahead": int(ahead.total_seconds())},
    )  # fmt: skip
    await audit.record(tx, deed)
    after_commit(tx, lambda: clock.set_offset(ahead))
    return redirect(path)


def _next(calendar: seasons.Calendar, game: str) -> Goal | None:
    season = calendar.current or calendar.following
    return None if season is None else _goal(season, game)


def _goal(season: seasons.Season, game: str) -> Goal:
    at = season.starts_at if season.state is seasons.State.PLANNED else seasons.fences_at(season)
    return Goal(season, game, at)
