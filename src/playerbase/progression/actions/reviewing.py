"""Flags: saves that were let pass, and what somebody decided about them."""

from uuid import UUID

from msgspec.structs import replace

from playerbase.kit import clock
from playerbase.kit.db import Db, Tx
from playerbase.progression import store
from playerbase.progression.model import Flag, FlagDecided, NoSuchFlag

OPEN_MAX = 1_000  # Beyond it nobody counts.


async def flags_of(db: Db, player_id: UUID, before: UUID | None, count: int) -> list[Flag]:
    """What was flagged of a player's saves, latest first."""
    return await store.flags_of(db, player_id, before or store.LAST_ID, count)


async def flags_open(db: Db, after: UUID | None, count: int) -> list[Flag]:
    """What nobody has decided about, oldest first."""
    return await store.flags_open(db, after or UUID(int=0), count)


async def count_open(db: Db) -> int:
    """How many those are, up to a thousand."""
    return await store.count_open(db, OPEN_MAX)


async def decide(tx: Tx, flag_id: UUID, decision: str, by: str) -> Flag:
    """Decide about a flag, once: the save stands, or an earlier version was restored. Raises NoSuchFlag, FlagDecided.

    The same decision again changes nothing.
    """
    assert decision in {"stands", "restored"}
    flag = await store.lock_flag(tx, flag_id)
    if flag is None:
        raise NoSuchFlag
    if flag.decision == decision:
        return flag
    if flag.decision is not None:
        raise FlagDecided(decision=flag.decision)
    now = clock.now()
    await store.decide_flag(tx, flag_id, decision, by, now)
    return replace(flag, decision=decision, decided_by=by, decided_at=now)
