"""The verbs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from playerbase import games, identity
from playerbase.kit import clock
from playerbase.kit.db import Db, Lane, Pool, Tx
from playerbase.kit.errors import Fault, Refusal
from playerbase.kit.outbox import emit
from playerbase.matches import rules, store
from playerbase.matches.events import MatchCompleted, MatchVoided
from playerbase.matches.model import (
    Match,
    MatchReportedOtherwise,
    NoSuchMatch,
    OtherGame,
    Recorded,
    Report,
    UnknownPlayer,
)  # fmt: skip

PLAYERS_KNOWN_MAX = 200_000  # About 20 MB; beyond that the memory begins anew.


class Intake(msgspec.Struct, frozen=True):
    """A report and the key that vouches for it."""

    report: Report
    reported_by: str
    game: str | None  # The key's game; None for a key of all games.
    traceparent: str = ""


class Known:
    """Players and games this process has seen; neither is ever removed, so to have seen one is to know it exists."""

    def __init__(self) -> None:
        self.players: set[UUID] = set()
        self.games: set[str] = set()

    async def look_up(self, tx: Tx, players: set[UUID], slugs: set[str]) -> None:
        """Ask the database for those not seen yet; who is still unknown afterwards does not exist."""
        if new := players - self.players:
            if len(self.players) > PLAYERS_KNOWN_MAX:
                self.players.clear()
                new = players
            self.players |= await identity.existing(tx, list(new))
        if slugs - self.games:
            self.games |= {game.slug for game in await games.games(tx)}


class Reports(Lane[Intake, Match]):
    """Match intake: whatever game servers report at the same moment is recorded in one commit."""

    status = 201
    gather_seconds = 0.02  # One commit for ten matches costs what it costs for one, and no server waits for its 201.

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._known = Known()

    async def commit(self, tx: Tx, items: list[Intake]) -> list[Match | Refusal]:
        """Record each report once."""
        return await report(tx, items, self._known)


async def report(tx: Tx, intakes: Sequence[Intake], known: Known | None = None) -> list[Match | Refusal]:
    """Record each report and tell of it; a repeated one gets the first one's answer, a contradicting one a refusal."""
    now = clock.now()
    faults = [_fault(intake, now) for intake in intakes]
    await _check_references(tx, intakes, faults, known or Known())
    sound = [intake for intake, fault in zip(intakes, faults, strict=True) if fault is None]
    wanted = {intake.report.match_id: intake for intake in reversed(sound)}  # Of two in a batch, the first.
    # Rows in one order, so that two batches with the same matches cannot deadlock; players in theirs, so that
    # neighbours in the index are written together.
    rows = {match_id: _row(wanted[match_id], now) for match_id in sorted(wanted)}
    played = sorted((each.player_id, match_id) for match_id, it in wanted.items() for each in it.report.players)
    new = set(
        await store.record(tx, list(rows.values()), [one for one, _ in played], [where for _, where in played], now)
    )
    fresh = [intake for intake in sound if intake.report.match_id in new and wanted[intake.report.match_id] is intake]
    if old := [match_id for match_id in rows if match_id not in new]:
        rows |= {row.match_id: row for row in await store.reported(tx, old)}
    await emit(tx, *[_completed(each.report) for each in fresh], traceparents=[each.traceparent for each in fresh])
    firsts = set(map(id, fresh))
    return [
        fault or _answer(intake.report, rows[intake.report.match_id], is_first=id(intake) in firsts)
        for intake, fault in zip(intakes, faults, strict=True)
    ]


async def void(tx: Tx, match_id: UUID, reason: str) -> Match:
    """Declare a match void, once; whoever drew conclusions from it takes them back. Raises NoSuchMatch."""
    row = await store.lock_match(tx, match_id)
    if row is None:
        raise NoSuchMatch
    match = store.opened(row)
    if match.voided_at is not None:
        return match
    now = clock.now()
    await store.mark_void(tx, match_id, now)
    players = [each.player_id for each in match.players]
    await emit(tx, MatchVoided(match_id=match_id, game=match.game, player_ids=players, reason=reason))
    return msgspec.structs.replace(match, voided_at=now)


async def match_seen_by(db: Db, match_id: UUID, player_id: UUID | None, game: str | None) -> Match:
    """A match, for who played in it, for its game's servers, or (neither given) for staff; raises NoSuchMatch."""
    rows = await store.reported(db, [match_id])
    if not rows:
        raise NoSuchMatch
    match = store.opened(rows[0])
    if player_id is not None and player_id not in {each.player_id for each in match.players}:
        raise NoSuchMatch
    if game is not None and game != match.game:
        raise NoSuchMatch
    return match


def _fault(intake: Intake, now: datetime) -> Refusal | None:
    if intake.game is not None and intake.game != intake.report.game:
        return OtherGame(game=intake.game)
    return rules.fault_in(intake.report, now)


async def _check_references(tx: Tx, intakes: Sequence[Intake], faults: list[Refusal | None], known: Known) -> None:
    """Fill in the faults that only the database knows: games and players that do not exist."""
    players = {each.player_id for intake in intakes for each in intake.report.players}
    await known.look_up(tx, players, {intake.report.game for intake in intakes})
    if players <= known.players and all(intake.report.game in known.games for intake in intakes):
        return
    for at, intake in enumerate(intakes):
        if faults[at] is not None:
            continue
        if intake.report.game not in known.games:
            faults[at] = Fault("game", "unknown", "There is no such game")
            continue
        strangers = (at for at, each in enumerate(intake.report.players) if each.player_id not in known.players)
        position = next(strangers, None)
        if position is not None:
            faults[at] = UnknownPlayer(position)


def _row(intake: Intake, now: datetime) -> Recorded:
    report = intake.report
    return Recorded(
        match_id=report.match_id, game=report.game, mode=report.mode, map=report.map, started_at=report.started_at,
        duration_seconds=report.duration_seconds, players=msgspec.json.encode(report.players).decode(),
        winner_id=report.winner_id, reported_at=now, voided_at=None, fingerprint=rules.fingerprint(report),
        reported_by=intake.reported_by,
    )  # fmt: skip


def _answer(report: Report, row: Recorded, *, is_first: bool) -> Match | Refusal:
    if not is_first and row.fingerprint != rules.fingerprint(report):
        return MatchReportedOtherwise(match_id=report.match_id)
    return store.opened(row, report.players)


def _completed(report: Report) -> MatchCompleted:
    return MatchCompleted(
        match_id=report.match_id, game=report.game, mode=report.mode, map=report.map, started_at=report.started_at,
        duration_seconds=report.duration_seconds, players=report.players, winner_id=report.winner_id,
    )  # fmt: skip
