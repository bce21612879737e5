"""Looking at boards: out of the index where it is whole and up to date, else out of PostgreSQL."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from uuid import UUID

import msgspec

from playerbase import friends, profiles, seasons
from playerbase.boards import rules, store
from playerbase.boards.actions import mending
from playerbase.boards.actions.configured import configured_index
from playerbase.boards.actions.writing import committed_version
from playerbase.boards.model import EntryState, Line, Lines, Near, NoSuchBoard, Row, RunSeen
from playerbase.boards.store import Resolved
from playerbase.kit import clock, ids, metrics
from playerbase.kit.db import Db, Pool, Reading, reading

TOP_MAX = 100
NEARBY, NEARBY_MAX = 5, 25
BOARDS_MAX = 1_000  # Of one game.
LOOK_SECONDS = 1.0  # How old what is known of a run may be: shorter than anyone notices.
SEEN_MAX = 10_000
NAMES_SECONDS, NAMES_MAX = 60.0, 50_000  # Some 10 MB.

_answered = metrics.Counter("boards_answers", "Questions for ranks, by what answered them.", ["by"])
_by_index, _by_standings, _by_database = [_answered.labels(each) for each in ("index", "standings", "database")]


class Page(msgspec.Struct, frozen=True):
    """The head of a board, or a part of it; ``size`` is how many stand on it."""

    season_id: UUID
    board: str
    size: int
    is_final: bool
    items: list[Row]


class Runs(Reading[UUID, list[Resolved]]):
    """The boards of each season and how far each is, asked of the database at most once a second."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._seen: dict[UUID, tuple[float, list[Resolved]]] = {}

    async def fetch(self, db: Db, wanted: list[UUID]) -> Mapping[UUID, list[Resolved]]:
        """The boards of these seasons; seasons there are none of are left out."""
        found = {}
        for season_id in wanted:
            with suppress(seasons.NoSuchSeason):
                game = (await seasons.season(db, season_id)).game
                found[season_id] = await store.resolve(db, season_id, game, BOARDS_MAX)
        return found

    async def run(self, season_id: UUID, code: str | None) -> Resolved:
        """A board in a season as it was at most a second ago; raises NoSuchSeason, NoSuchBoard."""
        known = self._seen.get(season_id)
        if known is None or known[0] <= clock.monotonic():
            found = await self.get(season_id)
            if found is None:
                raise seasons.NoSuchSeason
            known = (clock.monotonic() + LOOK_SECONDS, found)
            self._seen.pop(season_id, None)
            self._seen[season_id] = known
            if len(self._seen) > SEEN_MAX:
                del self._seen[next(iter(self._seen))]
        return chosen(known[1], code)


class Called(Reading[UUID, str]):
    """What players are called, as it was at most a minute ago: nobody on a board changes their name more often."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._seen: dict[UUID, str] = {}
        self._ends_at = 0.0

    async def fetch(self, db: Db, wanted: list[UUID]) -> Mapping[UUID, str]:
        """The names of these players."""
        return await profiles.names(db, wanted)

    async def names(self, player_ids: Sequence[UUID]) -> Mapping[UUID, str]:
        """The names of these players; of who has none, nothing."""
        now = clock.monotonic()
        if now > self._ends_at or len(self._seen) > NAMES_MAX:
            self._seen, self._ends_at = {}, now + NAMES_SECONDS
        seen = self._seen
        if missing := [player_id for player_id in player_ids if player_id not in seen]:
            found = await asyncio.gather(*[self.get(player_id) for player_id in missing])
            seen |= {player_id: name or "" for player_id, name in zip(missing, found, strict=True)}
        return seen


def chosen(boards: Sequence[Resolved], code: str | None) -> Resolved:
    """The board of this code, or the first; raises NoSuchBoard."""
    for board in boards:
        if code is None or board.code == code:
            return board
    raise NoSuchBoard


async def resolve(db: Db, season_id: UUID, code: str | None) -> Resolved:
    """A board in a season, asked of the database; raises NoSuchSeason, NoSuchBoard."""
    season = await seasons.season(db, season_id)
    return chosen(await store.resolve(db, season_id, season.game, BOARDS_MAX), code)


class Asked(msgspec.Struct, frozen=True):
    """What of a run is asked for: its first rows, or those around a player."""

    count: int = 0
    player_id: UUID | None = None
    each_side: int = NEARBY


async def lines(pool: Pool, run: Resolved, asked: Asked) -> Lines:
    """Rows of a run, exact whatever is down."""
    if run.run_id is None:
        return Lines(1, None, 0, [])
    if run.sealed_at is None:
        found = await _from_index(pool, run, asked)
        if found is not None:
            _by_index.inc()
            return found
    async with reading(pool) as db:
        if run.sealed_at is not None:
            _by_standings.inc()
            assert run.run_id is not None
            return await _from_standings(db, run.run_id, run.entries, asked)
        _by_database.inc()
        return await from_database(db, run.run_id, asked)


async def from_database(db: Db, run_id: UUID, asked: Asked) -> Lines:
    """The same out of PostgreSQL alone."""
    size = await store.count_shown(db, run_id)
    if asked.player_id is None:
        return Lines(1, None, size, _lines(await store.top_lines(db, run_id, asked.count)))
    entry = await store.entry_of(db, run_id, asked.player_id)
    if entry is None or entry.state is not EntryState.SHOWN:
        return Lines(1, None, size, [])
    at = (entry.place, entry.reached_at, entry.player_id)
    rank = await store.count_above(db, run_id, *at)
    first, last = rules.window(rank, size, asked.each_side)
    above = await store.lines_above(db, run_id, *at, rank - first)
    below = await store.lines_below(db, run_id, *at, max(last - rank, 0))
    own = Line(entry.player_id, entry.score, entry.reached_at)
    return Lines(rank - len(above) + 1, rank + 1, size, [*_lines(above[::-1]), own, *_lines(below)])


def named(names: Mapping[UUID, str], found: Lines) -> list[Row]:
    """Rows as they are shown."""
    return [
        Row(rank, line.player_id, names.get(line.player_id, ""), line.score, str(line.score))
        for rank, line in enumerate(found.lines, found.first)
    ]


async def top(pool: Pool, season_id: UUID, run: Resolved, count: int = TOP_MAX) -> Page:
    """The head of a board."""
    found = await lines(pool, run, Asked(count=count))
    async with reading(pool) as db:
        names = await profiles.names(db, [line.player_id for line in found.lines])
    return Page(season_id, run.code, found.size, run.sealed_at is not None, named(names, found))


def near(season_id: UUID, run: Resolved, player_id: UUID, found: Lines, rows: list[Row]) -> Near:
    """Where a player stands, as it is shown."""
    own = next((row for row in rows if row.player_id == player_id), None)
    score = own.score if own is not None else None
    return Near(
        season_id, run.code, player_id, found.rank, score, None if score is None else str(score), found.size,
        None if found.rank is None else rules.percentile(found.rank, found.size), run.sealed_at is not None, rows,
    )  # fmt: skip


async def of_region(db: Db, season_id: UUID, run: Resolved, region: str, count: int) -> Page:
    """The head of a regional board among those of one country."""
    if run.run_id is None:
        return Page(season_id, run.code, 0, run.sealed_at is not None, [])
    rows = await store.top_of_region(db, run.run_id, region, count)
    size = await store.count_in_region(db, run.run_id, region)
    found = Lines(1, None, size, _lines(rows))
    names = await profiles.names(db, [line.player_id for line in found.lines])
    return Page(season_id, run.code, size, run.sealed_at is not None, named(names, found))


async def among(db: Db, season_id: UUID, run: Resolved, player_ids: list[UUID]) -> Page:
    """These players in their order on a board: for friends."""
    found = Lines(1, None, 0, [])
    if run.run_id is not None and player_ids:
        rows = _lines(await store.entries_of_players(db, run.run_id, player_ids))
        found = Lines(1, None, len(rows), rows)
    names = await profiles.names(db, [line.player_id for line in found.lines])
    return Page(season_id, run.code, found.size, run.sealed_at is not None, named(names, found))


async def seen_by_staff(db: Db, run: RunSeen, asked: Asked) -> Lines:
    """The same for pages: out of PostgreSQL, in the connection that is there."""
    if run.sealed_at is None:
        return await from_database(db, run.run_id, asked)
    return await _from_standings(db, run.run_id, run.entries, asked)


async def friends_of(db: Db, player_id: UUID) -> list[UUID]:
    """A player's friends, all of them."""
    return await friends.of(db, player_id)


async def _from_index(pool: Pool, run: Resolved, asked: Asked) -> Lines | None:
    index = configured_index()
    if index is None or run.run_id is None:
        return None
    if asked.player_id is None:
        found = await index.top(run.run_id, run.shards, asked.count)
    else:
        found = await index.around(run.run_id, run.shards, asked.player_id, asked.each_side)
    if found is None or found.version < max(run.version, committed_version(run.run_id)):
        await mending.note(pool, run.run_id, is_gone=found is None)
        return None
    mending.note_whole(run.run_id)
    return Lines(
        found.first + 1, None if found.rank is None else found.rank + 1, found.size,
        [rules.line(high, member, run.direction, ids.from_bytes) for high, member in found.rows],
    )  # fmt: skip


async def _from_standings(db: Db, run_id: UUID, entries: int, asked: Asked) -> Lines:
    if asked.player_id is None:
        return Lines(1, None, entries, _lines(await store.standings(db, run_id, 1, asked.count)))
    rank = await store.final_rank(db, run_id, asked.player_id)
    if rank is None:
        return Lines(1, None, entries, [])
    first, last = rules.window(rank - 1, entries, asked.each_side)
    return Lines(first + 1, rank, entries, _lines(await store.standings(db, run_id, first + 1, last + 1)))


def _lines(rows: Sequence[store.Reached]) -> list[Line]:
    return [Line(row.player_id, row.score, row.reached_at) for row in rows]
