"""Seeing the portal as a player: the question before, who does so now, and who did."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote, urlencode
from uuid import UUID

import msgspec

from playerbase import access, accounts, audit, identity
from playerbase.console.pages.proving import HERE as PROVE
from playerbase.console.pages.proving import prove_first
from playerbase.kit.db import Db, Tx, reading
from playerbase.kit.http import Answer, Caller, Cursors, Rendering, Request, Site, get, names, post, redirect, staff

SEE = staff("players.impersonate")
HERE = "/console/impersonations"
ROWS = 50
TOLD = {"ended": "Ended. Their next page shows it.", "decided": "Decided, for those that begin from now on."}

Cursor = Annotated[str, msgspec.Meta(max_length=500)]


class Why(msgspec.Struct, frozen=True):
    """Why somebody wants to see the portal as a player."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]


@get("/console/players/{player_id}/see-as", policy=SEE, limit="console", page=True)
async def ask_see_as(
    db: Db, request: Request, site: Site, caller: Caller, rendering: Rendering, player_id: UUID
) -> Answer:
    """The question before; who has not proven lately who they are does that first."""
    if not await identity.existing(db, [player_id]):
        raise identity.PlayerGone
    try:
        await access.check_fresh(db, caller)
    except access.ReauthRequired:
        return redirect(f"{PROVE}?next={quote(request.path)}")
    known = await names(site.pages, db, [player_id])
    return rendering.page(
        request, "console/see_as.html", player_id=player_id, name=known.get(player_id, str(player_id)),
        minutes=(await access.impersonation_settings(db)).minutes,
    )  # fmt: skip


@post("/console/players/{player_id}/see-as", policy=SEE, limit="console", page=True)
async def see_as(request: Request, site: Site, rendering: Rendering, player_id: UUID, form: Why) -> Answer:
    """Begin, and go to the portal."""
    try:
        _, cookie = await accounts.see_as(request, player_id, form.reason.strip())
    except access.ReauthRequired:
        async with reading(site.pool) as db:
            return await prove_first(db, request, rendering, request.path)
    return accounts.lend(redirect("/portal"), request, cookie)


@get(HERE, policy=SEE, limit="console", page=True)
async def list_impersonations(
    db: Db, request: Request, site: Site, caller: Caller, cursors: Cursors, rendering: Rendering,
    cursor: Cursor = "", older: Cursor = "", told: str = "",
) -> Answer:  # fmt: skip
    """Who sees the portal as whom at this moment, with the means to end it; and, from the audit, who did before."""
    scope = f"seeing {caller.subject}"
    before = cursors.read(cursor, tuple[UUID], scope=scope)[0] if cursor else None
    found = await access.impersonations(db, before, ROWS + 1)
    following = ""
    if found[ROWS:]:
        following = f"{HERE}?{urlencode({'cursor': cursors.make((found[ROWS - 1].session_id,), scope=scope)})}"
    may_read = "audit.read" in caller.permissions
    entries, farther = await _past(db, cursors, caller, older) if may_read else ([], "")
    people = {one for each in found for one in (each.player_id, each.actor_id)}
    people |= {one for entry, actor in entries for one in (entry.player_id, actor) if one is not None}
    return rendering.page(
        request, "console/impersonations.html", live=found[:ROWS], entries=entries, may_read=may_read,
        following=following, first=HERE if cursor else "", farther=farther, newest=HERE if older else "",
        names=await names(site.pages, db, people), minutes=(await access.impersonation_settings(db)).minutes,
        told=TOLD.get(told, ""),
    )  # fmt: skip


@post(f"{HERE}/{{session_id}}/end", policy=SEE, limit="console", page=True)
async def end(tx: Tx, request: Request, session_id: UUID) -> Answer:
    """End one at once; it may be begun again, so it is not asked twice."""
    await accounts.end_impersonation(tx, request, session_id)
    return redirect(f"{HERE}?told=ended")


async def _past(
    db: Db, cursors: Cursors, caller: Caller, older: str
) -> tuple[list[tuple[audit.Entry, UUID | None]], str]:
    """Those that began, with who it was, newest first; and where the list goes on."""
    scope = f"seen {caller.subject}"
    after = cursors.read(older, tuple[datetime, UUID], scope=scope) if older else None
    found = await audit.look(db, audit.Filter(action="impersonation_started"), after, ROWS + 1)
    farther = ""
    if found[ROWS:]:
        last = found[ROWS - 1]
        farther = f"{HERE}?{urlencode({'older': cursors.make((last.at, last.entry_id), scope=scope)})}"
    return [(each, _as_id(each.actor_id)) for each in found[:ROWS]], farther


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
