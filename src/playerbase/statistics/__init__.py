"""Statistics: what players did, for life, by season, week and day. Other modules import this package alone."""

from playerbase.statistics.actions import (
    check,
    course,
    day_series,
    history,
    lifetime,
    matchup,
    mend,
    set_settings,
    span_of_season,
)
from playerbase.statistics.events import PersonalBest
from playerbase.statistics.model import Course, Difference, Figures, Matchup, Period, Played, StatisticsSettings, Trend

__all__ = [
    "Course",
    "Difference",
    "Figures",
    "Matchup",
    "Period",
    "PersonalBest",
    "Played",
    "StatisticsSettings",
    "Trend",
    "check",
    "course",
    "day_series",
    "history",
    "lifetime",
    "matchup",
    "mend",
    "set_settings",
    "span_of_season",
]
