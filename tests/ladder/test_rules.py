from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from playerbase.ladder.model import Rating, Tier
from playerbase.ladder.rules import (
    RATING_INITIAL,
    RATING_MAX,
    RATING_MIN,
    REGIONS,
    bands,
    expected_score,
    k_factor,
    moved,
    newcomer,
    region_of,
    reset,
    score_of,
    settle,
    taken_back,
    tier,
)

AT = datetime(2026, 11, 20, tzinfo=UTC)
ratings = st.integers(RATING_MIN, RATING_MAX)
scores = st.sampled_from([0.0, 0.5, 1.0])


def rated(points: int) -> Rating:
    return Rating(uuid4(), points, points, 10, 5, 2, 3, AT)


def test_400_points_ahead_is_ten_to_one() -> None:
    assert expected_score(1900, 1500) == pytest.approx(10 / 11)


@pytest.mark.parametrize(("rating", "k"), [(100, 32), (1999, 32), (2000, 24), (2399, 24), (2400, 16), (3000, 16)])
def test_the_better_known_the_steadier(rating: int, k: int) -> None:
    assert k_factor(rating) == k


@pytest.mark.parametrize(
    ("rating", "name"),
    [(100, Tier.BRONZE), (799, Tier.BRONZE), (800, Tier.SILVER), (1200, Tier.GOLD), (1599, Tier.GOLD),
     (1600, Tier.PLATINUM), (2000, Tier.DIAMOND), (2400, Tier.MASTER), (2799, Tier.MASTER), (2800, Tier.GRANDMASTER),
     (3000, Tier.GRANDMASTER)],
)  # fmt: skip
def test_every_rating_lies_in_one_tier(rating: int, name: Tier) -> None:
    assert tier(rating) is name


def test_equals_trade_half_the_k_factor_and_an_upset_moves_more() -> None:
    assert moved(1200, 1200, 1.0) == 1216
    assert moved(1200, 1200, 0.0) == 1184
    assert moved(1400, 1800, 1.0) - 1400 == 29
    assert moved(1800, 1400, 1.0) - 1800 == 3


def test_it_is_rounded_once_and_half_to_even() -> None:
    # Against an equal a draw moves nothing; 16 points times 1/2 is 8 exactly, and 24 times 1/2 is 12.
    assert moved(2400, 2400, 1.0) == 2408
    assert moved(2000, 2000, 0.0) == 1988
    assert moved(1500, 1500, 0.5) == 1500


@given(ratings, ratings)
def test_both_expected_scores_make_one_match(a: int, b: int) -> None:
    assert expected_score(a, b) + expected_score(b, a) == pytest.approx(1)


@given(ratings, ratings, scores)
def test_ratings_stay_in_bounds_and_never_jump_by_more_than_k(a: int, b: int, score: float) -> None:
    after = moved(a, b, score)
    assert RATING_MIN <= after <= RATING_MAX
    assert abs(after - a) <= k_factor(a)


@given(ratings, ratings)
def test_a_win_never_costs_and_a_loss_never_pays(a: int, b: int) -> None:
    assert moved(a, b, 0.0) <= a <= moved(a, b, 1.0)
    assert moved(a, b, 0.0) <= moved(a, b, 0.5) <= moved(a, b, 1.0)


@given(st.integers(200, 1900), st.integers(200, 1900), scores)
def test_within_one_k_band_no_points_are_made_beyond_rounding(a: int, b: int, score: float) -> None:
    assert abs(moved(a, b, score) + moved(b, a, 1 - score) - a - b) <= 1


@given(ratings, ratings, scores)
def test_settling_looks_the_same_from_both_sides(a: int, b: int, score: float) -> None:
    one, other = rated(a), rated(b)
    assert settle(one, other, score, AT) == settle(other, one, 1 - score, AT)[::-1]


@given(ratings, ratings, scores)
def test_what_is_taken_back_at_once_was_never_there(a: int, b: int, score: float) -> None:
    was = rated(a)
    after, _ = settle(was, rated(b), score, AT)
    again = taken_back(after, change=after.rating - was.rating, score=score, height=was.peak, at=AT)
    assert replace(again, reached_at=was.reached_at) == replace(was, peak=max(was.peak, 1200))


@given(ratings, ratings, scores)
def test_the_books_balance(a: int, b: int, score: float) -> None:
    for rating in settle(rated(a), rated(b), score, AT):
        assert rating.played == rating.won + rating.drawn + rating.lost == 11
        assert rating.peak >= rating.rating


def test_who_stands_still_was_there_first() -> None:
    early = rated(1500)
    after, _ = settle(early, rated(1500), 0.5, AT.replace(year=2027))
    assert after.rating == 1500
    assert after.reached_at == early.reached_at


def test_only_matches_of_two_are_rated() -> None:
    a, b, c = uuid4(), uuid4(), uuid4()
    assert score_of(a, [a, b], a) == 1.0
    assert score_of(b, [a, b], a) == 0.0
    assert score_of(a, [a, b], None) == 0.5
    assert score_of(a, [a, b, c], a) is None
    assert score_of(a, [a], a) is None


@given(st.lists(ratings, max_size=50))
def test_the_bands_hold_everybody_once(everybody: list[int]) -> None:
    counted = bands([(rating, everybody.count(rating)) for rating in set(everybody)])
    assert sum(count for _, count in counted) == len(everybody)
    assert len(counted) == len(Tier)


def test_everybody_begins_in_gold() -> None:
    assert tier(newcomer(uuid4()).rating) is Tier.GOLD


def test_every_country_lies_in_one_region() -> None:
    countries = [country for region in REGIONS.values() for country in region.split()]
    assert len(countries) == len(set(countries)) == 249
    assert [region_of(country) for country in ("PT", "TR", "US", "AU", "NG", "AQ", None)] == [
        "europe", "asia", "americas", "oceania", "africa", None, None,
    ]  # fmt: skip


@given(ratings, st.floats(0, 1))
def test_a_soft_reset_keeps_the_order_and_comes_nearer_to_the_middle(rating: int, factor: float) -> None:
    fresh = reset(rating, "soft", factor)
    assert abs(fresh - RATING_INITIAL) <= abs(rating - RATING_INITIAL)
    assert (fresh - RATING_INITIAL) * (rating - RATING_INITIAL) >= 0
    assert reset(rating, "none", factor) == rating
    assert reset(rating, "hard", factor) == RATING_INITIAL
    assert fresh <= reset(min(rating + 1, 3000), "soft", factor)
