"""Making the index whole again: built anew beside what is in use, and put in its place."""

import secrets
from uuid import UUID

import msgspec

from playerbase.boards import store
from playerbase.boards.actions.configured import configured_index
from playerbase.kit import clock, log, metrics
from playerbase.kit.db import Pool, reading, transaction
from playerbase.kit.jobs import enqueue, job

SLICE = 1_000  # Entries read at once, and written in one call: some 5 ms during which Redis answers nobody else.
SHARD_ENTRIES = (
    5_000_000  # Beyond this an index is cut: one part is then some 1.2 GB, and a node of a cluster holds it.
)
BEHIND_SECONDS = 5.0  # Longer than any write is on its way: whatever is missing by then was lost.
ASK_SECONDS = 5  # How often a process asks for the same run to be mended.
NOTED_MAX = 10_000
FIRST = UUID(int=0)

_rebuilt = metrics.Counter("boards_index_rebuilt", "Indexes built anew.")
_rebuild_seconds = metrics.Histogram(
    "boards_index_rebuild_seconds", "How long building one anew took.", buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 900)
)
_log = log.get("boards")
_behind: dict[UUID, float] = {}  # Since when a run was seen to miss something.
_asked: dict[UUID, float] = {}


class Mending(msgspec.Struct, frozen=True):
    """Which run's index is to be built."""

    run_id: UUID


def note_whole(run_id: UUID) -> None:
    """Nothing is missing of this one."""
    if _behind:
        _behind.pop(run_id, None)


async def note(pool: Pool, run_id: UUID, *, is_gone: bool) -> None:
    """What was asked is not in the index: have it built, if it is gone or has missed something for too long."""
    now = clock.monotonic()
    since = _behind.setdefault(run_id, now)
    if len(_behind) > NOTED_MAX:
        del _behind[next(iter(_behind))]
    if not is_gone and now - since < BEHIND_SECONDS:
        return
    if now - _asked.get(run_id, -ASK_SECONDS) < ASK_SECONDS:
        return
    _asked.pop(run_id, None)
    _asked[run_id] = now
    if len(_asked) > NOTED_MAX:
        del _asked[next(iter(_asked))]
    async with transaction(pool) as tx:
        # One for all processes in so many seconds.
        slot = int(clock.now().timestamp()) // ASK_SECONDS
        await enqueue(tx, mend, Mending(run_id), once=f"{run_id} {slot}")


@job(lane="high", attempts_max=5, seconds_max=900)
async def mend(pool: Pool, args: Mending) -> None:
    """Build the index of a run anew."""
    await rebuild(pool, args.run_id)


async def rebuild(pool: Pool, run_id: UUID) -> bool:
    """Build the index of a run beside the one in use; False if somebody else does, or there is nothing to build.

    Whoever writes meanwhile writes into both. Raises Away.
    """
    index = configured_index()
    async with reading(pool) as db:
        run = await store.run_by_id(db, run_id)
        if index is None or run is None or run.sealed_at is not None:
            return False
        shards = 1 + await store.count_entries(db, run_id) // SHARD_ENTRIES
    began, lease = clock.monotonic(), secrets.token_bytes(16)
    await index.begin(run_id, shards, lease)
    if shards != run.shards:
        # Writers go by this: from here on they write into what is built as well. What was in use is not any more, and
        # until the new one is whole PostgreSQL answers.
        async with transaction(pool) as tx:
            await store.set_shards(tx, run_id, shards)
    async with transaction(pool) as tx:
        # Behind whoever is writing now: what they write is in what is read below, or goes into the index by itself.
        (held,) = await store.lock_runs(tx, [run_id])
    after = FIRST
    while True:
        async with reading(pool) as db:
            pieces = await store.piece(db, run_id, after, SLICE)
        if pieces and not await index.load(run_id, shards, lease, pieces):
            return False
        if len(pieces) < SLICE:
            break
        after = pieces[-1].player_id
    if not await index.finish(run_id, shards, lease, held.version - 1):
        return False
    if shards != run.shards:
        await index.drop(run_id, run.shards)
    _behind.pop(run_id, None)
    _rebuilt.inc()
    _rebuild_seconds.observe(clock.monotonic() - began)
    _log.info("the index of a board was built anew", run_id=str(run_id), seconds=round(clock.monotonic() - began, 2))
    return True


async def warm(pool: Pool) -> int:
    """Have the indexes built that are not there, as after Redis was emptied; answers how many."""
    index = configured_index()
    if index is None:
        return 0
    count = 0
    async with reading(pool) as db:
        runs = await store.open_runs(db, NOTED_MAX)
    for run in runs:
        found = await index.top(run.run_id, run.shards, 1)
        if found is None or found.version < run.version:
            await note(pool, run.run_id, is_gone=found is None)
            count += 1
    return count
