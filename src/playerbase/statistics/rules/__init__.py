"""What follows from matches: sums and their spans, rates, trends. Pure."""

from playerbase.statistics.rules.figures import figures, result_of
from playerbase.statistics.rules.spans import DAY_ZERO, day_of, is_kept, slots_of, span_of, week_of
from playerbase.statistics.rules.sums import DREW, LOST, WON, by_span, joined, result, single, without
from playerbase.statistics.rules.trends import ACTIVE_DAYS_MIN, FALSE_ALARMS, TREND_DAYS, mann_kendall, sen_slope, trend

__all__ = [
    "ACTIVE_DAYS_MIN",
    "DAY_ZERO",
    "DREW",
    "FALSE_ALARMS",
    "LOST",
    "TREND_DAYS",
    "WON",
    "by_span",
    "day_of",
    "figures",
    "is_kept",
    "joined",
    "mann_kendall",
    "result",
    "result_of",
    "sen_slope",
    "single",
    "slots_of",
    "span_of",
    "trend",
    "week_of",
    "without",
]
