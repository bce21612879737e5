"""The verbs of statistics."""

from playerbase.statistics.actions.checking import check, differences, mend
from playerbase.statistics.actions.counting import count, take_back
from playerbase.statistics.actions.deciding import decide
from playerbase.statistics.actions.keeping import forget, set_settings, settings
from playerbase.statistics.actions.reading import (
    counted,
    course,
    day_series,
    history,
    lifetime,
    matchup,
    overview,
    span_at,
    span_of_season,
)

__all__ = [
    "check",
    "count",
    "counted",
    "course",
    "day_series",
    "decide",
    "differences",
    "forget",
    "history",
    "lifetime",
    "matchup",
    "mend",
    "overview",
    "set_settings",
    "settings",
    "span_at",
    "span_of_season",
    "take_back",
]
