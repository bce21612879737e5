"""How matches add up. Sums of matches that follow one another join like the matches themselves."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import reduce
from uuid import UUID

from playerbase.statistics.model import Entry, Period, Sum
from playerbase.statistics.rules.spans import day_of, slots_of

WON, DREW, LOST = 1, 0, -1


def result(player_id: UUID, winner_id: UUID | None) -> int:
    """What a match was to a player: who did not win where somebody did, lost."""
    return DREW if winner_id is None else WON if winner_id == player_id else LOST


def single(entry: Entry) -> Sum:
    """A match by itself."""
    won = int(entry.result == WON)
    return Sum(
        entry.player_id, entry.game, 1, won, int(entry.result == DREW), int(entry.result == LOST), entry.score,
        entry.kills, entry.deaths, entry.shots, entry.hits, entry.answers, entry.correct, entry.answer_ms,
        entry.seconds, entry.fastest_answer_ms, entry.streak, won, won, won, entry.ended_at, entry.match_id,
        entry.ended_at, entry.match_id,
    )  # fmt: skip


def joined(a: Sum, b: Sum) -> Sum:
    """Two sums of one player as one; all of the second came after all of the first."""
    fastest = [each for each in (a.fastest_answer_ms, b.fastest_answer_ms) if each is not None]
    return Sum(
        a.player_id, a.game, a.played + b.played, a.won + b.won, a.drawn + b.drawn, a.lost + b.lost,
        a.score + b.score, a.kills + b.kills, a.deaths + b.deaths, a.shots + b.shots, a.hits + b.hits,
        a.answers + b.answers, a.correct + b.correct, a.answer_ms + b.answer_ms, a.seconds + b.seconds,
        min(fastest, default=None), max(a.best_streak, b.best_streak),
        a.opening if a.opening < a.played else a.played + b.opening,
        b.win_streak if b.win_streak < b.played else a.win_streak + b.played,
        max(a.best_win_streak, b.best_win_streak, a.win_streak + b.opening),
        a.first_ended_at, a.first_match_id, b.last_ended_at, b.last_match_id,
    )  # fmt: skip


def without(entry: Entry) -> Sum:
    """What takes a match back: its counts, negative. What was best is not found by subtraction."""
    one = single(entry)
    return Sum(
        one.player_id, one.game, -1, -one.won, -one.drawn, -one.lost, -one.score, -one.kills, -one.deaths, -one.shots,
        -one.hits, -one.answers, -one.correct, -one.answer_ms, -one.seconds, None, 0, 0, 0, 0, one.first_ended_at,
        one.first_match_id, one.last_ended_at, one.last_match_id,
    )  # fmt: skip


def by_span(
    played: Iterable[Entry], *, days_from: int, weeks_from: int, add: Callable[[Entry], Sum] = single
) -> Mapping[tuple[UUID, str, Period, int], Sum]:
    """The sum of each span these matches lie in; added, or with ``without`` taken away."""
    parts: dict[tuple[UUID, str, int, int | None], Sum] = {}
    for entry in sorted(played, key=_order):
        grain = (entry.player_id, entry.game, day_of(entry.ended_at), entry.season)
        known = parts.get(grain)
        parts[grain] = add(entry) if known is None else joined(known, add(entry))
    spans: dict[tuple[UUID, str, Period, int], list[Sum]] = defaultdict(list)
    for (player_id, game, day, season), part in parts.items():
        for period, slot in slots_of(day, season, days_from=days_from, weeks_from=weeks_from):
            spans[player_id, game, period, slot].append(part)
    return {span: found[0] if len(found) == 1 else reduce(joined, found) for span, found in spans.items()}


def _order(entry: Entry) -> tuple[datetime, UUID]:
    return entry.ended_at, entry.match_id
