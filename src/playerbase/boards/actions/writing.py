"""Writing entries: held, combined, saved, told, and put into the index once that is committed."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import msgspec

from playerbase import profiles, seasons
from playerbase.boards import rules, store
from playerbase.boards.actions.configured import configured_index
from playerbase.boards.events import BoardScored, Scored
from playerbase.boards.model import Entry, EntryState
from playerbase.boards.store import Held, Wanted
from playerbase.kit import clock, ids, metrics
from playerbase.kit.db import Tx, after_commit
from playerbase.kit.outbox import emit

_written = metrics.Counter("boards_entries_written", "Entries of boards that changed.", ["game"])
_missed = metrics.Counter("boards_index_missed", "Commits the index in Redis did not hear of at once.")
_latest: dict[UUID, int] = {}  # What this process has committed: its own readers must not see less.
LATEST_MAX = 10_000

Asked = tuple[UUID, str]  # A season, and a board's code; none for the first of the game.


class Open(msgspec.Struct):
    """A run held for writing, what its scores are held to, and the entries that are being written."""

    board: Wanted
    run: Held
    season: seasons.Season
    entries: dict[UUID, Entry]
    changed: dict[UUID, Entry]


def committed_version(run_id: UUID) -> int:
    """Up to which commit of a run this process must see."""
    return _latest.get(run_id, 0)


async def begin(tx: Tx, asked: Iterable[Asked]) -> dict[Asked, Open]:
    """Hold these seasons and runs until the transaction ends; what there is none of, or is sealed, is left out."""
    held, found = await meet(tx, asked)
    run_ids = sorted({each.run_id for each in found if each.run_id is not None})
    runs = {run.run_id: run for run in await store.lock_runs(tx, run_ids)} if run_ids else {}
    opened: dict[UUID, Open] = {}
    for each in found:
        assert each.run_id is not None, "every run there was none of was made"
        run = runs[each.run_id]
        if run.sealed_at is None:
            opened.setdefault(run.run_id, Open(each, run, held[each.season_id], {}, {}))
    return {
        (each.season_id, each.asked): opened[each.run_id]
        for each in found
        if each.run_id is not None and each.run_id in opened
    }


async def meet(tx: Tx, asked: Iterable[Asked]) -> tuple[dict[UUID, seasons.Season], list[Wanted]]:
    """Hold these seasons, and find their boards; each has a run from here on, which is not held."""
    wanted = sorted(set(asked))
    held = await seasons.hold(tx, [season_id for season_id, _ in wanted])
    found = await _find(tx, held, wanted)
    if missing := [each for each in found if each.run_id is None and not held[each.season_id].is_fenced]:
        now = clock.now()
        for each in sorted(missing, key=lambda board: (board.season_id, board.board_id)):
            await store.make_run(tx, ids.uuid7(), each.season_id, each.board_id, now)
        found = await _find(tx, held, wanted)
    return held, [each for each in found if each.run_id is not None]


async def read(tx: Tx, wanted: Mapping[UUID, Open], players: Sequence[tuple[UUID, UUID]]) -> None:
    """Read the entries of these runs and players into what is held."""
    if not players:
        return
    for entry in await store.entries_of(tx, [run for run, _ in players], [player for _, player in players]):
        wanted[entry.run_id].entries[entry.player_id] = entry


async def write(tx: Tx, opened: Iterable[Open], *, traceparent: str | None = None) -> None:
    """Save and tell what changed, and have the index follow."""
    written = list({each.run.run_id: each for each in opened if each.changed}.values())
    if not written:
        return
    await _place_regions(tx, written)
    changed = [entry for each in written for entry in each.changed.values()]
    await store.save_entries(tx, changed, [each.run.run_id for each in written])
    facts = [_scored(each) for each in written]
    await emit(tx, *facts, traceparents=None if traceparent is None else [traceparent] * len(facts))
    for each in written:
        _follow(tx, each)


def enter(each: Open, entry: Entry) -> None:
    """Note that an entry is to be saved, under this commit's version."""
    entry = msgspec.structs.replace(
        entry, place=rules.place(entry.score, each.board.direction), version=each.run.version
    )
    each.entries[entry.player_id] = each.changed[entry.player_id] = entry


def standing_of(entry: Entry | None) -> rules.Standing | None:
    """What a further score is combined with; of an entry that was taken away, nothing."""
    if entry is None or entry.state in {EntryState.REMOVED, EntryState.VOID}:
        return None
    return entry.score, entry.reached_at


def following(each: Open, player_id: UUID, standing: rules.Standing) -> Entry:
    """An entry with another score; a hidden one stays hidden, one that was taken away begins anew."""
    before = each.entries.get(player_id)
    state = EntryState.HIDDEN if before is not None and before.state is EntryState.HIDDEN else EntryState.SHOWN
    region = before.region if before is not None else ""
    return Entry(each.run.run_id, player_id, standing[0], 0, standing[1], region, 0, state)


async def _find(tx: Tx, held: Mapping[UUID, seasons.Season], wanted: Sequence[Asked]) -> list[Wanted]:
    there = [(season_id, code) for season_id, code in wanted if season_id in held]
    if not there:
        return []
    return await store.find_runs(
        tx, [season for season, _ in there], [held[season].game for season, _ in there], [code for _, code in there]
    )


async def _place_regions(tx: Tx, written: Sequence[Open]) -> None:
    """Where newcomers to regional boards are from."""
    wanted = [
        (each, entry) for each in written if each.board.is_regional for entry in each.changed.values()
        if not entry.region
    ]  # fmt: skip
    if not wanted:
        return
    countries = await profiles.countries(tx, sorted({entry.player_id for _, entry in wanted}))
    for each, entry in wanted:
        if entry.player_id in countries:
            each.changed[entry.player_id] = msgspec.structs.replace(entry, region=countries[entry.player_id])


def _scored(each: Open) -> BoardScored:
    return BoardScored(
        season_id=each.run.season_id, game=each.board.game, board=each.board.code, run_id=each.run.run_id,
        version=each.run.version,
        entries=[
            Scored(entry.player_id, entry.score if entry.state is EntryState.SHOWN else None)
            for entry in each.changed.values()
        ],
    )  # fmt: skip


def _follow(tx: Tx, each: Open) -> None:
    run, entries = each.run, list(each.changed.values())

    async def follow() -> None:
        _latest.pop(run.run_id, None)
        _latest[run.run_id] = run.version
        if len(_latest) > LATEST_MAX:  # Older ones every reader has seen by now.
            del _latest[next(iter(_latest))]
        _written.labels(each.board.game).inc(len(entries))
        index = configured_index()
        if index is not None and not await index.put(run.run_id, run.shards, run.version, entries):
            _missed.inc()

    after_commit(tx, follow)
