"""How often the verdict on a month cries wolf, and how often it misses the wolf."""

from random import Random

import pytest

from playerbase.ladder import expected_score, k_factor
from playerbase.statistics import Trend
from playerbase.statistics.rules import FALSE_ALARMS, TREND_DAYS, mann_kendall, sen_slope, trend

PLAYERS = 200


def a_month(dice: Random, a_day: int, gained: float = 0, strength: float = 1500) -> list[tuple[int, int]]:
    """The rating at the end of each day of somebody who gains so much strength in thirty days, as Elo would have it."""
    rating = round(strength + dice.gauss(0, 53))
    points = []
    for day in range(-20, TREND_DAYS):  # Three weeks before, so that the rating is as settled as any.
        now = strength + gained * max(day, 0) / (TREND_DAYS - 1)
        for _ in range(a_day):
            opponent = round(dice.gauss(strength, 100))
            won = dice.random() < 1 / (1 + 10 ** ((opponent - now) / 400))
            rating = round(rating + k_factor(rating) * (won - expected_score(rating, opponent)))
        if day >= 0:
            points.append((day, rating))
    return points


@pytest.mark.parametrize("a_day", [2, 8, 30])
def test_of_steady_players_at_most_one_in_twenty_is_told_of_a_trend(a_day: int) -> None:
    dice = Random(a_day)
    players = PLAYERS if a_day < 30 else PLAYERS // 3
    months = [a_month(dice, a_day) for _ in range(players)]

    alarms = sum(trend(month, 32)[0] is not Trend.STABLE for month in months)
    naive = sum(abs(mann_kendall([rating for _, rating in month])) > 1.96 for month in months)

    assert alarms <= FALSE_ALARMS * players
    assert naive > 2 * FALSE_ALARMS * players, "what the smallest rise is for"


@pytest.mark.parametrize(("a_day", "found_min"), [(2, 0.4), (8, 0.8), (30, 0.95)])
def test_who_gains_three_hundred_points_is_mostly_told_so(a_day: int, found_min: float) -> None:
    dice = Random(100 + a_day)
    players = 60
    for sign, word in ((1, Trend.IMPROVING), (-1, Trend.DECLINING)):
        found = [trend(a_month(dice, a_day, sign * 300), 32)[0] for _ in range(players)]
        assert found.count(word) >= found_min * players
        assert set(found) <= {word, Trend.STABLE}


def test_too_few_days_say_nothing() -> None:
    climb = [(day, 1200 + 40 * day) for day in range(10)]
    assert trend(climb[:9], 32) == (Trend.UNKNOWN, None)
    assert trend(climb, 32) == (Trend.IMPROVING, 40)


def test_kendall_and_sen_by_hand() -> None:
    # n = 6, S = 13; two ties of two: variance (6*5*17 - 2*2*1*9) / 18 = 26.33; z = 12 / 5.13.
    assert mann_kendall([1, 2, 2, 3, 3, 4]) == pytest.approx(12 / 26.3333**0.5, rel=1e-4)
    assert mann_kendall([5, 5, 5]) == 0
    assert sen_slope([(0, 0), (1, 1), (2, 90), (3, 3), (4, 4)]) == 1, "one day out of line bends nothing"
    assert sen_slope([(0, 10), (2, 14), (4, 18)]) == 2, "days without a match count as days"
