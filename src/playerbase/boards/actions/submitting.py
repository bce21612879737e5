"""Submitting scores: what arrives at the same moment is judged and written in one commit."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from playerbase import identity, seasons
from playerbase.boards import rules, store
from playerbase.boards.actions import writing
from playerbase.boards.actions.writing import Open
from playerbase.boards.events import SubmissionHeld
from playerbase.boards.model import (
    Claim,
    NoSuchBoard,
    NotForThisBoard,
    Operator,
    OtherGame,
    ReplayRule,
    ScoreOutOfBounds,
    SeasonTakesNoScores,
    Session,
    SessionInvalid,
    SessionOver,
    SessionSpent,
    Source,
    Submission,
    Submitted,
    TallyNeedsKey,
    UnknownPlayer,
    Verdict,
)
from playerbase.kit import clock, ids, metrics
from playerbase.kit.db import Lane, Pool, Tx, after_commit
from playerbase.kit.errors import Refusal
from playerbase.kit.outbox import emit

PLAYERS_KNOWN_MAX = 200_000  # About 20 MB; beyond that the memory begins anew.

_judged = metrics.Counter("boards_submissions", "Scores submitted, by what became of them.", ["source", "verdict"])
_rule = msgspec.json.Decoder(ReplayRule | None)


class Submissions(Lane[Claim, Submitted]):
    """Scores on their way: all that come at the same moment share a commit."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self._known: set[UUID] = set()

    async def commit(self, tx: Tx, items: list[Claim]) -> list[Submitted | Refusal]:
        """Judge each score once, and write those that count."""
        return await submit(tx, items, self._known)


class Desk(msgspec.Struct):
    """What a batch is judged over."""

    now: datetime
    known: set[UUID]
    sessions: dict[bytes, Session]
    rules: dict[tuple[UUID, int], ReplayRule | None]
    spent: dict[bytes, tuple[bytes, str]]
    waiting: list[tuple[Open, Submission]]
    fenced: set[UUID]


async def submit(tx: Tx, claims: Sequence[Claim], known: set[UUID] | None = None) -> list[Submitted | Refusal]:
    """What became of each claim: taken over, of no effect, waiting for a person, or refused."""
    now = rules.in_milliseconds(clock.now())
    opened = await writing.begin(tx, [(claim.season_id, claim.board or "") for claim in claims])
    desk = Desk(now, await _known(tx, claims, known), {}, {}, {}, [], set())
    if lost := {claim.season_id for claim in claims if (claim.season_id, claim.board or "") not in opened}:
        desk.fenced = {each.season_id for each in (await seasons.hold(tx, lost)).values() if each.is_fenced}
    if digests := sorted({claim.digest for claim in claims if claim.digest is not None}):
        desk.sessions = {session.digest: session for session in await store.lock_sessions(tx, digests)}
        await _read_rules(tx, desk, opened.values())
    runs = {each.run.run_id: each for each in opened.values()}
    pairs = {
        (each.run.run_id, claim.player_id)
        for claim in claims
        if (each := opened.get((claim.season_id, claim.board or ""))) is not None
    }
    await writing.read(tx, runs, list(pairs))
    outcomes = [_outcome(claim, opened.get((claim.season_id, claim.board or "")), desk) for claim in claims]
    if desk.spent:
        used = sorted(desk.spent.items())
        await store.spend_sessions(
            tx, [digest for digest, _ in used], [fingerprint for _, (fingerprint, _) in used],
            [verdict for _, (_, verdict) in used],
        )  # fmt: skip
    if desk.waiting:
        await store.put_submissions(tx, [submission for _, submission in desk.waiting])
        await emit(tx, *[_held(submission) for _, submission in desk.waiting])
    await writing.write(tx, runs.values(), traceparent=claims[0].traceparent or None)
    after_commit(tx, lambda: _count(claims, outcomes))
    return outcomes


def _outcome(claim: Claim, each: Open | None, desk: Desk) -> Submitted | Refusal:
    if each is None:
        return SeasonTakesNoScores() if claim.season_id in desk.fenced else NoSuchBoard()
    session = desk.sessions.get(claim.digest) if claim.digest is not None else None
    refusal = _refusal(claim, each, session, desk)
    if refusal is not None:
        return refusal
    if session is not None and session.fingerprint is not None:
        return _answer(each, claim, Verdict(session.verdict or Verdict.ACCEPTED))
    doubts = _doubts(claim, each, session, desk)
    try:
        verdict = _hold(claim, each, doubts, desk) if doubts else enter(each, claim.player_id, claim.score, desk.now)
    except Refusal as too_large:
        return too_large
    if session is not None:
        desk.spent[session.digest] = (claim.fingerprint, verdict.value)
        desk.sessions[session.digest] = msgspec.structs.replace(
            session, fingerprint=claim.fingerprint, verdict=verdict.value
        )
    return _answer(each, claim, verdict)


def enter(each: Open, player_id: UUID, score: int, at: datetime) -> Verdict:
    """Combine a score with what stands there; raises SumTooLarge."""
    before = writing.standing_of(each.entries.get(player_id))
    standing = rules.combined(before, score, at, each.board.operator, each.board.direction)
    if standing is None:
        return Verdict.UNCHANGED
    writing.enter(each, writing.following(each, player_id, standing))
    return Verdict.ACCEPTED


def _refusal(claim: Claim, each: Open, session: Session | None, desk: Desk) -> Refusal | None:
    """Why a claim is not even looked at; in an order in which nobody learns what is not theirs."""
    if claim.game is not None and claim.game != each.board.game:
        return OtherGame(game=claim.game)
    if claim.digest is not None:
        refusal = _refused_session(claim, each, session, desk)
        if refusal is not None or (session is not None and session.fingerprint is not None):
            return refusal
    if each.board.source is not (Source.SERVERS if claim.digest is None else Source.SESSIONS):
        return NotForThisBoard(source=each.board.source.value)
    return _refused_score(claim, each, desk)


def _refused_session(claim: Claim, each: Open, session: Session | None, desk: Desk) -> Refusal | None:
    if session is None or (session.run_id, session.player_id) != (each.run.run_id, claim.player_id):
        return SessionInvalid()
    if session.fingerprint is not None:
        # A retry finds its answer; another score under the same session does not.
        return None if session.fingerprint == claim.fingerprint else SessionSpent()
    return SessionOver() if session.expires_at <= desk.now else None


def _refused_score(claim: Claim, each: Open, desk: Desk) -> Refusal | None:
    board = each.board
    if not each.season.is_open_at(desk.now):
        return SeasonTakesNoScores()
    if not board.score_min <= claim.score <= board.score_max:
        return ScoreOutOfBounds(board.score_min, board.score_max)
    if claim.digest is not None:
        return None
    if claim.player_id not in desk.known:
        return UnknownPlayer()
    return TallyNeedsKey() if board.operator is Operator.SUM and not claim.is_keyed else None


def _doubts(claim: Claim, each: Open, session: Session | None, desk: Desk) -> list[str]:
    board = each.board
    doubts = []
    if not rules.is_plausible(claim.score, board.plausible_min, board.plausible_max):
        doubts.append("The score lies where a person looks at it first")
    if session is None:
        return doubts
    rule = desk.rules.get((board.board_id, session.rule_version))
    if rule is None:
        return doubts
    if claim.actions is None:
        return [*doubts, "Nothing was sent from which the score follows"]
    elapsed_ms = int((desk.now - session.opened_at).total_seconds() * 1000)
    return doubts + rules.doubts(rule, claim.actions, claim.score, elapsed_ms)


def _hold(claim: Claim, each: Open, doubts: list[str], desk: Desk) -> Verdict:
    submission = Submission(
        ids.uuid7(), each.run.run_id, claim.player_id, claim.score, desk.now, msgspec.json.encode(doubts).decode(),
        msgspec.json.encode(claim.actions or ()).decode(), claim.proof, "waiting", "", None, "", each.board.game,
        each.board.code, each.board.code,
    )  # fmt: skip
    desk.waiting.append((each, submission))
    return Verdict.IN_REVIEW


def _held(submission: Submission) -> SubmissionHeld:
    return SubmissionHeld(
        submission_id=submission.submission_id, game=submission.game, board=submission.code,
        player_id=submission.player_id, score=submission.score,
    )  # fmt: skip


def _answer(each: Open, claim: Claim, verdict: Verdict) -> Submitted:
    standing = writing.standing_of(each.entries.get(claim.player_id))
    score = None if standing is None else standing[0]
    return Submitted(
        claim.season_id, each.board.code, claim.player_id, verdict, score, None if score is None else str(score)
    )


async def _known(tx: Tx, claims: Sequence[Claim], known: set[UUID] | None) -> set[UUID]:
    """The players among these that exist; nobody is ever removed, so to have seen one is to know it."""
    held = set() if known is None else known
    if new := {claim.player_id for claim in claims if claim.digest is None} - held:
        if len(held) > PLAYERS_KNOWN_MAX:
            held.clear()
            new = {claim.player_id for claim in claims}
        held |= await identity.existing(tx, list(new))
    return held


async def _read_rules(tx: Tx, desk: Desk, opened: Iterable[Open]) -> None:
    boards = {each.run.run_id: each.board.board_id for each in opened}
    for session in desk.sessions.values():
        board_id = boards.get(session.run_id)
        if board_id is None or session.rule_version == 0 or (board_id, session.rule_version) in desk.rules:
            continue
        text = await store.rule_of(tx, board_id, session.rule_version)
        desk.rules[board_id, session.rule_version] = _rule.decode(text) if text else None


def _count(claims: Sequence[Claim], outcomes: Sequence[Submitted | Refusal]) -> None:
    found = Counter(
        (
            "server" if claim.digest is None else "session",
            outcome.code if isinstance(outcome, Refusal) else outcome.verdict.value,
        )
        for claim, outcome in zip(claims, outcomes, strict=True)
    )
    for (source, word), count in found.items():
        _judged.labels(source, word).inc(count)
