"""Boards of matches: what a match brings its players, and taking it back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from playerbase import matches, seasons
from playerbase.boards import rules, store
from playerbase.boards.actions import writing
from playerbase.boards.actions.looking import BOARDS_MAX
from playerbase.boards.actions.writing import Open
from playerbase.boards.model import Counted, Entry, EntryState, Mark, Source, SumTooLarge
from playerbase.kit import clock, metrics
from playerbase.kit.db import Tx

_skipped = metrics.Counter("boards_matches_skipped", "Parts of matches that count on no board, by why.", ["why"])


async def count(tx: Tx, told: Sequence[matches.MatchCompleted]) -> None:
    """Put on the boards of each match's game and season what it brought, once."""
    codes: dict[str, list[str]] = {}
    calendars = await seasons.calendars(tx, sorted({match.game for match in told}))
    for game in calendars:
        rows = await store.boards_of(tx, game, BOARDS_MAX)
        codes[game] = [row.code for row in rows if row.source is Source.MATCHES and row.is_open]
    asked: dict[UUID, list[tuple[UUID, str]]] = {}
    for match in told:
        season = calendars[match.game].at(_ended_at(match))
        if season is not None and codes[match.game]:
            asked[match.match_id] = [(season.season_id, code) for code in codes[match.game]]
    if not asked:
        return
    opened = await writing.begin(tx, [each for wanted in asked.values() for each in wanted])
    marks = [
        mark
        for match in told
        for place in asked.get(match.match_id, ())
        if (each := opened.get(place)) is not None and not each.season.is_fenced
        for mark in _marks(match, each)
    ]
    new = await store.put_marks(tx, sorted(marks, key=lambda mark: (mark.match_id, mark.run_id, mark.player_id)))
    await _enter(tx, {each.run.run_id: each for each in opened.values()}, new)


async def take_back(tx: Tx, voided: matches.MatchVoided) -> None:
    """Undo what a void match brought: what stands is found again among what is left. Sealed standings stay."""
    run_ids = await store.runs_marked(tx, [voided.match_id])
    runs = [run for run_id in run_ids if (run := await store.run_by_id(tx, run_id)) is not None]
    opened = await writing.begin(tx, [(run.season_id, run.code) for run in runs])
    mine = {each.run.run_id: each for each in opened.values() if not each.season.is_fenced}
    gone = await store.void_marks(tx, [voided.match_id], sorted(mine), clock.now())
    pairs = sorted({(mark.run_id, mark.player_id) for mark in gone})
    if pairs:
        await writing.read(tx, mine, pairs)
        left: dict[tuple[UUID, UUID], list[Mark]] = {pair: [] for pair in pairs}
        for mark in await store.marks_of(tx, [run for run, _ in pairs], [player for _, player in pairs]):
            left[mark.run_id, mark.player_id].append(mark)
        for (run_id, player_id), marks in left.items():
            _settle(mine[run_id], player_id, marks)
    await writing.write(tx, opened.values())


def _marks(match: matches.MatchCompleted, each: Open) -> list[Mark]:
    found = []
    at = rules.in_milliseconds(_ended_at(match))
    for performance in match.players:
        score = _counted(Counted(each.board.counted), performance, is_winner=match.winner_id == performance.player_id)
        if score is None or not each.board.score_min <= score <= each.board.score_max:
            _skipped.labels("no_figure" if score is None else "out_of_bounds").inc()
        else:
            found.append(Mark(each.run.run_id, match.match_id, performance.player_id, score, at))
    return found


async def _enter(tx: Tx, mine: dict[UUID, Open], marks: Sequence[Mark]) -> None:
    await writing.read(tx, mine, sorted({(mark.run_id, mark.player_id) for mark in marks}))
    for mark in sorted(marks, key=lambda mark: (mark.at, mark.match_id)):
        each = mine[mark.run_id]
        before = writing.standing_of(each.entries.get(mark.player_id))
        try:
            standing = rules.combined(before, mark.score, mark.at, each.board.operator, each.board.direction)
        except SumTooLarge:
            _skipped.labels("sum_too_large").inc()
            continue
        if standing is not None:
            writing.enter(each, writing.following(each, mark.player_id, standing))
    await writing.write(tx, mine.values())


def _settle(each: Open, player_id: UUID, marks: Sequence[Mark]) -> None:
    entry = each.entries.get(player_id)
    if entry is None or entry.state is EntryState.REMOVED:
        return
    standing = rules.remaining([(mark.score, mark.at) for mark in marks], each.board.operator, each.board.direction)
    after: Entry
    if standing is None:
        after = msgspec.structs.replace(entry, state=EntryState.VOID)
    else:
        after = msgspec.structs.replace(entry, score=standing[0], reached_at=standing[1])
    if after != entry:
        writing.enter(each, after)


def _counted(what: Counted, performance: matches.Performance, *, is_winner: bool) -> int | None:
    """What one player's part in a match brings; None where the match has no such figure."""
    if what is Counted.WINS:
        return int(is_winner)
    if what is Counted.PLAYED:
        return 1
    figure: int | None = getattr(performance, what.value)
    return figure


def _ended_at(match: matches.MatchCompleted) -> datetime:
    return match.started_at + timedelta(seconds=match.duration_seconds)
