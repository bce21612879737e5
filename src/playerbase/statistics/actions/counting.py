"""Matches become counts, once each; a whole list of them is read once and written in a handful of statements."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from playerbase import matches
from playerbase.kit import clock, metrics
from playerbase.kit.db import Tx, after_commit
from playerbase.kit.outbox import emit
from playerbase.statistics import rules, store
from playerbase.statistics.actions.keeping import kept_from
from playerbase.statistics.actions.seasons import season_numbers
from playerbase.statistics.events import PersonalBest
from playerbase.statistics.model import Entry, Period, Sum

PAIR = 2
HOLD = 0x57A7  # The lock under which counts are written: one reader, or whoever makes them anew.

_counted = metrics.Counter("statistics_matches_counted", "Matches counted in their players' statistics.")
_taken_back = metrics.Counter("statistics_matches_taken_back", "Void matches taken out of statistics again.")
_late = metrics.Counter("statistics_spans_searched", "Spans whose bests were searched for anew: late and void matches.")

Spans = Mapping[tuple[UUID, str, Period, int], Sum]


async def count(tx: Tx, told: Sequence[matches.MatchCompleted]) -> None:
    """Count each match once for each of its players, by when it ended."""
    await store.hold(tx, HOLD)
    done = set(await store.applied_already(tx, [match.match_id for match in told]))
    fresh = list({match.match_id: match for match in told if match.match_id not in done}.values())
    if not fresh:
        return
    seasons = await season_numbers(tx, fresh)
    entries = [entry for match in fresh for entry in entries_of(match, seasons.get(match.match_id))]
    entries.sort(key=lambda entry: (entry.player_id, entry.ended_at))  # Neighbours in the index are written together.
    await store.note_applied(tx, entries)
    days_from, weeks_from = await kept_from(tx)
    moved = await store.add(tx, *sent(rules.by_span(entries, days_from=days_from, weeks_from=weeks_from)))
    await _search(tx, [(each.player_id, each.game, each.period, each.slot) for each in moved if each.is_behind])
    if pairs := pairs_of(entries):
        await store.meet(tx, pairs)
    if facts := [fact for each in moved if not each.is_behind for fact in _bests(each)]:
        await emit(tx, *facts)
    after_commit(tx, lambda: _counted.inc(len(fresh)))


async def take_back(tx: Tx, match_ids: Sequence[UUID]) -> None:
    """Take matches out of everything they were counted in, once; what was best is found again."""
    await store.hold(tx, HOLD)
    entries = await store.void_applied(tx, list(match_ids), clock.now())
    if not entries:
        return
    days_from, weeks_from = await kept_from(tx)
    spans = rules.by_span(entries, days_from=days_from, weeks_from=weeks_from, add=rules.without)
    await store.subtract(tx, *sent(spans))
    owners = sorted({(entry.player_id, entry.game) for entry in entries})
    await store.drop_empty(tx, [player_id for player_id, _ in owners], [game for _, game in owners])
    await _search(tx, list(spans))
    if pairs := pairs_of(entries):
        await store.part(tx, pairs)
    after_commit(tx, lambda: _taken_back.inc(len({entry.match_id for entry in entries})))


def entries_of(match: matches.MatchCompleted | matches.Match, season: int | None) -> list[Entry]:
    """What a match adds for each who played in it."""
    ended_at = match.started_at + timedelta(seconds=match.duration_seconds)
    ids = [each.player_id for each in match.players]
    others: list[UUID] | list[None] = [ids[1], ids[0]] if len(ids) == PAIR else [None] * len(ids)
    return [
        Entry(
            match.match_id, each.player_id, match.game, season, other, ended_at,
            rules.result(each.player_id, match.winner_id), each.score, each.kills, each.deaths, each.shots, each.hits,
            each.answers, each.correct, each.answer_ms_total, match.duration_seconds, each.streak,
            each.fastest_answer_ms,
        )
        for each, other in zip(match.players, others, strict=True)
    ]  # fmt: skip


async def _search(tx: Tx, spans: Sequence[tuple[UUID, str, int, int]]) -> None:
    if not spans:
        return
    await store.find_bests(
        tx, [each[0] for each in spans], [each[1] for each in spans], [int(each[2]) for each in spans],
        [each[3] for each in spans],
    )  # fmt: skip
    after_commit(tx, lambda: _late.inc(len(spans)))


def sent(spans: Spans) -> tuple[list[Sum], list[int], list[int], list[int]]:
    """Each sum once, and for each span the number of its sum, from 1."""
    numbers: dict[int, int] = {}
    sums: list[Sum] = []
    named: list[int] = []
    for each in spans.values():
        number = numbers.get(id(each))
        if number is None:
            sums.append(each)
            number = numbers[id(each)] = len(sums)
        named.append(number)
    return sums, named, [int(period) for _, _, period, _ in spans], [slot for _, _, _, slot in spans]


def pairs_of(entries: Iterable[Entry]) -> list[store.Pair]:
    """What those who met did against each other, once for each pair."""
    found: dict[tuple[UUID, UUID, str], list[int]] = {}
    for entry in entries:
        if entry.opponent_id is not None and entry.player_id < entry.opponent_id:
            tally = found.setdefault((entry.player_id, entry.opponent_id, entry.game), [0, 0, 0])
            tally[1 - entry.result] += 1
    return [store.Pair(*pair, *found[pair]) for pair in sorted(found)]


def _bests(moved: store.Moved) -> list[PersonalBest]:
    """The bests that were surpassed; the first of its kind surpasses nothing."""
    told = [
        ("fastest_answer_ms", moved.fastest_before, moved.fastest_answer_ms, -1),
        ("best_win_streak", moved.streak_before or None, moved.best_win_streak, 1),
    ]
    return [
        PersonalBest(player_id=moved.player_id, game=moved.game, best=best, before=before, now=now)
        for best, before, now, sign in told
        if before is not None and now is not None and sign * now > sign * before
    ]
