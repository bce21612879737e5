"""What staff decides: over claims that wait, and over entries that should not stand."""

from uuid import UUID

import msgspec

from playerbase.boards import rules, store
from playerbase.boards.actions import writing
from playerbase.boards.actions.submitting import enter
from playerbase.boards.actions.writing import Open
from playerbase.boards.events import SubmissionDecided
from playerbase.boards.model import (
    AlreadyDecided,
    Entry,
    EntryGone,
    EntryState,
    NoSuchBoard,
    NoSuchSubmission,
    NotOnBoard,
    StandingsSealed,
    Submission,
)
from playerbase.kit import clock
from playerbase.kit.db import Tx
from playerbase.kit.outbox import emit


async def decide(tx: Tx, submission_id: UUID, *, accept: bool, by: str, reason: str) -> Submission:
    """Accept a claim, which counts from when it was made, or reject it.

    Raises NoSuchSubmission, AlreadyDecided, StandingsSealed, SumTooLarge.
    """
    found = await store.submission(tx, submission_id)
    if found is None:
        raise NoSuchSubmission
    each = await _held(tx, found.run_id) if accept else None
    found = await store.lock_submission(tx, submission_id)
    assert found is not None
    if found.state != "waiting":
        raise AlreadyDecided(state=found.state)
    state, now = "accepted" if accept else "rejected", clock.now()
    if each is not None:
        await writing.read(tx, {each.run.run_id: each}, [(each.run.run_id, found.player_id)])
        enter(each, found.player_id, found.score, rules.in_milliseconds(found.submitted_at))
        await writing.write(tx, [each])
    await store.decide(tx, submission_id, state, by, reason, now)
    await emit(
        tx,
        SubmissionDecided(
            submission_id=submission_id, game=found.game, board=found.code, player_id=found.player_id,
            score=found.score, is_accepted=accept,
        ),
    )  # fmt: skip
    return msgspec.structs.replace(found, state=state, decided_by=by, decided_at=now, reason=reason)


async def hide(tx: Tx, season_id: UUID, code: str | None, player_id: UUID) -> tuple[Entry, Entry]:
    """Take an entry out of everybody's sight; it may go on, and nobody but staff sees it."""
    return await _turn(tx, season_id, code, player_id, EntryState.HIDDEN, {EntryState.SHOWN})


async def restore(tx: Tx, season_id: UUID, code: str | None, player_id: UUID) -> tuple[Entry, Entry]:
    """Show an entry again that was hidden or removed; raises EntryGone where void matches left nothing of it."""
    return await _turn(tx, season_id, code, player_id, EntryState.SHOWN, {EntryState.HIDDEN, EntryState.REMOVED})


async def remove(tx: Tx, season_id: UUID, code: str | None, player_id: UUID) -> tuple[Entry, Entry]:
    """Take an entry away, as if it had never been; the player may begin anew."""
    return await _turn(tx, season_id, code, player_id, EntryState.REMOVED, {EntryState.SHOWN, EntryState.HIDDEN})


async def _turn(
    tx: Tx, season_id: UUID, code: str | None, player_id: UUID, wanted: EntryState, of: set[EntryState]
) -> tuple[Entry, Entry]:
    """What it was, and what it is; what is so already stays as it is.

    Raises NoSuchBoard, NotOnBoard, EntryGone, StandingsSealed.
    """
    each = await _opened(tx, season_id, code)
    await writing.read(tx, {each.run.run_id: each}, [(each.run.run_id, player_id)])
    entry = each.entries.get(player_id)
    if entry is None:
        raise NotOnBoard
    if entry.state in of:
        writing.enter(each, msgspec.structs.replace(entry, state=wanted))
    elif entry.state is not wanted:
        raise EntryGone
    await writing.write(tx, [each])
    return entry, each.entries[player_id]


async def _opened(tx: Tx, season_id: UUID, code: str | None) -> Open:
    asked = (season_id, code or "")
    each = (await writing.begin(tx, [asked])).get(asked)
    if each is not None:
        if each.season.is_fenced:
            raise StandingsSealed
        return each
    if any(run.sealed_at is not None for run in await store.runs_of_season(tx, season_id, 1)):
        raise StandingsSealed
    raise NoSuchBoard


async def _held(tx: Tx, run_id: UUID) -> Open:
    run = await store.run_by_id(tx, run_id)
    assert run is not None, "runs are never removed"
    return await _opened(tx, run.season_id, run.code)
