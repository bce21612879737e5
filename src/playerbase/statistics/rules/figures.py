"""What follows from counts; none of it is stored."""

from playerbase.statistics.model import Bests, Counted, Figures, Period
from playerbase.statistics.rules.spans import span_of

DIGITS = 4


def figures(counted: Counted, peak_elo: int | None = None) -> Figures:
    """The counts of a span with their rates."""
    period = Period(counted.period)
    begins_at, ends_at = span_of(period, counted.slot)
    return Figures(
        player_id=counted.player_id, game=counted.game, period=period.name.lower(),
        season=counted.slot if period is Period.SEASON else None, begins_at=begins_at, ends_at=ends_at,
        played=counted.played, won=counted.won, drawn=counted.drawn, lost=counted.lost,
        win_rate=_rate(counted.won, counted.played), score=counted.score, kills=counted.kills, deaths=counted.deaths,
        # Who never died is as good as who died once: the field's custom, and no division by nothing.
        kd_ratio=_rate(counted.kills, max(counted.deaths, 1)) if counted.kills or counted.deaths else None,
        shots=counted.shots, hits=counted.hits, accuracy_pct=_rate(100 * counted.hits, counted.shots),
        answers=counted.answers, correct=counted.correct, answer_rate=_rate(counted.correct, counted.answers),
        avg_answer_time_ms=_rate(counted.answer_ms, counted.answers), playtime_seconds=counted.seconds,
        win_streak=counted.win_streak,
        bests=Bests(counted.fastest_answer_ms, counted.best_streak, counted.best_win_streak, peak_elo),
    )  # fmt: skip


def result_of(result: int) -> str:
    """In a word."""
    return {1: "won", 0: "drawn", -1: "lost"}[result]


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, DIGITS) if whole else None
