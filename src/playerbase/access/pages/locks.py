"""The page of locks: whose account lets nobody in at present, until when, and letting them try again before."""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from playerbase import audit
from playerbase.access import actions
from playerbase.access.pages import ROWS, SHUT_OUT, Asked
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import (
    Answer,
    Caller,
    Cursors,
    Rendering,
    Request,
    Site,
    get,
    names,
    post,
    redirect,
    staff,
)

READ, WRITE = staff("players.read"), staff("accounts.write")
HERE = "/console/locks"

Account = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


@get(HERE, policy=READ, limit="console", page=True)
async def list_locks(
    db: Db, request: Request, site: Site, caller: Caller, cursors: Cursors, rendering: Rendering,
    player_id: UUID | None = None, cursor: str = "", told: str = "",
) -> Answer:  # fmt: skip
    """What is locked at present, what lasts longest first: of everybody, or of one player."""
    scope = f"locks {caller.subject}"
    following = ""
    if player_id is not None:
        shown = await actions.locks_of(db, player_id)
    else:
        after = cursors.read(cursor, tuple[datetime, bytes], scope=scope) if cursor else None
        found = await actions.locks(db, after, ROWS + 1)
        shown = found[:ROWS]
        if found[ROWS:]:
            at = cursors.make((shown[-1].locked_until, shown[-1].account), scope=scope)
            following = f"{HERE}?{urlencode({'cursor': at})}"
    return rendering.page(
        request, "access/locks.html", locks=shown, following=following, first=HERE if cursor else "",
        told="Unlocked. They may try again." if told == "unlocked" else "", shut_out=SHUT_OUT, player_id=player_id,
        names=await names(site.pages, db, [player_id, *(each.player_id for each in shown)]),
    )  # fmt: skip


@get(f"{HERE}/{{account}}/unlock", policy=WRITE, limit="console", page=True)
async def ask_unlock(db: Db, request: Request, site: Site, rendering: Rendering, account: Account) -> Answer:
    """The question before a lock is lifted."""
    lock = await actions.lock(db, bytes.fromhex(account))
    found = await names(site.pages, db, [lock.player_id])
    return rendering.page(
        request, "access/lock_ask.html", lock=lock, name=found.get(lock.player_id) if lock.player_id else None,
        shut_out=SHUT_OUT[lock.scope],
    )  # fmt: skip


@post(f"{HERE}/{{account}}/unlock", policy=WRITE, limit="console", page=True)
async def unlock(tx: Tx, request: Request, account: Account, form: Asked) -> Answer:
    """Lift it."""
    lock = await actions.unlock(tx, bytes.fromhex(account), form.reason, by=audit.deed(request, "", "account", ""))
    whose = {} if lock.player_id is None else {"player_id": str(lock.player_id)}
    return redirect(f"{HERE}?{urlencode({**whose, 'told': 'unlocked'})}")
