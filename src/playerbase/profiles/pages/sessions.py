"""The page of a player's live sessions: where they are signed in, and ending one of them."""

from urllib.parse import urlencode
from uuid import UUID

from playerbase import access, audit
from playerbase.kit.db import Db, Tx
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, get, post, redirect, staff
from playerbase.profiles.pages.bans import WRITE, Asked, named

ROWS = 25


@get("/console/players/{player_id}/sessions", policy=staff("players.read"), limit="console", page=True)
async def list_sessions(
    db: Db, request: Request, caller: Caller, cursors: Cursors, rendering: Rendering, player_id: UUID,
    cursor: str = "", told: str = "",
) -> Answer:  # fmt: skip
    """Every live session of a player, newest first."""
    name, here = await named(db, player_id), f"/console/players/{player_id}/sessions"
    scope = f"sessions {player_id} {caller.subject}"
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else None
    found = await access.sessions(db, player_id, before, ROWS + 1)
    shown, following = found[:ROWS], ""
    if found[ROWS:]:
        following = f"{here}?{urlencode({'cursor': cursors.make((shown[-1].session_id,), scope=scope)})}"
    return rendering.page(
        request, "profiles/sessions.html", player_id=player_id, name=name, here=here, sessions=shown,
        following=following, first=here if cursor else "", told="Ended. That device is signed out." if told else "",
    )  # fmt: skip


@get("/console/players/{player_id}/sessions/{session_id}/end", policy=WRITE, limit="console", page=True)
async def ask_end(db: Db, request: Request, rendering: Rendering, player_id: UUID, session_id: UUID) -> Answer:
    """The question before one session is ended."""
    name = await named(db, player_id)
    found = await access.sessions(db, player_id, UUID(int=session_id.int + 1), 1)
    if not found or found[0].session_id != session_id:
        raise access.NoSuchSession
    return rendering.page(request, "profiles/session_ask.html", player_id=player_id, name=name, session=found[0])


@post("/console/players/{player_id}/sessions/{session_id}/end", policy=WRITE, limit="console", page=True)
async def end(tx: Tx, request: Request, player_id: UUID, session_id: UUID, form: Asked) -> Answer:
    """End one session, at once and in every process."""
    if not await access.end_session(tx, player_id, session_id, "staff"):
        raise access.NoSuchSession
    deed = audit.deed(request, "session_ended", "session", session_id, player_id=player_id, reason=form.reason)
    await audit.record(tx, deed)
    return redirect(f"/console/players/{player_id}/sessions?told=ended")
