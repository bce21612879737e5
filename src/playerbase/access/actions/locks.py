"""Accounts that are locked after too many wrong secrets: seen by staff, and unlocked before their time."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from playerbase import audit
from playerbase.access import store
from playerbase.access.events import AccountUnlocked
from playerbase.access.model.locks import Lock, NotLocked
from playerbase.kit import clock, metrics
from playerbase.kit.db import Db, Tx
from playerbase.kit.outbox import emit

LOCKS_MAX = 50  # Of one player: their address, their own password, their codes, and each device they are known on.
SHOWN_BYTES = 8  # Of the keyed hash: what names a nobody in the audit.

_unlocked = metrics.Counter("accounts_unlocked", "Locks that staff lifted, by what was locked.", ["scope"])


async def locks(db: Db, after: tuple[datetime, bytes] | None, count: int) -> list[Lock]:
    """What is locked at present, what lasts longest first; goes on after ``(locked_until, account)``."""
    until, account = after or (None, None)
    return await store.locks(db, clock.now(), until, account, count)


async def lock(db: Db, account: bytes) -> Lock:
    """One of them; raises NotLocked."""
    found = await store.one_lock(db, account, clock.now())
    if found is None:
        raise NotLocked
    return found


async def locks_of(db: Db, player_id: UUID) -> list[Lock]:
    """What of this player is locked at present, what lasts longest first."""
    return await store.locks_of(db, player_id, clock.now(), LOCKS_MAX)


async def unlock(tx: Tx, account: bytes, why: str, *, by: audit.Deed) -> Lock:
    """End a lock before its time; raises NotLocked. ``by`` is the deed of whoever decides it.

    It leaves what the end of the half hour would leave: an empty window, so that whoever guesses has as many tries as
    in any other, and locks it again with the tenth. What is not locked is not touched: nine failures stay nine, and
    asking twice gives nothing twice. A failure at the same moment waits for this and is the first of the new window,
    or was before it and changed nothing.
    """
    await store.lock_failures(tx, account)
    held = await lock(tx, account)
    await store.lift_lock(tx, account)
    if held.player_id is not None:
        await emit(tx, AccountUnlocked(player_id=held.player_id))
    deed = replace(
        by, action="authn_login_unlock", target_kind="account", target_id=account[:SHOWN_BYTES].hex(),
        player_id=held.player_id, reason=why, before={"locked_until": clock.rfc3339(held.locked_until)},
        after={"scope": held.scope, "failed": held.failed},
    )  # fmt: skip
    await audit.record(tx, deed)
    _unlocked.labels(held.scope).inc()
    return held
