"""What both pages of a player show: spans side by side, the days behind, the course of the rating, the last matches."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from playerbase import ladder
from playerbase.kit import clock
from playerbase.kit.db import Db
from playerbase.statistics import actions
from playerbase.statistics.model import Figures, Period, Trend

GAMES_SHOWN_MAX = 5
DAYS, COURSE_DAYS, MATCHES, SEASONS = 30, 90, 10, 5
LAST_ID = UUID(int=2**128 - 1)
SAYS = {
    Trend.IMPROVING: "The rating has risen by more than chance would have it.",
    Trend.DECLINING: "The rating has fallen by more than chance would have it.",
    Trend.STABLE: "The rating moves about, and goes nowhere.",
    Trend.UNKNOWN: "Too few days to tell: ten with a rated match are needed.",
}


class Row(msgspec.Struct, frozen=True):
    """A figure in each span."""

    label: str
    values: list[str]


async def sheet(db: Db, player_id: UUID, game: str) -> dict[str, Any]:
    """Everything the template needs about a player in a game."""
    lifetime = await actions.lifetime(db, player_id, game)
    season = await actions.span_of_season(db, player_id, game, None)
    week = await actions.span_at(db, player_id, game, Period.WEEK, None)
    day = await actions.span_at(db, player_id, game, Period.DAY, None)
    spans = [("Ever", lifetime), *([(f"Season {season.season}", season)] if season else [])]
    spans += [("This week", week), ("Today", day)]
    days = await actions.day_series(db, player_id, game, DAYS)
    ends = await ladder.day_ends(db, game, player_id, COURSE_DAYS)
    rating, rank = await ladder.standing(db, game, player_id)
    course = await actions.course(db, player_id, game)
    matches = await actions.history(db, player_id, game, clock.now() + timedelta(days=1), LAST_ID, MATCHES)
    return {
        "lifetime": lifetime, "heads": [label for label, _ in spans], "rows": _rows([each for _, each in spans]),
        "played": [float(each.played) for each in days], "day_labels": _labels(DAYS),
        "ratings": [float(each.rating) for each in ends],
        "rating_labels": [f"{ends[0].at:%d %b}", f"{ends[-1].at:%d %b}"] if ends else [],
        "rating": rating, "rank": rank, "tier": ladder.tier(rating.rating).value, "course": course,
        "says": SAYS[course.trend], "matches": matches,
        "seasons": await ladder.seasons_of(db, player_id, game, SEASONS),
    }  # fmt: skip


def _rows(spans: list[Figures]) -> list[Row]:
    """The figures, one a row; what a game does not count anywhere is left out."""
    rows = [
        Row("Played", [_number(each.played) for each in spans]),
        Row("Won", [_number(each.won) for each in spans]),
        Row("Drawn", [_number(each.drawn) for each in spans]),
        Row("Lost", [_number(each.lost) for each in spans]),
        Row("Win rate", [_percent(each.win_rate) for each in spans]),
        Row("Longest run of wins", [_number(each.bests.best_win_streak) for each in spans]),
        Row("Time played", [_hours(each.playtime_seconds) for each in spans]),
    ]
    ever = spans[0]
    if ever.kills or ever.deaths:
        rows.append(Row("Kills to deaths", [_figure(each.kd_ratio) for each in spans]))
    if ever.shots:
        rows.append(Row("Accuracy", [_percent(each.accuracy_pct and each.accuracy_pct / 100) for each in spans]))
    if ever.answers:
        rows.append(Row("Right answers", [_percent(each.answer_rate) for each in spans]))
        rows.append(Row("Time to answer", [_milliseconds(each.avg_answer_time_ms) for each in spans]))
        rows.append(Row("Fastest answer", [_milliseconds(each.bests.fastest_answer_ms) for each in spans]))
    return rows


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\u202f")


def _figure(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"


def _percent(value: float | None) -> str:
    return "none" if value is None else f"{100 * value:.0f} %"


def _milliseconds(value: float | None) -> str:
    return "none" if value is None else f"{value / 1_000:.2f} s"


def _hours(seconds: int) -> str:
    return f"{seconds // 3_600} h {seconds % 3_600 // 60:02} min"


def _labels(days: int) -> list[str]:
    now = clock.now()
    return [f"{now - timedelta(days=ago):%d %b}" for ago in (days - 1, 2 * days // 3, days // 3)] + ["today"]
