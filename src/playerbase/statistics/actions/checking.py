"""Statistics made anew from the matches, and held against those that are stored."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import msgspec

from playerbase import matches
from playerbase.kit.db import Db, Pool, Tx, reading, transaction
from playerbase.statistics import rules, store
from playerbase.statistics.actions.counting import HOLD, entries_of, pairs_of, sent
from playerbase.statistics.actions.keeping import kept_from
from playerbase.statistics.model import Counted, Difference, Entry, Period, Sum

PLAYERS_AT_ONCE = 200
MATCHES_AT_ONCE = 1_000
NOBODY = UUID(int=0)


class Findings(msgspec.Struct, frozen=True):
    """What a check found: how much it looked at, and what is not as it should be."""

    matches: int
    players: int
    uncounted: int  # Not counted, or counted otherwise than reported.
    spans: list[Difference]
    pairs: int


async def check(pool: Pool) -> Findings:
    """Hold what was counted against the matches, and spans and pairs against what was counted.

    Players are looked at some hundreds at a time, each lot in one snapshot; matches that are told but not read yet are
    among the uncounted.
    """
    seen, uncounted = 0, 0
    async with reading(pool) as db:
        async for page in _pages(db):
            seen += len(page)
            uncounted += await _uncounted(db, page)
    players, spans, pairs = 0, list[Difference](), 0
    after: UUID | None = NOBODY
    while after is not None:
        async with transaction(pool) as tx:
            await store.hold(tx, HOLD)
            ids = await store.players_after(tx, after, PLAYERS_AT_ONCE)
            found, wrong_pairs = await differences(tx, ids)
        players, pairs = players + len(ids), pairs + wrong_pairs
        spans += found
        after = ids[-1] if ids else None
    return Findings(seen, players, uncounted, spans, pairs)


async def differences(db: Db, player_ids: Sequence[UUID]) -> tuple[list[Difference], int]:
    """Spans of these players that are not what was counted for them, and how many of their pairs."""
    entries = await store.entries_of(db, list(player_ids))
    days_from, weeks_from = await kept_from(db)
    sums = rules.by_span(entries, days_from=days_from, weeks_from=weeks_from)
    counted = {span: _row(span[2], span[3], each) for span, each in sums.items()}
    stored = {
        (each.player_id, each.game, Period(each.period), each.slot): each
        for each in await store.spans_of(db, list(player_ids))
        if rules.is_kept(each.period, each.slot, days_from=days_from, weeks_from=weeks_from)
    }
    found = [
        Difference(*span, stored.get(span), counted.get(span))
        for span in sorted({*counted, *stored})
        if stored.get(span) != counted.get(span)
    ]
    met = {each for each in await store.pairs_of(db, list(player_ids)) if each.one_won + each.drawn + each.other_won}
    return found, len(met ^ set(pairs_of(entries)))


async def mend(tx: Tx, player_ids: Sequence[UUID]) -> None:
    """Make all spans and pairs of these players anew from what was counted for them."""
    await store.hold(tx, HOLD)
    entries = await store.entries_of(tx, list(player_ids))
    days_from, weeks_from = await kept_from(tx)
    await store.drop_spans(tx, list(player_ids))
    await store.add(tx, *sent(rules.by_span(entries, days_from=days_from, weeks_from=weeks_from)))
    await store.drop_pairs(tx, list(player_ids))
    await store.meet(tx, pairs_of(entries))


async def _pages(db: Db) -> AsyncIterator[list[matches.Match]]:
    after = NOBODY
    while page := await matches.after(db, after, MATCHES_AT_ONCE):
        yield page
        after = page[-1].match_id


async def _uncounted(db: Db, page: Sequence[matches.Match]) -> int:
    """How many of these matches did not leave just what they should: of a void one, nothing."""
    left: dict[UUID, set[Entry]] = {match.match_id: set() for match in page}
    for entry in await store.applied_of(db, list(left)):
        # The season is the one whose span the match lay in when it was counted.
        left[entry.match_id].add(msgspec.structs.replace(entry, season=None))
    return sum(left[match.match_id] != (set() if match.voided_at else set(entries_of(match, None))) for match in page)


def _row(period: int, slot: int, each: Sum) -> Counted:
    return Counted(
        each.player_id, each.game, int(period), slot, each.played, each.won, each.drawn, each.lost, each.score,
        each.kills, each.deaths, each.shots, each.hits, each.answers, each.correct, each.answer_ms, each.seconds,
        each.fastest_answer_ms, each.best_streak, each.win_streak, each.best_win_streak,
    )  # fmt: skip
