"""What seasons add to the console: the calendar, a close as it goes, and what of them needs a human."""

from datetime import datetime, timedelta

from playerbase import games
from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.kit.http import Need, Page, Part, Place, SettingGroup
from playerbase.seasons import actions, rules
from playerbase.seasons.actions.deciding import decide
from playerbase.seasons.model import Calendar, Season, Settings, State
from playerbase.seasons.pages import editing, listing, one

HERE = "/console/seasons"
HANDLERS = (listing, editing, one)


async def needs(db: Db) -> list[Need]:
    """Closes that take too long, and games whose last season ends with none after it."""
    bounds = await actions.settings(db)
    active = [each for each in await games.games(db) if each.status == "active"]
    calendars = await actions.calendars(db, [each.slug for each in active])
    found = []
    for game in active:
        found += _of(calendars[game.slug], game.name, bounds, clock.now())
    return found


async def parts(db: Db) -> list[Part]:
    """Whether every season opens and closes in time."""
    bounds = await actions.settings(db)
    now = clock.now()
    known = await games.games(db)
    calendars = (await actions.calendars(db, [each.slug for each in known])).values()
    running = [season for each in calendars if (season := each.current) is not None]
    late = [season for each in calendars if (season := _late(each, bounds, now)) is not None]
    if late:
        figure = "1 season" if len(late) == 1 else f"{len(late)} seasons"
        return [
            Part("Seasons", "watch", figure, "overdue", "See what its close waits for.", f"{HERE}/{late[0].season_id}")
        ]
    return [Part("Seasons", "fine" if running else "idle", str(len(running)), "running", path=HERE)]


def _of(calendar: Calendar, name: str, bounds: Settings, now: datetime) -> list[Need]:
    late = _late(calendar, bounds, now)
    if late is not None:
        since = late.fenced_at or rules.fences_at(late)
        why = "Until it is closed, prizes are not all paid and the next season does not open."
        return [
            Need(12, "clock", f"Season {late.number} of {name} is not closed", why, "late", _ago(now - since), "Look",
                 f"{HERE}/{late.season_id}")
        ]  # fmt: skip
    current = calendar.current
    if current is None or calendar.following is not None:
        return []
    left = current.ends_at - now
    if left > timedelta(days=14):
        return []
    why = "When it ends nothing follows: boards and the pass rest until a season is planned."
    state = "soon" if left > timedelta(days=2) else "late"
    return [
        Need(32, "flag", f"{name} has no season after {current.name}", why, state, _in(left), "Plan one",
             f"{HERE}/new?game={calendar.game}")
    ]  # fmt: skip


def _late(calendar: Calendar, bounds: Settings, now: datetime) -> Season | None:
    """The season of a game that ought to be closed by now."""
    season = calendar.closing or calendar.current
    if season is None or (season.state is State.ACTIVE and season.ends_at > now):
        return None
    since = season.fenced_at or rules.fences_at(season)
    return season if since + timedelta(seconds=bounds.late_seconds) <= now else None


def _ago(span: timedelta) -> str:
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def _in(span: timedelta) -> str:
    return f"{span.days} d left" if span.days > 0 else "ends today" if span > timedelta() else "ended"


SETTINGS = SettingGroup("seasons", "Seasons", Settings, actions.settings, decide, "seasons.read", "seasons.write")
PAGE = Page(
    settings=(SETTINGS,),
    places=(Place("Seasons", HERE, "flag", "Live", "seasons.read"),),
    needs=needs,
    parts=parts,
)

__all__ = ["HANDLERS", "PAGE"]
