"""Statistics as a fan would count them: by hand, from the matches, with nothing the module is made of."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from playerbase.kit.db import Db
from playerbase.matches import MatchCompleted

FIELDS = ("score", "kills", "deaths", "shots", "hits", "answers", "correct")
EPOCH = date(1970, 1, 1)


def recount(told: Iterable[MatchCompleted], void: frozenset[UUID] = frozenset()) -> dict[tuple[Any, ...], list[int]]:
    """By player, period and slot: played, won, drawn, lost, the fields, the time, the fastest answer, the streaks."""
    spans: dict[tuple[Any, ...], list[tuple[datetime, UUID, MatchCompleted]]] = defaultdict(list)
    for match in told:
        if match.match_id in void:
            continue
        end = match.started_at + timedelta(seconds=match.duration_seconds)
        day = end.astimezone(UTC).date()
        monday = day - timedelta(days=day.weekday())
        for each in match.players:
            for span in ((0, 0), (2, (monday - EPOCH).days), (3, (day - EPOCH).days)):
                spans[each.player_id, *span].append((end, match.match_id, match))
    return {span: _counted(span[0], sorted(found)) for span, found in spans.items()}


def _counted(player_id: UUID, found: list[tuple[datetime, UUID, MatchCompleted]]) -> list[int]:
    own = [next(each for each in match.players if each.player_id == player_id) for _, _, match in found]
    winners = [match.winner_id for _, _, match in found]
    won = [winner == player_id for winner in winners]
    runs = [len(list(run)) for is_won, run in groupby(won) if is_won]
    fastest = [each.fastest_answer_ms for each in own if each.fastest_answer_ms is not None]
    return [
        len(found), sum(won), winners.count(None), len(found) - sum(won) - winners.count(None),
        *(sum(getattr(each, field) for each in own) for field in FIELDS),
        sum(each.answer_ms_total for each in own), sum(match.duration_seconds for _, _, match in found),
        min(fastest, default=-1), max(each.streak for each in own),
        runs[-1] if won[-1] else 0, max(runs, default=0),
    ]  # fmt: skip


async def stored(db: Db) -> dict[tuple[Any, ...], list[int]]:
    rows = await db.fetch(
        "select player_id, period, slot, played, won, drawn, lost, score, kills, deaths, shots, hits, answers, correct,"
        " answer_ms, seconds, coalesce(fastest_answer_ms, -1), best_streak, win_streak, best_win_streak"
        " from statistics.counts where period <> 1"
    )
    return {(row[0], row[1], row[2]): list(row)[3:] for row in rows}
