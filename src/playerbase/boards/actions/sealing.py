"""The end of a season: standings are written down for good, signed, and what was promised is paid.

Each step is a commit of its own; whatever is killed goes on where it was left.
"""

import base64
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import msgspec

from playerbase import access, audit, ladder, rewards, seasons
from playerbase.boards import rules, store
from playerbase.boards.actions.configured import configured_index
from playerbase.boards.actions.gifts import parts_of
from playerbase.boards.actions.looking import BOARDS_MAX
from playerbase.boards.actions.tiers import tiers_of
from playerbase.boards.events import BoardSealed, PrizePaid
from playerbase.boards.model import Prize, PrizeBy, StandingsNotFinal
from playerbase.boards.store import Reached
from playerbase.kit import clock, log, metrics
from playerbase.kit.db import Db, Pool, Tx, after_commit, reading, transaction
from playerbase.kit.outbox import emit
from playerbase.kit.redis import Away

PART = "boards"
BLOCKS = 100  # Of 256 rows each: what is hashed between two commits, some 50 ms.
PAID_AT_ONCE = 500  # Places looked at in one commit.
ROWS_MAX = 1_000  # Of one answer, so that a million rows are read in a thousand.

_sealed = metrics.Counter("boards_sealed", "Final standings that were sealed.")
_paid = metrics.Counter("boards_prizes_paid", "Prizes paid.")
_log = log.get("boards")
_prizes = msgspec.json.Decoder(list[Prize])


class FinalRow(msgspec.Struct, frozen=True):
    """A row of final standings."""

    rank: int
    player_id: UUID
    score: int
    score_text: str
    reached_at: datetime


class Proof(msgspec.Struct, frozen=True):
    """That one row is among those that were signed: its text, its place from 0, and the hashes beside its way up."""

    row: FinalRow
    text: str
    at: int
    beside: list[str]


class Final(msgspec.Struct, frozen=True):
    """Final standings: what was signed, and the rows it was signed over."""

    season_id: UUID
    board: str
    entries: int
    root: str
    signed: str
    sealed_at: datetime
    items: list[FinalRow]
    proof: Proof | None
    next_rank: int | None


async def close(pool: Pool, season_id: UUID) -> None:
    """Seal every board of a season and pay its prizes; goes on where it was left."""
    async for _ in seal_steps(pool, season_id):
        pass


async def seal_steps(pool: Pool, season_id: UUID) -> AsyncIterator[str]:
    """The same, step by step, each committed when it is named."""
    async with reading(pool) as db:
        season = await seasons.season(db, season_id)
        runs = [run.run_id for run in await store.runs_of_season(db, season_id, BOARDS_MAX)]
    if not season.is_fenced:
        return
    for run_id in runs:
        async for step in _seal(pool, run_id):
            yield step
        await _note(pool, season_id)
    if runs:
        await ladder.archive(pool, season_id)  # Prizes may go by tiers, and these are reset with the season.
    for run_id in runs:
        async for step in _pay(pool, run_id):
            yield step
        await _note(pool, season_id)
    async with transaction(pool) as tx:
        await seasons.finish_part(tx, season_id, PART)
    yield "finished"


async def final(
    pool: Pool, keyring: access.Keyring, run_id: UUID, *, after: int, count: int, player_id: UUID | None
) -> Final:
    """What was signed, some of its rows, and the proof of one of them; raises StandingsNotFinal."""
    async with reading(pool) as db:
        run = await store.final_of(db, run_id)
        if run is None or run.sealed_at is None or run.root is None or run.signed is None:
            raise StandingsNotFinal
        rows = _rows(after + 1, await store.standings(db, run_id, after + 1, after + count))
        rank = None if player_id is None else await store.final_rank(db, run_id, player_id)
        proof = None if rank is None else await _proof(db, run_id, run.entries, rank)
    signed = run.signed
    if not await access.is_published(keyring, _kid(signed)):
        # Its key has been followed by others: the same is said again, by one that is published.
        signed = await access.state(keyring, _statement(run, run.root, run.sealed_at))
    more = after + count if after + count < run.entries else None
    return Final(
        run.season_id, run.code, run.entries, run.root.hex(), signed, run.sealed_at, rows,
        proof, more,
    )  # fmt: skip


async def _seal(pool: Pool, run_id: UUID) -> AsyncIterator[str]:
    async with transaction(pool) as tx:
        await store.lock_runs(tx, [run_id])
        run = await store.lock_final(tx, run_id)
        assert run is not None, "runs are never removed"
        if run.direction is None:
            await store.seal_rows(tx, run_id)
            await store.fix_run(tx, run_id, await store.count_standings(tx, run_id))
    yield "written"
    async with reading(pool) as db:
        run = await store.final_of(db, run_id)
        assert run is not None
        upto = await store.branch_upto(db, run_id)
    if run.sealed_at is not None:
        return
    blocks = -(-run.entries // rules.BLOCK)
    for first in range(upto + 1, blocks, BLOCKS):
        await _hash(pool, run_id, first, min(first + BLOCKS, blocks))
        yield "hashed"
    keyring = access.Keyring(pool)
    async with reading(pool) as db:
        root = rules.root(await store.branches(db, run_id))
    now = rules.in_milliseconds(clock.now())
    signed = await access.state(keyring, _statement(run, root, now))
    async with transaction(pool) as tx:
        if await store.seal_run(tx, run_id, root, signed, now) is not None:
            await _tell_sealed(tx, run, root, now)
    await _forget_index(pool, run_id)
    yield "sealed"


async def _hash(pool: Pool, run_id: UUID, first: int, last: int) -> None:
    """The roots of these blocks of rows."""
    async with transaction(pool) as tx:
        leaves = await store.leaves(tx, run_id, first * rules.BLOCK + 1, last * rules.BLOCK)
        pieces = [leaves[at : at + rules.BLOCK] for at in range(0, len(leaves), rules.BLOCK)]
        await store.put_branches(tx, run_id, list(range(first, last)), [rules.root(piece) for piece in pieces])


async def _tell_sealed(tx: Tx, run: store.Final, root: bytes, now: datetime) -> None:
    await audit.record(
        tx,
        audit.Deed(
            actor_kind="system", actor_id="boards", player_id=None, action="board_sealed", target_kind="run",
            target_id=run.run_id, outcome="done", after={"entries": run.entries, "root": root.hex()},
        ),
    )  # fmt: skip
    await emit(
        tx,
        BoardSealed(
            season_id=run.season_id, game=run.game, board=run.code, run_id=run.run_id, entries=run.entries,
            root=root.hex(), sealed_at=now,
        ),
    )  # fmt: skip
    after_commit(tx, _sealed.inc)


async def _forget_index(pool: Pool, run_id: UUID) -> None:
    index = configured_index()
    async with reading(pool) as db:
        run = await store.run_by_id(db, run_id)
    if index is not None and run is not None:
        with suppress(Away):  # What is left of it there is asked by nobody.
            await index.drop(run_id, run.shards)


async def _pay(pool: Pool, run_id: UUID) -> AsyncIterator[str]:
    while True:
        async with transaction(pool) as tx:
            run = await store.lock_final(tx, run_id)
            assert run is not None
            if run.paid_at is not None:
                return
            await _pay_some(tx, run)
        yield "paid"


async def _pay_some(tx: Tx, run: store.Final) -> None:
    """Pay the next places, and write down how far that is."""
    prizes = _prizes.decode(run.prizes)
    upto = rules.paid_ranks(prizes, run.entries)
    last = min(run.paid_upto + PAID_AT_ONCE, upto)
    rows = _rows(run.paid_upto + 1, await store.standings(tx, run.run_id, run.paid_upto + 1, last))
    tiers: dict[UUID, str] = {}
    if any(prize.by is PrizeBy.TIER for prize in prizes):
        tiers = await tiers_of(tx, run.season_id, [row.player_id for row in rows])
    won = [
        (row, prize)
        for row in rows
        if (prize := rules.prize_of(prizes, row.rank, run.entries, tiers.get(row.player_id))) is not None
        and parts_of(prize)
    ]
    await store.paid(tx, run.run_id, last, last >= upto, clock.now())
    if not won:
        return
    facts = [
        PrizePaid(
            season_id=run.season_id, game=run.game, board=run.code, run_id=run.run_id, player_id=row.player_id,
            rank=row.rank,
        )
        for row, _ in won
    ]  # fmt: skip
    await emit(tx, *facts)
    # Last, as it locks wallets. Under a key of run and player, so that whoever pays again pays nothing.
    await rewards.give(
        tx,
        [
            rewards.Gift(
                key=f"boards {run.run_id} {row.player_id}", player_id=row.player_id, parts=tuple(parts_of(prize)),
                source="boards", ref=f"{run.run_id} {row.rank}",
            )
            for row, prize in won
        ],
    )  # fmt: skip
    after_commit(tx, lambda: _paid.inc(len(won)))


async def _note(pool: Pool, season_id: UUID) -> None:
    async with transaction(pool) as tx:
        left = await store.tally_unfinished(tx, season_id)
        await seasons.note_part(
            tx, season_id, PART, done=2 * left.runs - left.unsealed - left.unpaid, of=2 * left.runs
        )  # fmt: skip


async def _proof(db: Db, run_id: UUID, entries: int, rank: int) -> Proof:
    at = rank - 1
    block = at // rules.BLOCK
    first = block * rules.BLOCK
    leaves = await store.leaves(db, run_id, first + 1, min(first + rules.BLOCK, entries))
    branches = await store.branches(db, run_id)
    (row,) = _rows(rank, await store.standings(db, run_id, rank, rank))
    beside = rules.path(leaves, at - first) + rules.path(branches, block)
    text = rules.leaf_text(row.rank, row.player_id, row.score, row.reached_at)
    return Proof(row, text, at, [each.hex() for each in beside])


def _statement(run: store.Final, root: bytes, at: datetime) -> dict[str, object]:
    return {
        "kind": "final standings", "run_id": str(run.run_id), "season_id": str(run.season_id), "game": run.game,
        "board": run.code, "entries": run.entries, "root": root.hex(), "sealed_at": clock.rfc3339(at),
    }  # fmt: skip


def _kid(signed: str) -> str:
    head = signed.split(".", 1)[0]
    return str(json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"])


def _rows(first: int, rows: Sequence[Reached]) -> list[FinalRow]:
    return [
        FinalRow(rank, row.player_id, row.score, str(row.score), row.reached_at) for rank, row in enumerate(rows, first)
    ]
