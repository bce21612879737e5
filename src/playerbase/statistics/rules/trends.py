"""Whether a rating went somewhere in a month, or only moved about as ratings do.

Mann (1945) and Kendall (1975) ask whether later days stand above earlier ones more often than chance would have it;
Theil (1950) and Sen (1968) how steep that is. Both must agree. The first alone would cry wolf: each day's Elo rating
carries on from the day before, so a player who stays as good as they are drifts up and down for weeks, and the test
takes three in five of them for a trend (at two matches a day). How far such a drift goes is known, though: an Elo
rating wanders about its player's strength with a deviation of about 9.3 times the square root of K. Only a rise of
more than 3.4 such deviations in thirty days is called one.
"""

from collections import Counter
from collections.abc import Sequence
from math import sqrt
from statistics import median

from playerbase.statistics.model import Trend

TREND_DAYS = 30
ACTIVE_DAYS_MIN = 10  # Fewer days on which somebody played say nothing.
FALSE_ALARMS = 0.05  # Of players who stay as good as they are, at most so many: measured in the suite.
Z_MIN = 1.96
RISE_MIN = 32.0  # Points in thirty days, times the square root of K.


def trend(points: Sequence[tuple[int, int]], k_factor: int) -> tuple[Trend, float | None]:
    """The verdict on (day, rating) pairs in the order of days, and the points gained a day; see FALSE_ALARMS."""
    if len(points) < ACTIVE_DAYS_MIN:
        return Trend.UNKNOWN, None
    slope = sen_slope(points)
    rise = slope * (TREND_DAYS - 1)
    z = mann_kendall([rating for _, rating in points])
    enough = RISE_MIN * sqrt(k_factor)
    if z > Z_MIN and rise > enough:
        return Trend.IMPROVING, slope
    if z < -Z_MIN and rise < -enough:
        return Trend.DECLINING, slope
    return Trend.STABLE, slope


def mann_kendall(values: Sequence[float]) -> float:
    """How many standard deviations the later stand above the earlier, corrected for ties and continuity."""
    n = len(values)
    s = sum((later > value) - (later < value) for at, value in enumerate(values) for later in values[at + 1 :])
    ties = sum(t * (t - 1) * (2 * t + 5) for t in Counter(values).values())
    variance = (n * (n - 1) * (2 * n + 5) - ties) / 18
    return (s - (s > 0) + (s < 0)) / sqrt(variance) if variance > 0 else 0.0


def sen_slope(points: Sequence[tuple[int, int]]) -> float:
    """The median of the slopes between any two: an outlier does not bend it."""
    return median(
        (later_y - y) / (later_x - x) for at, (x, y) in enumerate(points) for later_x, later_y in points[at + 1 :]
    )
