"""Impersonations over HTTP: begun by an operator's browser, listed, ended, and how long they last."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from playerbase import access, audit
from playerbase.access import Impersonation, ImpersonationSettings
from playerbase.accounts import actions
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Caller, Cursors, Listing, Request, delete, get, post, put, staff

Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
Cursor = Annotated[str, msgspec.Meta(max_length=500)]
SEE = staff("players.impersonate")


class ImpersonationWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why somebody wants to see the portal as a player; kept in the audit, not told to the player."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


class ImpersonationBegun(msgspec.Struct, frozen=True):
    """It holds for this browser, on the portal alone, until this time or until it is stopped there."""

    session_id: UUID
    player_id: UUID
    ends_at: datetime
    portal: str


@get("/admin/impersonations", policy=SEE, limit="console")
async def list_impersonations(
    db: Db, caller: Caller, cursors: Cursors, player_id: UUID | None = None, limit: Limit = 20,
    cursor: Cursor | None = None,
) -> Listing[Impersonation]:  # fmt: skip
    """Who sees the portal as whom at this moment, newest first."""
    scope = f"impersonations {player_id or ''} {caller.subject}"
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else None
    found = await access.impersonations(db, before, limit + 1, player_id=player_id)
    more = cursors.make((found[limit - 1].session_id,), scope=scope) if found[limit:] else None
    return Listing(found[:limit], more)


@post("/admin/players/{player_id}/impersonations", policy=SEE, limit="console", status=201)
async def begin_impersonation(
    request: Request, player_id: UUID, body: ImpersonationWanted
) -> ImpersonationBegun | Answer:
    """See the portal as a player, and do nothing there; the player gets a letter.

    Only for a browser that is signed in to the console, by its cookie: the answer sets another one beside it. Wants a
    proof of who you are that is at most 5 minutes old. What you saw as another player before ends.
    """
    made, cookie = await actions.see_as(request, player_id, body.reason)
    begun = ImpersonationBegun(made.session_id, made.player_id, made.ends_at, f"{request.site.public_url}/portal")
    return actions.lend(Answer(msgspec.json.encode(begun), status=201), request, cookie)


@delete("/admin/impersonations/{session_id}", policy=SEE, limit="console")
async def end_impersonation(tx: Tx, request: Request, session_id: UUID) -> None:
    """End one, at once and in every process; a colleague's as well as one's own."""
    await actions.end_impersonation(tx, request, session_id)


@get("/admin/impersonations/settings", policy=SEE, limit="console")
async def read_impersonation_settings(db: Db) -> ImpersonationSettings:
    """How long one lasts at most."""
    return await access.impersonation_settings(db)


@put("/admin/impersonations/settings", policy=staff("staff.write"), limit="console")
async def decide_impersonations(
    tx: Tx, request: Request, caller: Caller, body: ImpersonationSettings
) -> ImpersonationSettings:
    """Decide it, for those that begin from now on; wants a proof of who you are that is at most 5 minutes old."""
    await access.check_fresh(tx, caller)
    await access.decide_impersonations(tx, body, by=audit.deed(request, "", "policy", ""))
    return body
