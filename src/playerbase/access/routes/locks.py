"""Access over HTTP: accounts that are locked after too many wrong secrets."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import audit
from playerbase.access import actions
from playerbase.access.model.locks import Lock
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Cursors, Listing, Request, get, post, staff

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]
Account = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", description="As the list names it.")]


class UnlockWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is unlocked; kept in the audit."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


class Locked(msgspec.Struct, frozen=True):
    """Something that lets nobody in at present: whose it is where that is known, what of it, and until when.

    ``account`` is a keyed hash; ``scope`` is ``address`` (nobody new), ``device`` (one they are known on), ``own``
    (their password, where they are signed in) or ``code`` (codes by mail).
    """

    account: str
    player_id: UUID | None
    scope: str
    failed: int
    sources: int
    locked_until: datetime


@get("/admin/locks", policy=staff("players.read"), limit="console")
async def list_locks(
    db: Db, request: Request, cursors: Cursors, limit: Limit = 20, cursor: Cursor | None = None
) -> Listing[Locked]:
    """What is locked at present after too many wrong secrets, what lasts longest first."""
    scope = f"admin locks {request.caller.subject}"
    after = cursors.read(cursor, tuple[datetime, bytes], scope=scope) if cursor else None
    found = await actions.locks(db, after, limit + 1)
    last = found[limit - 1] if found[limit:] else None
    more = cursors.make((last.locked_until, last.account), scope=scope) if last else None
    return Listing([_told(each) for each in found[:limit]], more)


@post("/admin/locks/{account}/unlock", policy=staff("accounts.write"), limit="console")
async def unlock(tx: Tx, request: Request, account: Account, body: UnlockWanted) -> Locked:
    """Let them try again before its end: ten times, as after it."""
    by = audit.deed(request, "", "account", "")
    return _told(await actions.unlock(tx, bytes.fromhex(account), body.reason, by=by))


def _told(lock: Lock) -> Locked:
    return Locked(lock.account.hex(), lock.player_id, lock.scope, lock.failed, lock.sources, lock.locked_until)
