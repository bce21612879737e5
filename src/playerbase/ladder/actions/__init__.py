"""The verbs of the ladder."""

from playerbase.ladder.actions.closing import (
    archive,
    archived,
    begin_close,
    close_steps,
    final_tiers,
    finals,
    resume,
    standings,
    step,
)
from playerbase.ladder.actions.looking import (
    TOP_MAX,
    Versions,
    around,
    check_game,
    day_ends,
    ranked,
    regional,
    standing,
    top,
)
from playerbase.ladder.actions.settling import settle, take_back

__all__ = [
    "TOP_MAX",
    "Versions",
    "archive",
    "archived",
    "around",
    "begin_close",
    "check_game",
    "close_steps",
    "day_ends",
    "final_tiers",
    "finals",
    "ranked",
    "regional",
    "resume",
    "settle",
    "standing",
    "standings",
    "step",
    "take_back",
    "top",
]
