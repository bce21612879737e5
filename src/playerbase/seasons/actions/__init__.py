"""The verbs of seasons."""

from playerbase.seasons.actions.looking import (
    LAST_ID,
    Seasons,
    at,
    calendar,
    calendars,
    current,
    overdue,
    page,
    parts,
    season,
    settings,
)
from playerbase.seasons.actions.planning import change, change_settings, plan
from playerbase.seasons.actions.turning import (
    activate,
    close,
    finish_part,
    hold,
    note_part,
    skip_part,
    turn,
    use_parts,
)

__all__ = [
    "LAST_ID",
    "Seasons",
    "activate",
    "at",
    "calendar",
    "calendars",
    "change",
    "change_settings",
    "close",
    "current",
    "finish_part",
    "hold",
    "note_part",
    "overdue",
    "page",
    "parts",
    "plan",
    "season",
    "settings",
    "skip_part",
    "turn",
    "use_parts",
]
